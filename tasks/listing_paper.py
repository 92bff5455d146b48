"""A list for registrars as a PDF to sign: ruled lines, headings on every page, totals, and where to sign."""

from collections.abc import Sequence

import pandas as pd

from tasks.fonts import Font
from tasks.listing import BLANK, Listing, cell
from tasks.paper import Paper

MARGIN, ROW, TOP, FOOT, SIZE = 10.0, 7.6, 34.0, 24.0, 9.0
_NARROW, _WIDE, _HEAD = 10.0, 56.0, 200
FORM_ROW, FORM_LABEL = 10.0, 38.0
Line = tuple[str, ...]


def listing_paper(listing: Listing, fonts: Sequence[Font]) -> bytes:
    """Return a list as PDF; each part begins a page and counts its own. Refused glyph-missing."""
    columns = len(listing.rows.columns)
    paper = Paper(fonts, "portrait" if columns <= 8 else "landscape", listing.title)
    for name, rows in listing.parts():
        _draw_part(paper, listing, name, rows)
    if listing.rows.empty:
        _draw_part(paper, listing, "", listing.rows)
    return paper.to_bytes()


def _draw_part(paper: Paper, listing: Listing, name: str, rows: pd.DataFrame) -> None:
    """Draw one part: pages of lines, then its totals and the line to sign."""
    headings = ("序号", *map(str, rows.columns))
    lines = [
        (str(place), *(str(cell(value)) for value in row))
        for place, row in enumerate(rows.itertuples(index=False, name=None), start=1)
    ]
    widths = _widths(paper, headings, lines)
    most = int((paper.height - TOP - FOOT) // ROW) - 1
    leaves = [lines[start : start + most] for start in range(0, len(lines), most)] or [[]]
    for place, leaf in enumerate(leaves, start=1):
        _begin(paper, listing, name, f"第 {place} 页 共 {len(leaves)} 页")
        for row, line in enumerate([headings, *leaf]):
            _draw_line(paper, TOP + row * ROW, line, widths)
    _sign(paper, listing, listing.total(rows))


def _begin(paper: Paper, listing: Listing, name: str, pages: str) -> None:
    paper.add_page()
    paper.set_line_width(0.2)
    paper.write_at(paper.width / 2, 16, listing.title, 16, "centre")
    width = paper.width - 2 * MARGIN
    paper.write_within(MARGIN, 24, width, listing.about, 10)
    paper.write_within(MARGIN, 30, width, name, 10)
    paper.write_at(paper.width / 2, paper.height - 6, pages, 9, "centre")


def _sign(paper: Paper, listing: Listing, total: str) -> None:
    width = paper.width - 2 * MARGIN
    paper.write_within(MARGIN, paper.height - 19, width, total, 10)
    paper.write_within(MARGIN, paper.height - 12, width, listing.signatures, 10)


def _draw_line(paper: Paper, y: float, line: Line, widths: Sequence[float]) -> None:
    x = MARGIN
    for text, width in zip(line, widths, strict=True):
        paper.rect(x, y, width, ROW)
        paper.write_within(x + 1, y + 5.2, width - 2, text, SIZE)
        x += width


def _widths(paper: Paper, headings: Line, lines: Sequence[Line]) -> list[float]:
    """Return widths that fill the page, by what the first lines of a column need."""
    columns = zip(headings, *lines[:_HEAD], strict=True)
    needed = [
        min(_WIDE, max(_NARROW, *(paper.width_of(text, SIZE) + 3 for text in column))) for column in columns
    ]
    factor = (paper.width - 2 * MARGIN) / sum(needed)
    return [width * factor for width in needed]


def form_paper(listing: Listing, fonts: Sequence[Font]) -> bytes:
    """Return a page a row: each heading with its value, then room for findings and signatures."""
    paper = Paper(fonts, "portrait", listing.title)
    for row in listing.rows.to_dict("records"):
        _begin(paper, listing, "", "第 1 页 共 1 页")
        facts = [(str(name), str(cell(value))) for name, value in row.items()]
        _draw_form(paper, facts)
        _sign(paper, listing, f"学生签名：{BLANK}　　分部意见（盖章）：{BLANK}　　总部意见（盖章）：{BLANK}")
    return paper.to_bytes()


def _draw_form(paper: Paper, facts: Sequence[tuple[str, str]]) -> None:
    width = paper.width - 2 * MARGIN - FORM_LABEL
    for place, (name, value) in enumerate(facts):
        y = TOP + place * FORM_ROW
        for x, size, text in ((MARGIN, FORM_LABEL, name), (MARGIN + FORM_LABEL, width, value)):
            paper.rect(x, y, size, FORM_ROW)
            paper.write_within(x + 2, y + 6.6, size - 4, text, 11)
