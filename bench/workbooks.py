"""Workbooks as units send them, read into the table that is judged, beside a reader that looks at nothing."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl

from bench.data import season_folder
from bench.figure import Figure, Row, in_turn
from bench.measure import SidesDiffer
from biye.sandbox.sheets import Style, render
from tasks.read_table import read_table

XLSX = Row("xlsx", "读取 XLSX（含全部检查）", "openpyxl reads the same file (read-only)", 5, better="higher")
STUDENTS, UNIT, MOST_ROWS = 1000, "110", 5_000
KINDS = {"grade-history": UNIT, "roster": "010"}  # few different values, and personal data; by their sender


def figures(students: int, turns: int, tell: Callable[[object], None]) -> list[Figure]:
    """Measure a score sheet and a roster together, as large as a unit of so many students has them."""
    books = {kind: workbook(kind, min(students, MOST_ROWS)) for kind in KINDS}
    counts = {kind: check(kind, data) for kind, data in books.items()}
    tell("；".join(f"{kind} {rows} 行 rows" for kind, rows in counts.items()))
    biye, plain = in_turn(
        turns,
        lambda: [read_table(data, kind, f"{kind}.xlsx") for kind, data in books.items()],
        lambda: [read_plainly(data) for data in books.values()],
    )
    return [Figure(XLSX, plain / biye)]


def workbook(kind: str, most: int) -> bytes:
    """Return the first rows that a unit sends of a kind as the workbook that it could have sent."""
    folder = season_folder(STUDENTS, [UNIT])
    file = sorted((folder / "files" / KINDS[kind]).glob(f"{kind}-*.csv"))[0]
    heading, *rows = csv.reader(io.StringIO(_text(file)))
    columns = zip(*rows[:most], strict=True)
    sheet = {name: np.array(column, dtype=object) for name, column in zip(heading, columns, strict=True)}
    return render({name: column for name, column in sheet.items() if name != "序号"}, Style(workbook=True))


def _text(file: Path) -> str:
    data = file.read_bytes()
    return data.decode("utf-8" if "学号".encode() in data else "gb18030")


def read_plainly(data: bytes) -> int:
    """Read every cell with openpyxl and return how many rows there are, the heading among them."""
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    rows = sum(len(list(page.iter_rows(values_only=True))) for page in book.worksheets)
    book.close()
    return rows


def check(kind: str, data: bytes) -> int:
    """Return how many rows both sides see; raises SidesDiffer."""
    ours, theirs = read_table(data, kind, f"{kind}.xlsx").rows_read, read_plainly(data) - 1
    if ours != theirs:
        raise SidesDiffer(f"{kind}: Biye {ours}, openpyxl {theirs}")
    return ours
