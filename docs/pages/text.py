"""What every made page shares: its head, its tables, and where the sources and the shipped pack lie."""

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from rules.season import Pack, parse_pack

ROOT = Path(__file__).parents[2]
SEASON = ROOT / "seasons" / "2020-01.yaml"
LAYERS = ("rules", "models", "tasks", "flows", "deployments", "biye")


@cache
def shipped_pack() -> Pack:
    """Return the January 2020 pack, whose `clauses` are the notice's."""
    return parse_pack(SEASON.read_text(encoding="utf-8"), SEASON.name)


def head(title: str, said: str) -> str:
    """Return a page's first lines."""
    return f"# {title}\n\n{said}\nMade by `make docs`; change the sources, not this page.\n"


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines) + "\n"


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")
