"""All sheets of a workbook as cells; an XLS goes through a process of its own (`python -m
tasks.workbook_pages`).

The reader ends its process when a damaged file makes it ask for too much memory. An XLSX is measured
before (tasks/sheet_extent.py); an XLS is read where nothing but the reading can be lost.
"""

import io
import json
import os
import resource
import subprocess
import sys
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import CalamineWorkbook, SheetVisibleEnum

from rules.refusals_files import refused_file

MEMORY = 1 << 30
SECONDS = 120
Cell = int | float | str | bool | date | datetime | time | timedelta


@dataclass(frozen=True)
class Page:
    """One sheet: its cells from A1 on, and its merged ranges where the reader knows them."""

    name: str
    visible: bool
    cells: list[list[Cell]]
    merged: list[str]


def read_pages(data: bytes, filename: str) -> list[Page]:
    """Read all sheets in this process; raises Refused whatever a damaged file makes the reader raise."""
    try:
        return _pages(data)
    except BaseException as error:
        if (
            isinstance(error, Exception) or type(error).__name__ == "PanicException"
        ):  # a panic is no Exception
            raise refused_file("file-truncated", filename) from None
        raise


def read_pages_apart(data: bytes, filename: str) -> list[Page]:
    """Read all sheets in a process with limited memory and time; raises Refused when it ends
    without an answer.
    """
    place = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    command = [sys.executable, "-m", "tasks.workbook_pages"]
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, timeout=SECONDS, env=place, check=True
        )
        return [_from_plain(page) for page in json.loads(done.stdout)]
    except (subprocess.SubprocessError, ValueError):
        raise refused_file("file-truncated", filename) from None


def _pages(data: bytes) -> list[Page]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    pages = []
    for known in book.sheets_metadata:
        sheet = book.get_sheet_by_name(known.name)
        merged = [
            f"R{top + 1}C{left + 1}:R{bottom + 1}C{right + 1}"
            for (top, left), (bottom, right) in sheet.merged_cell_ranges or []
        ]
        cells = sheet.to_python(skip_empty_area=False)
        pages.append(Page(known.name, known.visible == SheetVisibleEnum.Visible, cells, merged))
    return pages


def _to_plain(page: Page) -> dict[str, object]:
    cells = [[_plain(cell) for cell in line] for line in page.cells]
    return {"name": page.name, "visible": page.visible, "merged": page.merged, "cells": cells}


def _plain(cell: Cell) -> object:
    """Return a cell as JSON holds it; a day is a list of its ISO form, for numbers must stay numbers."""
    if isinstance(cell, datetime | date):
        return [cell.isoformat()]
    return cell if isinstance(cell, int | float | str) else str(cell)


def _from_plain(page: dict[str, list[list[object]]]) -> Page:
    cells = [
        [datetime.fromisoformat(cell[0]) if isinstance(cell, list) else cell for cell in line]
        for line in page["cells"]
    ]
    return Page(str(page["name"]), bool(page["visible"]), cells, [str(place) for place in page["merged"]])  # type: ignore[arg-type]


def _main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    json.dump([_to_plain(page) for page in _pages(sys.stdin.buffer.read())], sys.stdout)


if __name__ == "__main__":
    _main()
