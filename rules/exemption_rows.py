"""Rows of exemption applications: the student, the course, what is asked and why (R3)."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

import rules.refusals_exemption  # noqa: F401  registers its codes
from rules.columns import EXEMPTION
from rules.fields import Fields
from rules.grades import course_id
from rules.reference import PRACTICE_MODULE
from rules.repeats import mark_repeats
from rules.roster_match import matched_students, student_ids
from rules.submission import Judged, RosterContext
from rules.verdicts import Verdicts

KEY = "application"
HEADINGS = {column.name: column.heading for column in EXEMPTION} | {KEY: "课程ID"}
ASKED = {"免修": "免修", "免考": "免考", "免修免考": "免修免考", "课程免修": "免修", "考试免考": "免考"}


@dataclass(frozen=True)
class ExemptionContext:
    """What applications are judged against. courses: Reference.courses."""

    roster: RosterContext
    courses: pd.DataFrame


def judge_exemptions(table: pd.DataFrame, row: npt.NDArray[np.int64], known: ExemptionContext) -> Judged:
    """Judge applications; accepted: row, student_id int32, course_id int32, kind, reason, handed_in (date).

    Whether one is late is not judged here: a late application is kept.
    """
    verdicts = Verdicts(row)
    fields = Fields(table, HEADINGS, verdicts)
    numbers, found = matched_students(fields, known.roster)
    data = pd.DataFrame({"row": row, "student_id": student_ids(found)})
    courses = fields.code("course")
    data["course_id"] = _courses(courses, fields, known.courses)
    data["kind"] = fields.one_of("kind", fields.words("kind"), ASKED)
    data["reason"] = fields.words("reason")
    fields.need("reason", data["reason"])
    data["handed_in"] = fields.days("handed_in")
    data[KEY] = numbers + " " + courses
    mark_repeats(data, KEY, fields, verdicts, "row-same-course")
    accepted = data[verdicts.open].drop(columns=KEY).reset_index(drop=True)
    return Judged(accepted, verdicts.table(), fields.notes)


def _courses(written: pd.Series, fields: Fields, courses: pd.DataFrame) -> npt.NDArray[np.int32]:
    """Refuse unknown courses, and comprehensive practice, which can never be exempted."""
    fields.need("course", written)
    ids = np.array([course_id(text) for text in written], dtype=np.int32)
    modules = dict(zip(courses["course_id"].astype(int), courses["module"], strict=True))
    found = np.array([modules.get(int(one), "") for one in ids], dtype=object)
    fields.mark(found == "", "row-unknown-course", "course", written)
    fields.mark(found == PRACTICE_MODULE, "R3-practice", "course", written)
    return ids
