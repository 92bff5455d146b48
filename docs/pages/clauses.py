"""Clause → files → tests: where each clause is spoken of, from names, docstrings and comments."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from docs.pages.text import LAYERS, ROOT, head, shipped_pack

_ID = re.compile(r"(?<![A-Za-z0-9_])([GTRNV][0-9])(?![A-Za-z0-9])")
_IN_NAME = re.compile(r"(?<![a-z0-9])([gtrnv][0-9])(?![a-z0-9])")
Found = dict[str, dict[str, list[str]]]  # clause → file → names of tests (none for a source)


def page() -> str:
    """Return docs/clauses.md."""
    sources, tests = sources_by_clause(), claims_by_clause()
    said = "A line of policy leads to its clause and back: each file and each test that names the clause."
    parts = [_part(clause, text, sources, tests) for clause, text in shipped_pack().clauses.items()]
    return "\n".join([head("通知条款 → 代码 → 测试 · Clause, files, tests", said), *parts])


def _part(clause: str, text: str, sources: Found, tests: Found) -> str:
    files = "、".join(f"`{file}`" for file in sources[clause]) or "–"
    named = [f"- `{file}`: {'; '.join(names)}" for file, names in tests[clause].items()]
    return f"## {clause} · {text}\n\n{files}\n\n" + ("\n".join(named) or "- no test yet") + "\n"


def sources_by_clause() -> Found:
    """Return the source files that name each clause."""
    found: Found = defaultdict(dict)
    for path in _python([*LAYERS]):
        for clause in sorted(set(_ID.findall(path.read_text(encoding="utf-8")))):
            found[clause][_named(path)] = []
    return found


def claims_by_clause() -> Found:
    """Return the tests that name each clause: in their name, docstring, decorators or comments."""
    found: Found = defaultdict(lambda: defaultdict(list))
    for path in _python(["tests"]):
        for name, text in _tests(path.read_text(encoding="utf-8")):
            for clause in named_clauses(name, text):
                found[clause][_named(path)].append(name.removeprefix("test_").replace("_", " "))
    return found


def named_clauses(name: str, text: str) -> list[str]:
    """Return the clauses that a test's name (`test_n3_…`) or text speaks of."""
    in_name = {clause.upper() for clause in _IN_NAME.findall(name.replace("_", " "))}
    return sorted(in_name | set(_ID.findall(text)))


def _tests(source: str) -> Iterator[tuple[str, str]]:
    """Give name and text of each test of a module, decorators and comments included."""
    lines = source.splitlines()
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            yield node.name, "\n".join(lines[first - 1 : node.end_lineno])


def _python(folders: list[str]) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def _named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
