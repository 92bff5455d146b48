"""Cells of a data sheet to text columns: numbers, dates and errors as a person would type them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

import numpy as np
import numpy.typing as npt
import pandas as pd

from rules.refusals_files import refused_file
from rules.verdicts import Verdicts
from tasks.headings import match_header
from tasks.workbook_pages import Cell
from tasks.xlsx_table import Sheet

LARGEST_EXACT = 10**15
SCORES = ("score_code",)


@dataclass(frozen=True)
class SheetColumns:
    """Columns by our names, the row number of each, the rows that could not be read, and notes."""

    frame: pd.DataFrame
    row: npt.NDArray[np.int64]
    verdicts: pd.DataFrame
    notes: tuple[str, ...]


def sheet_columns(sheet: Sheet, kind: str, filename: str, mapping: Mapping[str, str] | None) -> SheetColumns:
    """Turn a data sheet into columns; raises Refused when its header does not fit the kind."""
    top = next(at for at, line in enumerate(sheet.cells) if any(cell != "" for cell in line))
    headings = [cell_text(cell) for cell in sheet.cells[top]]
    header = match_header(headings, kind, filename, mapping)
    ours = [position for position, name in enumerate(header.names) if name]
    lines = [
        (at + 1, line)
        for at, line in enumerate(sheet.cells[top + 1 :], start=top + 1)
        if _is_row(at + 1, line, ours, sheet)
    ]
    if not lines:
        raise refused_file("file-no-rows", filename, kind=kind)
    row = np.array([number for number, _ in lines], dtype=np.int64)
    verdicts = Verdicts(row)
    columns = {}
    for position, name in enumerate(header.names):
        if name:
            cells = [line[position] for _, line in lines]
            columns[name] = _column(cells, name, headings[position], (sheet, position, row), verdicts)
    frame = pd.DataFrame(columns)
    if not verdicts.open.all():
        frame = frame[verdicts.open].reset_index(drop=True)
    return SheetColumns(frame, row[verdicts.open], verdicts.table(), (*sheet.notes, *header.notes))


def _is_row(number: int, line: list[Cell], ours: list[int], sheet: Sheet) -> bool:
    """Return whether a line has anything in our columns; a formula without result is something."""
    for at in ours:
        cell = line[at]
        if not isinstance(cell, str) or cell.strip():
            return True
    return any((number, at) in sheet.no_value or (number, at) in sheet.errors for at in ours)


def _column(
    cells: list[Cell],
    name: str,
    heading: str,
    place: tuple[Sheet, int, npt.NDArray[np.int64]],
    verdicts: Verdicts,
) -> pd.Series:
    """Return a column as text; cells that lost their value give their rows a verdict."""
    sheet, position, row = place
    kinds = set(map(type, cells))
    texts = pd.Series(cells if kinds == {str} else [cell_text(cell) for cell in cells], dtype="str")
    for places, code in ((sheet.no_value, "row-no-cached-value"), (sheet.errors, "row-error-cell")):
        rows = [number for number, at in places if at == position]
        if rows:
            verdicts.mark(np.isin(row, rows), code, heading, texts)
    if kinds & {int, float}:
        numbers = _numbers(cells)
        verdicts.mark(_lossy(numbers), "row-numeric-id", heading)
        if name in SCORES:
            verdicts.mark(_no_score(numbers), "row-unknown-score", heading, texts)
    return texts


def _lossy(numbers: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Return where a number has more digits than Excel keeps."""
    return np.asarray(np.abs(numbers) >= LARGEST_EXACT)


def _no_score(numbers: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Return where a number is no score: `-1` typed as text is a code of the list, as a number it
    is an error.
    """
    return np.asarray((numbers < 0) | (numbers % 1 > 0))


def _numbers(cells: list[Cell]) -> npt.NDArray[np.float64]:
    """Return cells as numbers, NaN where a cell is none."""
    return np.array(
        [
            float(cell) if isinstance(cell, int | float) and not isinstance(cell, bool) else np.nan
            for cell in cells
        ]
    )


def cell_text(cell: Cell) -> str:
    """Return a cell as a person would have typed it."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, int | float):
        return str(int(cell)) if abs(cell) < LARGEST_EXACT and cell == int(cell) else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    return cell.isoformat() if isinstance(cell, date) else str(cell)
