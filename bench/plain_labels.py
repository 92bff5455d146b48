"""Labels drawn the plainest way: `qrcode` link by link, ReportLab rectangle by rectangle."""

from collections.abc import Sequence
from io import BytesIO
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd
from qrcode.main import QRCode
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from tasks.fonts import carried_font
from tasks.label_pdf import ACROSS, COLUMNS, DOWN, HEIGHT, QR_SIZE, QUIET, TEXT_X, WIDTH, Label
from tasks.qr_codes import QrCode

FONT = "label"
Modules = list[list[int]]


def plain_codes(links: Sequence[str]) -> None:
    """Draw QR codes with all defaults."""
    for link in links:
        code: QRCode[Any] = QRCode()
        code.add_data(link)
        code.make()


def modules_of(codes: Sequence[QrCode]) -> list[Modules]:
    """Return the modules of QR codes, 1 dark, row by row."""
    rows = (np.frombuffer(code.rows, dtype=np.uint8).reshape(code.side, -1) for code in codes)
    return [
        np.unpackbits(row, axis=1, count=code.side).tolist() for row, code in zip(rows, codes, strict=True)
    ]


def plain_sheets(labels: pd.DataFrame, modules: Sequence[Modules], contact: str) -> bytes:
    """Return a PDF of the labels that `label_sheet` draws, with the modules of each given."""
    registerFont(TTFont(FONT, carried_font()))
    paper = Canvas(BytesIO(), pagesize=A4)
    for place, values in enumerate(labels[list(COLUMNS)].itertuples(index=False, name=None)):
        down, across = divmod(place % (ACROSS * DOWN), ACROSS)
        if place and not down and not across:
            paper.showPage()
        paper.saveState()
        paper.translate(across * WIDTH * mm, (DOWN - 1 - down) * HEIGHT * mm)
        paper.rect(0, 0, WIDTH * mm, HEIGHT * mm)
        _rectangles(paper, modules[place])
        _texts(paper, Label(*values), contact)
        paper.restoreState()
    whole: bytes = paper.getpdfdata()
    return whole


def _rectangles(paper: Canvas, modules: Modules) -> None:
    """Draw dark modules as one rectangle a run."""
    module = QR_SIZE * mm / (len(modules) + 2 * QUIET)
    for row, line in enumerate(reversed(modules), start=QUIET):
        column = QUIET
        for dark, run in groupby(line):
            length = len(list(run))
            if dark:
                paper.rect(column * module, row * module, length * module, module, stroke=0, fill=1)
            column += length


def _texts(paper: Canvas, label: Label, contact: str) -> None:
    lines = (
        (11, 30.5, label.code),
        (7.5, 25.5, f"发：{label.from_name}"),
        (8.5, 20.5, f"收：{label.to_name}"),
        (8.5, 12, f"毕业证书 {label.count} 本"),
        (7.5, 7.5, f"{label.season} 季 第 {label.batch} 批"),
        (6, 3, contact),
    )
    for size, y, text in lines:
        paper.setFont(FONT, size)
        paper.drawString(TEXT_X * mm, y * mm, text)
