"""Urgent requests (加急申请): the students whom a unit asks HQ to handle first, and why (N4)."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from rules.columns import URGENT_REQUEST
from rules.fields import Fields
from rules.refusals_rows import row_reason
from rules.repeats import mark_repeats
from rules.roster_match import matched_students, student_ids
from rules.submission import Judged, Outcome, RosterContext
from rules.verdicts import Verdicts

HEADINGS = {column.name: column.heading for column in URGENT_REQUEST}

row_reason(
    "row-urgent-known",
    Outcome.DUPLICATE,
    "该生已有加急申请",
    "an urgent request for this student was received before",
    clause="N4",
)


def judge_urgent_request(table: pd.DataFrame, row: npt.NDArray[np.int64], ctx: RosterContext) -> Judged:
    """Judge a list of urgent students; accepted: row, student_id int32, reason."""
    verdicts = Verdicts(row)
    fields = Fields(table, HEADINGS, verdicts)
    _, found = matched_students(fields, ctx)
    data = pd.DataFrame({"row": row, "student_id": student_ids(found)})
    data["reason"] = fields.words("reason")
    fields.need("reason", data["reason"])
    mark_repeats(data, "student_id", fields, verdicts)
    return Judged(data[verdicts.open].reset_index(drop=True), verdicts.table(), fields.notes)
