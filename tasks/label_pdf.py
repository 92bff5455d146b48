"""Label sheets of certificate packages (N9): 24 on an A4 page, each with a QR code; no personal data."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from tasks.fonts import Font
from tasks.paper import Paper
from tasks.qr_codes import QrCode, qr_codes

COLUMNS = ("link", "code", "from_name", "to_name", "count", "season", "batch")
ACROSS, DOWN = 3, 8
WIDTH, HEIGHT = 70.0, 297.0 / DOWN
QUIET = 4  # modules of white around a QR code, as its standard asks
QR_SIZE = 33.0  # with the quiet zone; at least 0.6 mm a module up to version 6
TEXT_X, TEXT_WIDTH = QR_SIZE + 0.5, WIDTH - QR_SIZE - 3.5


@dataclass(frozen=True)
class Label:
    """What one label shows."""

    link: str
    code: str
    from_name: str
    to_name: str
    count: int
    season: str
    batch: int


def label_sheet(labels: pd.DataFrame, fonts: Sequence[Font], contact: str) -> bytes:
    """Return a PDF of labels, row by row of the sheet in the order of the frame.

    labels: COLUMNS, a row a package. contact: the line at the foot of each label (V1).
    """
    paper, blanks = Paper(fonts, "portrait", "证书包标签"), dict[tuple[object, ...], str]()
    shown = [Label(*values) for values in labels[list(COLUMNS)].itertuples(index=False, name=None)]
    for place, (label, code) in enumerate(zip(shown, qr_codes([one.link for one in shown]), strict=True)):
        slot = place % (ACROSS * DOWN)
        if slot == 0:
            paper.add_page()
        row, column = divmod(slot, ACROSS)
        with paper.shifted(column * WIDTH, row * HEIGHT):
            paper.place(_blank(paper, label, contact, blanks))
            _draw(paper, label, code)
    return paper.to_bytes()


def _blank(paper: Paper, label: Label, contact: str, known: dict[tuple[object, ...], str]) -> str:
    """Return the form of what a label shares with others."""
    shared = (label.from_name, label.season, label.batch)
    if shared not in known:
        with paper.form() as known[shared]:
            paper.set_draw_color(200)
            paper.set_line_width(0.1)
            paper.rect(0, 0, WIDTH, HEIGHT)
            paper.write_within(TEXT_X, 11.5, TEXT_WIDTH, f"发：{label.from_name}", 7.5)
            paper.write_within(TEXT_X, 29.5, TEXT_WIDTH, f"{label.season} 季 第 {label.batch} 批", 7.5)
            paper.write_within(TEXT_X, 34, TEXT_WIDTH, contact, 6)
    return known[shared]


def _draw(paper: Paper, label: Label, code: QrCode) -> None:
    """Draw what a label alone says, in the upper left corner of the page."""
    module = QR_SIZE / (code.side + 2 * QUIET)
    x, y, size = 1 + QUIET * module, (HEIGHT - QR_SIZE) / 2 + QUIET * module, code.side * module
    paper.bitmap(code.rows, (code.side, code.side), x, y, size, size)
    paper.write_within(TEXT_X, 6.5, TEXT_WIDTH, label.code, 11)
    for place, line in enumerate(_two_lines(paper, f"收：{label.to_name}")):
        paper.write_within(TEXT_X, 16.5 + place * 4, TEXT_WIDTH, line, 8.5)
    paper.write_within(TEXT_X, 25, TEXT_WIDTH, f"毕业证书 {label.count} 本", 8.5)


def _two_lines(paper: Paper, text: str) -> list[str]:
    """At most two lines; what does not fit is set smaller, never cut."""
    lines = paper.lines_of(text, 8.5, TEXT_WIDTH)
    return [lines[0], "".join(lines[1:])] if len(lines) > 1 else lines
