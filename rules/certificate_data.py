"""Certificate data (毕业颁证数据): the period of study, and whether the branch's spelling is the
roster's (R2).
"""

import re
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from rules.columns import CERTIFICATE_DATA
from rules.dates import read_month
from rules.fields import Fields
from rules.repeats import mark_repeats
from rules.roster import LEVELS, SEXES
from rules.roster_match import (
    hold_differences,
    hold_other_majors,
    hold_other_names,
    matched_students,
    student_ids,
)
from rules.submission import Judged, RosterContext
from rules.verdicts import Verdicts

HEADINGS = {column.name: column.heading for column in CERTIFICATE_DATA}
_PERIOD = re.compile(r"(?P<start>.+?)(?:\s*[-—–~至到]+\s*)(?P<end>[0-9]{4}.*)")


def judge_certificate_data(table: pd.DataFrame, row: npt.NDArray[np.int64], ctx: RosterContext) -> Judged:
    """Judge certificate data; accepted: row, student_id int32, study_from and study_to (first days
    of months),
    school_years, partner. Whatever disagrees with the roster is held.
    """
    verdicts = Verdicts(row)
    fields = Fields(table, HEADINGS, verdicts)
    _, found = matched_students(fields, ctx)
    data = pd.DataFrame({"row": row, "student_id": student_ids(found)})
    names = fields.name()
    data["study_from"], data["study_to"] = _periods(fields)
    data["school_years"] = fields.code("school_years")
    data["partner"] = fields.words("partner")
    born = fields.days("birth_date")
    sex = fields.one_of("sex", fields.words("sex"), SEXES)
    level = fields.one_of("level", fields.words("level"), LEVELS)
    hold_other_names(fields, names, found)
    compared = {"sex": sex, "birth_date": born, "level": level}
    for name, values in compared.items():
        hold_differences(fields, name, values, found[name])
    hold_other_majors(fields, found)
    mark_repeats(data, "student_id", fields, verdicts)
    if ctx.outcome == "parked":
        verdicts.park(ctx.code or "N1-closed")
    return Judged(data[verdicts.open].reset_index(drop=True), verdicts.table(), fields.notes)


def _periods(fields: Fields) -> tuple[pd.Series, pd.Series]:
    """Return start and end of study; rows whose period cannot be read are refused."""
    texts = fields.code("study_period")
    fields.need("study_period", texts)
    read = {text: read_period(text) for text in texts.unique()}
    unread = np.array([read[text] is None for text in texts], dtype=bool)
    fields.mark(unread, "row-bad-period", "study_period", texts)
    periods = [read[text] or (None, None) for text in texts]
    return pd.Series([p[0] for p in periods], dtype=object), pd.Series([p[1] for p in periods], dtype=object)


def read_period(text: str) -> tuple[date, date] | None:
    """Return the first days of the first and last month of study; None if unreadable or the wrong way round.

    >>> read_period("2017年3月至2020年1月")
    (datetime.date(2017, 3, 1), datetime.date(2020, 1, 1))
    """
    found = _PERIOD.fullmatch(text)
    if not found:
        return None
    start, end = read_month(found["start"].strip()), read_month(found["end"].strip())
    return (start, end) if start and end and start < end else None
