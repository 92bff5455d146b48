"""Audit data (毕业审核数据): the application, the photo's link, the appraisals and the branch's own
finding (R1).
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from rules.characters import clean_texts
from rules.columns import AUDIT_DATA
from rules.fields import Fields
from rules.identity import refuse_id
from rules.repeats import mark_repeats
from rules.roster_match import hold_other_names, matched_students, student_ids
from rules.submission import Judged, RosterContext
from rules.verdicts import Mask, Verdicts, among

HEADINGS = {column.name: column.heading for column in AUDIT_DATA}
YES_NO = {"是": "是", "否": "否", "Y": "是", "N": "否", "": "否"}
FINDINGS = {
    "通过": "通过",
    "不通过": "不通过",
    "合格": "通过",
    "不合格": "不通过",
    "同意": "通过",
    "不同意": "不通过",
}


def is_continuing(table: pd.DataFrame) -> Mask:
    """Return which rows say 是 in 专升本: the student goes on to an undergraduate programme (T3)."""
    yes = [written for written, meant in YES_NO.items() if meant == "是"]
    return among(clean_texts(table["continuing"]), yes)


def judge_audit_data(
    table: pd.DataFrame, row: npt.NDArray[np.int64], ctx: RosterContext, level: str | None = None
) -> Judged:
    """Judge audit data; accepted: row, student_id int32, dates, words, continuing bool, the
    branch's finding. level: the only one that this file may name (T3).
    """
    verdicts = Verdicts(row)
    fields = Fields(table, HEADINGS, verdicts)
    _, found = matched_students(fields, ctx)
    data = pd.DataFrame({"row": row, "student_id": student_ids(found)})
    if level is not None:
        other = (found["level"] != level).to_numpy(dtype=bool)
        fields.mark(other, "T3-level", "student_no", found["level"].fillna(""))
    names = fields.name()
    _match_ids(fields, found, ctx)
    hold_other_names(fields, names, found)
    data["applied_on"] = fields.days("applied_on")
    data["photo_linked_on"] = fields.days("photo_linked_on", optional=True)
    for name in ("conduct", "unified_exam", "remedial", "prior_credential"):
        data[name] = fields.words(name)
    continuing = fields.one_of("continuing", fields.words("continuing"), YES_NO, optional=True)
    data["continuing"] = (continuing == "是").to_numpy(dtype=bool)
    data["branch_finding"] = fields.one_of("branch_finding", fields.words("branch_finding"), FINDINGS)
    data["branch_auditor"] = fields.name("branch_auditor")
    data["branch_audited_on"] = fields.days("branch_audited_on")
    mark_repeats(data, "student_id", fields, verdicts)
    if ctx.outcome == "parked":
        verdicts.park(ctx.code or "N1-closed")
    return Judged(data[verdicts.open].reset_index(drop=True), verdicts.table(), fields.notes)


def _match_ids(fields: Fields, found: pd.DataFrame, ctx: RosterContext) -> None:
    """Refuse broken ID numbers, hold those that are not the roster's.

    The roster knows the document's type; a number that equals the roster's needs no check digit.
    """
    numbers = fields.ids()
    same = (ctx.id_index(numbers).to_numpy() == found["id_index"].to_numpy()) & (numbers != "").to_numpy()
    codes = np.array(
        [
            None if ok else refuse_id(number) or "row-id-mismatch"
            for number, ok in zip(numbers, same, strict=True)
        ],
        dtype=object,
    )
    fields.mark_ids(codes, numbers)
