"""Certificates (毕业证书) as a print file: a landscape page a graduate, in the order of the rows (R2, N3)."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import BinaryIO, NamedTuple

import pandas as pd

from rules.chinese_dates import in_digits, in_numerals, month_in_digits
from rules.refusals import Refused
from rules.registry_fields import programme_title
from tasks.fonts import Font
from tasks.paper import Paper

COLUMNS = (
    "case_id",
    "number",
    "name",
    "sex",
    "birth_date",
    "programme",
    "direction",
    "level",
    "school_years",
    "study_from",
    "study_to",
    "school_name",
    "principal",
    "graduation_date",
    "issue_date",
)
TITLE = "毕业证书"
MAY_BE_EMPTY = frozenset({"direction"})
PAGE_WIDTH, PAGE_HEIGHT = 297.0, 210.0
PHOTO = (30.0, 62.0, 36.0, 48.0)  # x, y, width, height: the registry's 480 × 640
TEXT_X, TEXT_WIDTH, TEXT_Y = 82.0, 186.0, 72.0
TEXT_SIZE, TEXT_LEADING, FOOT_SIZE = 19.0, 13.0, 15.0

PhotoOf = Callable[[int], bytes | None]
Forms = dict[tuple[str, str, date, date], str]
"""The form of what certificates of one school, principal, graduation and issue date have alike."""


class Sheet(NamedTuple):
    """One certificate's facts, as they are printed. study_from and study_to are months, YYYYMM or YYYY-MM."""

    case_id: int
    number: str
    name: str
    sex: str
    birth_date: date
    programme: str
    direction: str
    level: str
    school_years: float
    study_from: str
    study_to: str
    school_name: str
    principal: str
    graduation_date: date
    issue_date: date


def print_certificates(
    rows: pd.DataFrame, photo_of: PhotoOf, fonts: Sequence[Font], out: BinaryIO | Path
) -> None:
    """Print one page a row into a file or stream; all of them or none.

    rows: COLUMNS, a row a certificate, in printing order; dates are `date`, months text.
    photo_of: the JPEG of a case, embedded byte for byte.
    Raises Refused R1-photo-missing, R1-photo-unreadable, glyph-missing, cell-missing.
    """
    paper, forms = Paper(fonts, "landscape", TITLE), Forms()
    for sheet in sheets_of(rows):
        photo = photo_of(sheet.case_id)
        if photo is None:
            raise Refused("R1-photo-missing", case_id=sheet.case_id)
        draw_certificate(paper, sheet, photo, forms)
    paper.save(out)


def printed_texts(rows: pd.DataFrame) -> pd.Series:
    """Return what varies from certificate to certificate, to be checked for missing glyphs first."""
    varying = rows[["name", "sex", "programme", "direction", "level", "school_name", "principal"]]
    filled = varying.astype("str").fillna("")
    return filled["name"].str.cat(filled.drop(columns="name"))


def sheets_of(rows: pd.DataFrame) -> list[Sheet]:
    """Turn rows into sheets; what is empty is refused by row and column, never printed as a gap."""
    for column in COLUMNS:
        empty = rows[column].isna() | (rows[column].astype("str").str.strip() == "")
        if column not in MAY_BE_EMPTY and empty.any():
            raise Refused(
                "cell-missing", document=TITLE, row=int(empty.to_numpy().argmax()) + 1, column=column
            )
    plain = rows[list(COLUMNS)].astype({"direction": "object"})
    plain["direction"] = plain["direction"].where(plain["direction"].notna(), "")
    return [Sheet(*values) for values in plain.itertuples(index=False, name=None)]


def draw_certificate(paper: Paper, sheet: Sheet, photo: bytes, forms: Forms) -> None:
    """Draw one certificate on a page of its own; forms: of the certificates before it.

    Raises Refused R1-photo-unreadable, glyph-missing.
    """
    paper.add_page()
    try:
        paper.image(photo, *PHOTO)
    except ValueError:
        raise Refused("R1-photo-unreadable", case_id=sheet.case_id) from None
    alike = (sheet.school_name, sheet.principal, sheet.graduation_date, sheet.issue_date)
    if alike not in forms:
        with paper.form() as forms[alike]:
            _draw_alike(paper, sheet)
    paper.place(forms[alike])
    for place, line in enumerate(paper.lines_of("　　" + statement(sheet), TEXT_SIZE, TEXT_WIDTH)):
        paper.write_at(TEXT_X, TEXT_Y + place * TEXT_LEADING, line, TEXT_SIZE)
    paper.write_within(PHOTO[0], 178, 130, f"证书编号：{sheet.number}", FOOT_SIZE)


def statement(sheet: Sheet) -> str:
    """Return the sentence that a certificate is about."""
    return (
        f"学生 {sheet.name} 性别 {sheet.sex}，{in_digits(sheet.birth_date)}生，"
        f"于{month_in_digits(sheet.study_from)}至{month_in_digits(sheet.study_to)}在本校 "
        f"{programme_title(sheet.programme, sheet.direction)} 专业{sheet.level}学习，"
        f"学制{sheet.school_years:g}年，修完教学计划规定的全部课程，成绩合格，准予毕业。"
    )


def _draw_alike(paper: Paper, sheet: Sheet) -> None:
    """Draw what a page has in common with those of the same school, principal and days."""
    _frame(paper)
    paper.write_at(PAGE_WIDTH / 2, 46, TITLE, 44, "centre")
    lines = (
        (TEXT_X, 152, f"校　　名：{sheet.school_name}"),
        (TEXT_X, 165, f"校（院）长：{sheet.principal}"),
        (TEXT_X + 92, 165, f"毕业日期：{in_numerals(sheet.graduation_date)}"),
        (TEXT_X + 92, 178, f"发证日期：{in_numerals(sheet.issue_date)}"),
    )
    for x, y, text in lines:
        paper.write_within(x, y, 86, text, FOOT_SIZE)


def _frame(paper: Paper) -> None:
    paper.set_line_width(1.1)
    paper.rect(10, 10, PAGE_WIDTH - 20, PAGE_HEIGHT - 20)
    paper.set_line_width(0.3)
    paper.rect(12.5, 12.5, PAGE_WIDTH - 25, PAGE_HEIGHT - 25)
    paper.set_line_width(0.2)
    paper.rect(*PHOTO)
