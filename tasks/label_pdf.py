"""Label sheets of certificate packages (N9): 24 on an A4 page, each with a QR code; no personal data."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import pandas as pd
from qrcode.constants import ERROR_CORRECT_Q
from qrcode.main import QRCode

from tasks.fonts import Font
from tasks.paper import Paper

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
    paper = Paper(fonts, "portrait", "证书包标签")
    for place, values in enumerate(labels[list(COLUMNS)].itertuples(index=False, name=None)):
        slot = place % (ACROSS * DOWN)
        if slot == 0:
            paper.add_page()
        row, column = divmod(slot, ACROSS)
        _draw(paper, Label(*values), contact, column * WIDTH, row * HEIGHT)
    return paper.to_bytes()


def qr_matrix(link: str) -> list[list[bool]]:
    """Return the dark modules of a link's QR code, level Q, without the quiet zone."""
    code: QRCode[Any] = QRCode(error_correction=ERROR_CORRECT_Q, border=0)
    code.add_data(link, optimize=0)
    code.make(fit=True)
    return [[bool(module) for module in line] for line in code.modules]


def _draw(paper: Paper, label: Label, contact: str, x: float, y: float) -> None:
    paper.set_draw_color(200)
    paper.set_line_width(0.1)
    paper.rect(x, y, WIDTH, HEIGHT)
    _draw_qr(paper, qr_matrix(label.link), x + 1, y + (HEIGHT - QR_SIZE) / 2)
    text_x = x + TEXT_X
    paper.write_within(text_x, y + 6.5, TEXT_WIDTH, label.code, 11)
    paper.write_within(text_x, y + 11.5, TEXT_WIDTH, f"发：{label.from_name}", 7.5)
    for place, line in enumerate(_two_lines(paper, f"收：{label.to_name}")):
        paper.write_within(text_x, y + 16.5 + place * 4, TEXT_WIDTH, line, 8.5)
    paper.write_within(text_x, y + 25, TEXT_WIDTH, f"毕业证书 {label.count} 本", 8.5)
    paper.write_within(text_x, y + 29.5, TEXT_WIDTH, f"{label.season} 季 第 {label.batch} 批", 7.5)
    paper.write_within(text_x, y + 34, TEXT_WIDTH, contact, 6)


def _two_lines(paper: Paper, text: str) -> list[str]:
    """At most two lines; what does not fit is set smaller, never cut."""
    lines = paper.lines_of(text, 8.5, TEXT_WIDTH)
    return [lines[0], "".join(lines[1:])] if len(lines) > 1 else lines


def _draw_qr(paper: Paper, matrix: list[list[bool]], x: float, y: float) -> None:
    """Draw dark modules as one rectangle a run, so that no viewer shows seams or blur."""
    module = QR_SIZE / (len(matrix) + 2 * QUIET)
    for row, line in enumerate(matrix, start=QUIET):
        column = QUIET
        for dark, run in groupby(line):
            length = len(list(run))
            if dark:
                paper.rect(x + column * module, y + row * module, length * module, module, style="F")
            column += length
