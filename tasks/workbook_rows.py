"""An XLSX of one sheet: bold lines at its top, then rows, written as whole text.

Handed over cell by cell, rows would take longer than all checks of a file.
"""

import io
import zipfile
from collections.abc import Iterable, Sequence
from functools import lru_cache
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

Cells = Sequence[str | int]
_FORBIDDEN = "\ufffe\uffff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def workbook(name: str, widths: Sequence[float], top: Sequence[Cells], rows: Iterable[Cells]) -> bytes:
    """Return a workbook whose one sheet bears a name. widths: of columns, in characters.

    top: the lines that stay in sight, the headings last. rows: text and numbers, as `as_text` gives them.
    """
    letters = [get_column_letter(position) for position in range(1, len(widths) + 1)]
    numbered = enumerate(rows, start=len(top) + 1)
    written = "".join(_row(number, letters, cells) for number, cells in numbered)
    return _with_rows(_topped(name, tuple(widths), tuple(map(tuple, top))), written)


@lru_cache(maxsize=8)
def _topped(name: str, widths: tuple[float, ...], top: tuple[tuple[str | int, ...], ...]) -> bytes:
    """Return a workbook with its top lines alone: the same for every file of a kind of paper."""
    book = Workbook(write_only=True)
    page = book.create_sheet(name)
    page.freeze_panes = f"A{len(top) + 1}"
    for position, width in enumerate(widths, start=1):
        page.column_dimensions[get_column_letter(position)].width = width
    for line in top:
        cells = [WriteOnlyCell(page, text) for text in line]
        for cell in cells:
            cell.font = Font(bold=True)
        page.append(cells)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _with_rows(book: bytes, rows: str) -> bytes:
    """Put rows below the top lines of a workbook's only sheet."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                content = content.replace(b"</sheetData>", rows.encode() + b"</sheetData>")
            new.writestr(part, content, zipfile.ZIP_DEFLATED, compresslevel=1)  # a quarter of the time
    return packed.getvalue()


def _row(number: int, letters: Sequence[str], cells: Cells) -> str:
    placed = zip(letters, cells, strict=False)
    inside = "".join(f'<c r="{letter}{number}"{_inside(cell)}' for letter, cell in placed)
    return f'<row r="{number}">{inside}</row>'


@lru_cache(maxsize=1 << 12)
def _inside(cell: str | int) -> str:
    """Return the end of a cell's element: most texts stand in many rows."""
    if isinstance(cell, int):
        return f"><v>{cell}</v></c>"
    return f' t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'


def as_text(value: str) -> str:
    """Return a text that no spreadsheet takes for a formula, without characters that XML forbids."""
    clean = value
    if not value.isprintable():
        clean = "".join(char for char in value if (char >= " " and char not in _FORBIDDEN) or char in "\t\n")
    return f"'{clean}" if clean.startswith(_FORMULA) else clean
