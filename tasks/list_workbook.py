"""A list as a workbook: a title, headings, a row a line, all of it text."""

import io

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from tasks.workbook_rows import as_text

_WIDEST = 40


def list_workbook(title: str, frame: pd.DataFrame) -> bytes:
    """Return an XLSX of a frame of texts; its columns' names are the headings. The same frame looks alike."""
    book = Workbook(write_only=True)
    page = book.create_sheet(title[:31])
    page.freeze_panes = "A3"
    for place, name in enumerate(frame.columns):
        longest = max([2 * len(str(name)), *frame[name].str.len()])
        page.column_dimensions[chr(ord("A") + place)].width = min(_WIDEST, longest + 4)
    for line in ([f"{title}（共 {len(frame)} 行）"], list(frame.columns)):
        cells = [WriteOnlyCell(page, text) for text in line]
        for cell in cells:
            cell.font = Font(bold=True)
        page.append(cells)
    for row in frame.itertuples(index=False, name=None):
        page.append([as_text(text) for text in row])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()
