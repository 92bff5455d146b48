"""Labels of packages (N9): their QR codes beside `qrcode`, their sheets beside ReportLab."""

from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path

import pandas as pd

from bench.figure import Figure, Row, in_turn
from bench.plain_labels import modules_of, plain_codes, plain_sheets
from models.reference import read_reference
from rules.custody import Tree
from rules.labels import label_link, new_tokens, package_code
from rules.reference import HQ
from tasks.fonts import font_chain
from tasks.label_pdf import ACROSS, DOWN, label_sheet
from tasks.package_sheets import destination
from tasks.qr_codes import qr_codes

REFERENCE = Path(__file__).parents[1] / "seasons" / "reference"
CONTACT = "教务部学籍管理科 010-00000000"
LOT = 100 * ACROSS * DOWN  # labels of one file
CODES, SHEETS = 200, 10 * ACROSS * DOWN  # labels that the plain sides draw


def figures(students: int, turns: int, tell: Callable[[object], None]) -> list[Figure]:
    """Measure as many labels as students.

    The plain sides draw the first of them, and their time is taken times the rest.
    """
    tell(f"{students} 张标签 labels …")
    shown = labels(students)
    return [codes(shown, turns), *sheets(shown, turns)]


def labels(count: int) -> pd.DataFrame:
    """Return what labels show of packages for the shipped study centres, all around."""
    tree = Tree.of(read_reference(REFERENCE).organisations)
    ways = cycle([destination(code, tree) for code in tree.names if len(tree.route(code)) > 2])
    shown = pd.DataFrame({"to_name": list(islice(ways, count))})
    shown["link"] = [label_link("https://biye.example.edu.cn", token) for token in new_tokens(count)]
    shown["code"] = [package_code("2020-01", 1 + place % 999_999) for place in range(count)]
    return shown.assign(from_name=tree.names[HQ], count=shown.index % 60 + 1, season="2020-01", batch=1)


def codes(shown: pd.DataFrame, turns: int) -> Figure:
    """Compare QR codes alone."""
    links = shown["link"].tolist()
    some = links[:CODES]
    ours, plain = in_turn(turns, lambda: qr_codes(links), lambda: plain_codes(some))
    beside = f"qrcode with its defaults, {len(some)} of {len(links)}"
    row = Row("qr", "标签的二维码", beside, 500, "higher")
    return Figure(row, plain * len(links) / len(some) / ours)


def sheets(shown: pd.DataFrame, turns: int) -> list[Figure]:
    """Compare whole sheets, fonts included, and the bytes of a label; ReportLab is given the codes."""
    fonts, some = font_chain(), shown[:SHEETS]
    modules = modules_of(qr_codes(some["link"].tolist()))
    lots = [shown[start : start + LOT] for start in range(0, len(shown), LOT)]
    files: list[int] = []

    def draw() -> None:
        files[:] = [len(label_sheet(lot, fonts, CONTACT)) for lot in lots]

    ours, plain = in_turn(turns, draw, lambda: plain_sheets(some, modules, CONTACT))
    beside = f"ReportLab draws rectangles, {len(some)} of {len(shown)}"
    faster = Row("label-sheets", "标签（每页 24 张）", beside, 15, "higher")
    smaller = Row("label-bytes", "每张标签", f"files of {LOT} labels, fonts included", 0.5, unit="KB")
    ratio = plain * len(shown) / len(some) / ours
    return [Figure(faster, ratio), Figure(smaller, sum(files) / 1024 / len(shown))]
