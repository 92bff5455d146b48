"""A list for registrars: title, Chinese headings, rows, totals and the line to sign; as workbook or PDF."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from rules.chinese_dates import in_digits
from tasks.workbook_rows import as_text, workbook

BLANK = "＿" * 6
_WIDEST = 44.0  # characters


@dataclass(frozen=True)
class Listing:
    """One list. rows: columns by their Chinese headings, values text, numbers, days or None.

    about: what it covers, under the title. part: the heading of which each value has pages of its own. sums:
    headings whose numbers are added up.
    """

    title: str
    about: str
    rows: pd.DataFrame
    maker: str
    day: date
    part: str = ""
    sums: tuple[str, ...] = ()

    @property
    def signatures(self) -> str:
        """Return the line to sign."""
        return f"制表人：{self.maker}　　审核人：{BLANK}　　日期：{in_digits(self.day)}"

    def total(self, rows: pd.DataFrame) -> str:
        """Return the totals of all rows or of a part."""
        people = f"，{rows['学号'].nunique()} 人" if "学号" in rows else ""
        sums = "".join(f"，{name} {int(rows[name].sum())}" for name in self.sums)
        return f"合计 {len(rows)} 条{people}{sums}"

    def parts(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """Yield each part's name and rows; one nameless part for a list that has none."""
        if not self.part:
            yield "", self.rows
            return
        for name, rows in self.rows.groupby(self.part, sort=True):
            yield str(name), rows.drop(columns=[self.part])


def listing_workbook(listing: Listing) -> bytes:
    """Return a list as XLSX."""
    headings = [str(name) for name in listing.rows.columns]
    body = [tuple(map(cell, row)) for row in listing.rows.itertuples(index=False, name=None)]
    foot: list[tuple[str | int, ...]] = [(listing.total(listing.rows),), (listing.signatures,)]
    top = [(listing.title,), (as_text(listing.about),), headings]
    return workbook(listing.title[:31], _widths(headings, body), top, [*body, *foot])


def cell(value: Any) -> str | int:
    """Return a value as a cell shows it: a day as 2020-01-20, what is missing as nothing."""
    if value is None or value is pd.NaT or value != value:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    return int(value) if isinstance(value, int) or hasattr(value, "__index__") else as_text(str(value))


def _widths(headings: list[str], body: list[tuple[str | int, ...]]) -> list[float]:
    """Return widths that show most of every column; a Chinese character is two wide."""
    columns = zip(*body, strict=True) if body else [()] * len(headings)
    longest = [
        max([2 * len(name), *(len(str(one).encode("gb18030", "replace")) for one in column)])
        for name, column in zip(headings, columns, strict=True)
    ]
    return [min(_WIDEST, width + 2.0) for width in longest]
