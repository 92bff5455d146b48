"""Tables and lines for people: as wide as their screen, wide enough where nobody looks at one."""

import sys
from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

PIPE_WIDTH = 160  # columns where nobody looks at a screen


def screen() -> Console:
    """Return the screen; call it when printing, for tests and pipes put another standard output in place."""
    return Console(width=None if sys.stdout.isatty() else PIPE_WIDTH, highlight=False)


def table_for(title: str, headings: Iterable[str]) -> Table:
    """Return an empty table; text too long for its column is folded, never cut."""
    columns = (Column(heading, overflow="fold") for heading in headings)
    return Table(*columns, title=escape(title), title_justify="left")


def print_table(title: str, headings: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """Print a table; None is an empty cell, nothing in a cell is taken for markup."""
    table = table_for(title, headings)
    for row in rows:
        table.add_row(*(escape("" if cell is None else str(cell)) for cell in row))
    screen().print(table)
