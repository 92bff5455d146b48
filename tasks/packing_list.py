"""Packing lists to sign (签收表): who is in a package, with room for each signature; the paper way of N9."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from rules.registry_fields import programme_title
from tasks.fonts import Font
from tasks.paper import Paper

COLUMNS = ("student_no", "name", "programme", "direction", "level", "number")
LEFT, ROW_HEIGHT, TOP, ROWS_A_PAGE = 10.0, 8.4, 46.0, 26
# Heading and width in mm; together 190, the width between the margins of A4.
TABLE = (
    ("序号", 10.0),
    ("学号", 27.0),
    ("姓名", 25.0),
    ("专业", 42.0),
    ("层次", 12.0),
    ("证书编号", 36.0),
    ("签名", 21.0),
    ("日期", 17.0),
)
WIDTH = sum(width for _, width in TABLE)


@dataclass(frozen=True)
class Parcel:
    """The package that a list belongs to."""

    code: str
    season: str
    batch: int
    from_name: str
    to_name: str
    contact: str = ""


class _Leaf(NamedTuple):
    """One page of one list."""

    parcel: Parcel
    lines: list[tuple[str, ...]]
    page: int
    pages: int


def packing_list(parcel: Parcel, rows: pd.DataFrame, fonts: Sequence[Font]) -> bytes:
    """Return the list of one package as a PDF. rows: COLUMNS, in the order of the package."""
    return packing_lists([(parcel, rows)], fonts)


def packing_lists(parcels: Iterable[tuple[Parcel, pd.DataFrame]], fonts: Sequence[Font]) -> bytes:
    """Return the lists of many packages as one PDF; each begins a page and counts its own pages."""
    paper = Paper(fonts, "portrait", "毕业证书签收表")
    for parcel, rows in parcels:
        for leaf in _leaves(parcel, rows):
            _draw(paper, leaf)
        _foot(paper, parcel, rows["level"])
    return paper.to_bytes()


def _leaves(parcel: Parcel, rows: pd.DataFrame) -> list[_Leaf]:
    lines = [_line(place, *values) for place, values in enumerate(_values(rows), start=1)]
    pages = max(1, -(-len(lines) // ROWS_A_PAGE))
    parts = [lines[page * ROWS_A_PAGE : (page + 1) * ROWS_A_PAGE] for page in range(pages)]
    return [_Leaf(parcel, part, page, pages) for page, part in enumerate(parts, start=1)]


def _values(rows: pd.DataFrame) -> Iterable[tuple[str, ...]]:
    return rows[list(COLUMNS)].astype("str").fillna("").itertuples(index=False, name=None)


def _line(
    place: int, student_no: str, name: str, programme: str, direction: str, level: str, number: str
) -> tuple[str, ...]:
    return (str(place), student_no, name, programme_title(programme, direction), level, number, "", "")


def _draw(paper: Paper, leaf: _Leaf) -> None:
    paper.add_page()
    parcel = leaf.parcel
    paper.write_at(105, 18, "毕业证书签收表", 18, "centre")
    paper.write_within(LEFT, 28, 120, f"证书包编号：{parcel.code}", 10)
    paper.write_at(LEFT + WIDTH, 28, f"{parcel.season} 季 第 {parcel.batch} 批", 10, "right")
    paper.write_within(LEFT, 34, WIDTH, f"发出单位：{parcel.from_name}", 10)
    paper.write_within(LEFT, 40, WIDTH, f"接收单位：{parcel.to_name}", 10)
    draw_row(paper, TOP, tuple(heading for heading, _ in TABLE))
    for place, line in enumerate(leaf.lines, start=1):
        draw_row(paper, TOP + place * ROW_HEIGHT, line)
    paper.write_at(105, 289, f"第 {leaf.page} 页 共 {leaf.pages} 页", 9, "centre")
    paper.write_within(LEFT, 289, 70, parcel.contact, 7)


def draw_row(
    paper: Paper, y: float, cells: Sequence[str], table: Sequence[tuple[str, float]] = TABLE
) -> None:
    """Draw one row of a table of headings and widths in mm, from the left margin on; y: its upper edge."""
    x = LEFT
    paper.set_line_width(0.2)
    for (_, width), text in zip(table, cells, strict=True):
        paper.rect(x, y, width, ROW_HEIGHT)
        paper.write_within(x + 1, y + 5.6, width - 2, text, 9)
        x += width


def _foot(paper: Paper, parcel: Parcel, levels: pd.Series) -> None:
    """Totals and the places to sign, under the last row of the list."""
    counts = levels.value_counts(sort=False)
    parts = "，".join(f"{level} {count} 本" for level, count in sorted(counts.items()))
    total = f"合计 {len(levels)} 本" + (f"（{parts}）" if parts else "")
    paper.write_within(LEFT, 272, WIDTH, f"{total}　证书包 {parcel.code}", 10)
    signatures = (("制表人：", 0), ("审核人：", 48), ("接收人：", 96), ("日期：", 144))
    for text, x in signatures:
        paper.write_at(LEFT + x, 281, text + "＿" * 6, 10)
