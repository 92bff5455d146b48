"""What tests share: an installation of their own, and a real Prefect server with a worker, once a session."""

import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from models import database, keys, place
from models.settings import settings
from tests.engines import ENGINES, empty, scratch_database

# How fast a machine is says nothing about a rule.
hypothesis_settings.register_profile("biye", deadline=None)
hypothesis_settings.load_profile("biye")
pytest_plugins = ["tests.played_season", "tests.taken_in"]
REPOSITORY = Path(__file__).parents[1]


def forget_installation() -> None:
    """Forget everything that this process remembers of an installation."""
    for remembered in (settings, database.engine, keys.key, place.opened):
        remembered.cache_clear()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what touches the database in tests/tasks and tests/models on both engines."""
    both = metafunc.module.__name__.startswith(("tests.tasks.", "tests.models."))
    if both and "engine_name" in metafunc.fixturenames:
        metafunc.parametrize("engine_name", ENGINES)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep a file's tests in one process, and in one of them all that look at the same demo."""
    for item in items:
        group = "demo" if "demo_run" in getattr(item, "fixturenames", ()) else item.path.name
        item.add_marker(pytest.mark.xdist_group(group))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say plainly how many tests were left out, and for want of what."""
    skipped = [str(one.longrepr) for one in terminalreporter.stats.get("skipped", [])]
    found = re.findall(r"left out: [^'\"]+", "\n".join(skipped))
    for why, count in Counter(found).items():
        terminalreporter.write_line(f"{count} tests {why.strip()}")


@pytest.fixture
def engine_name() -> str:
    """Which database engine a test runs on; tests of tasks and models run on each."""
    return "sqlite"


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """URL of a migrated PostgreSQL database for this session."""
    with scratch_database() as url:
        yield url


@pytest.fixture
def biye_home(
    engine_name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Path]:
    """An empty, migrated installation, alone for one test, on the engine of the test."""
    monkeypatch.setenv("BIYE_HOME", str(tmp_path / "biye"))
    monkeypatch.delenv("BIYE_DATABASE_URL", raising=False)
    if engine_name == "postgresql":
        monkeypatch.setenv("BIYE_DATABASE_URL", request.getfixturevalue("postgres"))
        forget_installation()
        empty()
    else:
        forget_installation()
        shutil.copytree(request.getfixturevalue("migrated_home"), tmp_path / "biye")
    yield tmp_path / "biye"
    database.engine().dispose()
    forget_installation()


@pytest.fixture(scope="session")
def migrated_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated installation on SQLite, to be copied."""
    home = tmp_path_factory.mktemp("migrated") / "biye"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BIYE_HOME", str(home))
        patch.delenv("BIYE_DATABASE_URL", raising=False)
        forget_installation()
        database.migrate()
        database.engine().dispose()
        forget_installation()
    return home


@pytest.fixture(scope="session")
def prefect_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The one installation of the session that server and worker belong to."""
    return tmp_path_factory.mktemp("prefect-session") / "biye"


@pytest.fixture(scope="session")
def running_engine(prefect_home: Path) -> Iterator[object]:
    """A real server and worker on a free port; use `prefect_server`, which also points the test there."""
    from biye.supervisor import Supervisor, free_port

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BIYE_HOME", str(prefect_home))
        patch.setenv("PYTHONPATH", str(REPOSITORY), prepend=os.pathsep)  # the worker finds the tests' flows
        forget_installation()
        database.migrate()
        engine = Supervisor(free_port(), limit=3)
        forget_installation()
    with engine:
        yield engine


@pytest.fixture
def prefect_server(
    running_engine: object, prefect_home: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[object]:
    """The session's engine (biye.supervisor.Supervisor); BIYE_HOME and PREFECT_API_URL point to it."""
    monkeypatch.setenv("BIYE_HOME", str(prefect_home))
    monkeypatch.setenv("PREFECT_API_URL", running_engine.url)  # type: ignore[attr-defined]
    forget_installation()
    yield running_engine
    database.engine().dispose()
    forget_installation()
