"""Sheets as branches write them: the same columns in many encodings, delimiters, orders and shapes."""

import csv
import io
import re
import zipfile
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv
from openpyxl import Workbook

Column = npt.NDArray[np.object_]
Sheet = dict[str, Column]  # heading → text of each row
XLSX_ROWS = 3_000  # a unit with more rows than this sends CSV instead


@dataclass(frozen=True)
class Style:
    """How one unit writes its files."""

    encoding: str = "utf-8"
    delimiter: str = ","
    newline: str = "\n"
    moved: bool = False  # columns in another order, and one more that nobody asked for
    workbook: bool = False

    @property
    def suffix(self) -> str:
        """The file name's ending."""
        return ".xlsx" if self.workbook else ".csv"


PLAIN = Style()
STYLES = (
    Style("gb18030"),
    Style("utf-8"),
    Style("utf-8-sig", newline="\r\n"),
    Style(workbook=True),
    Style("utf-16", delimiter="\t"),
    Style("gb18030", delimiter="\t"),
    Style("utf-8", moved=True),
    Style("gb18030", newline="\r\n"),
)


def rows_of(sheet: Sheet) -> int:
    """Return how many rows a sheet has."""
    return len(next(iter(sheet.values())))


def select(sheet: Sheet, rows: npt.NDArray[np.integer] | npt.NDArray[np.bool_] | slice) -> Sheet:
    """Return some rows of a sheet."""
    return {heading: column[rows] for heading, column in sheet.items()}


def style_for(style: Style, sheet: Sheet) -> Style:
    """Return the style, or CSV where a workbook would be too large."""
    return Style("gb18030") if style.workbook and rows_of(sheet) > XLSX_ROWS else style


def render(sheet: Sheet, style: Style) -> bytes:
    """Return a file's bytes; 序号 comes first."""
    numbered: Sheet = {"序号": np.arange(1, rows_of(sheet) + 1).astype(str).astype(object)} | sheet
    if style.moved:
        numbered = _moved(numbered)
    if style.workbook:
        return _workbook(numbered)
    if style.newline == "\n" and "姓名" not in numbered:  # codes only: nothing in them needs quotes
        return _fast_csv(numbered, style)
    return _csv(numbered, style)


def _moved(sheet: Sheet) -> Sheet:
    headings = list(sheet)
    moved = {heading: sheet[heading] for heading in [*headings[:2], *reversed(headings[2:])]}
    return moved | {"备注": np.full(rows_of(sheet), "", dtype=object)}


def _csv(sheet: Sheet, style: Style) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=style.delimiter, lineterminator=style.newline)
    writer.writerow(sheet)
    writer.writerows(zip(*sheet.values(), strict=True))
    return out.getvalue().encode(style.encoding)


def _fast_csv(sheet: Sheet, style: Style) -> bytes:
    out = pa.BufferOutputStream()
    table = pa.table({heading: pa.array(column, pa.string()) for heading, column in sheet.items()})
    options = pyarrow.csv.WriteOptions(include_header=False, delimiter=style.delimiter, quoting_style="none")
    pyarrow.csv.write_csv(table, out, options)
    head = (style.delimiter.join(sheet) + "\n").encode("utf-8")
    body: bytes = head + out.getvalue().to_pybytes()
    return body if style.encoding == "utf-8" else body.decode("utf-8").encode(style.encoding)


def _workbook(sheet: Sheet) -> bytes:
    book = Workbook(write_only=True)
    page = book.create_sheet("Sheet1")
    page.append(list(sheet))
    for row in zip(*sheet.values(), strict=True):
        page.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return _without_clock(out.getvalue())


def _without_clock(workbook: bytes) -> bytes:
    """Return a workbook without the time of its writing, so that one seed gives the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = re.sub(rb"20\d\d-\d\d-\d\dT[0-9:]+Z", b"2019-11-20T09:00:00Z", old.read(name))
            new.writestr(zipfile.ZipInfo(name, (2019, 11, 20, 9, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
