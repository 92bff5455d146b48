"""Audit data makes cases; certificate data and photos complete them (R1, R2)."""

from typing import Any

import pandas as pd
from sqlalchemy import Connection

from models.bulk import insert_frame, read_by, update_frame
from models.case import Case
from models.columns import table_of
from models.student import Student
from rules.fast_track import lanes
from rules.refusals import Reason, register
from rules.refusals_rows import OUTCOME_OF
from rules.states import Audit, Certificate, Custody, Registration, Visibility
from rules.submission import Judged, Outcome
from rules.verdicts import without_rows

CASES = table_of(Case)
STUDENTS = table_of(Student)
_REPORTED = (
    "applied_on",
    "photo_linked_on",
    "conduct",
    "unified_exam",
    "remedial",
    "prior_credential",
    "continuing",
    "branch_finding",
    "branch_auditor",
    "branch_audited_on",
)
_TRACKS = {
    "audit": Audit.AWAITING,
    "registration": Registration.NONE,
    "certificate": Certificate.NONE,
    "custody": Custody.NONE,
    "visibility": Visibility.HIDDEN,
}

register(
    Reason(
        "row-no-case",
        "R1",
        "第 {row} 行：该生尚无毕业审核数据",
        "row {row}: no audit data were received for this student",
        "请先上报该生的毕业审核数据，再重新上报本行。",
        "Send the student's audit data first, then this row again.",
    ),
    Reason(
        "row-case-known",
        "R1",
        "第 {row} 行与已收到的数据相同",
        "row {row} says what was received already",
        "无需处理。",
        "Nothing to do.",
    ),
    Reason(
        "row-case-approved",
        "R1",
        "第 {row} 行：该生的审核已审批，更正需人工核实",
        "row {row}: this student's audit is approved; a correction needs a person",
        "请联系总部，由总部撤回审批后再更正。",
        "Ask HQ to withdraw the approval first.",
    ),
)
OUTCOME_OF.update(
    {
        "row-no-case": Outcome.REFUSED,
        "row-case-known": Outcome.DUPLICATE,
        "row-case-approved": Outcome.HELD,
    }
)


def store_audit_data(db: Connection, sent: Any, judged: Judged, batch: int | None) -> Judged:
    """Make a case of each new student; a changed row is a correction and takes its own place (N3)."""
    rows = judged.accepted.rename(columns={"row": "audit_row"})
    rows = rows.assign(audit_submission=sent.id, audit_received_at=sent.received_at)
    known = _cases_of(db, sent.season, rows, ("audit", "lane", *_REPORTED))
    rows["lane"] = lanes(sent.kind, rows["continuing"], known["lane"])
    new = known["id"].isna()
    _insert_cases(db, sent, rows[new], batch)
    same = ~new if new.all() else ~new & _equal(rows, known)
    approved = ~new & ~same & (known["audit"] == Audit.APPROVED)
    corrected = ~new & ~same & ~approved
    if corrected.any():
        changes = rows[corrected].drop(columns=["student_id"]).assign(id=known["id"][corrected].astype(int))
        # In the batch that is open now: nobody audits that of the row before any more.
        update_frame(db, CASES, changes.assign(audit=str(Audit.AWAITING), batch=batch))
    judged = without_rows(judged, same, "row-case-known")
    return without_rows(judged, approved[same[~same].index].reset_index(drop=True), "row-case-approved")


def _insert_cases(db: Connection, sent: Any, rows: pd.DataFrame, batch: int | None) -> None:
    students = read_by(db, STUDENTS, ("id", "branch"), "id", rows["student_id"].tolist())
    branches = students.set_index("id")["branch"]
    tracks = {name: str(state) for name, state in _TRACKS.items()}
    where = {"branch": rows["student_id"].map(branches), "season": sent.season, "batch": batch}
    insert_frame(db, CASES, rows.assign(**where, **tracks))


def _cases_of(db: Connection, season: str, rows: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    """Return id and the named columns of each row's case, aligned with the rows; id missing: no case."""
    ids, columns = rows["student_id"].tolist(), ("student_id", "id", *names)
    cases = read_by(db, CASES, columns, "student_id", ids, CASES.c.season == season).set_index("student_id")
    return cases.reindex(rows["student_id"].to_numpy()).set_axis(rows.index)


def _equal(rows: pd.DataFrame, known: pd.DataFrame) -> pd.Series:
    equal = pd.Series(True, index=rows.index)
    for name in (*_REPORTED, "lane"):
        ours, theirs = rows[name].astype(object), known[name].astype(object)
        equal &= (ours == theirs) | (ours.isna() & theirs.isna())
    return equal


def store_certificate_data(db: Connection, sent: Any, judged: Judged, _batch: int | None) -> Judged:
    """Complete cases by their certificate data; the clock of R2 starts with the last part that arrives."""
    rows, judged = _with_case(db, sent, judged)
    changes = rows[["id", "study_from", "study_to"]]
    came = {"certificate_submission": sent.id, "certificate_received_at": sent.received_at}
    update_frame(db, CASES, changes.assign(**came))
    return judged


def store_photos(db: Connection, sent: Any, judged: Judged, _batch: int | None) -> Judged:
    """Link photos to cases by their position in the zip; a later photo takes the place of an earlier one."""
    rows, judged = _with_case(db, sent, judged)
    came = {"photo_submission": sent.id, "photo_received_at": sent.received_at}
    update_frame(db, CASES, rows[["id"]].assign(photo_member=rows["member"], **came))
    return judged


def _with_case(db: Connection, sent: Any, judged: Judged) -> tuple[pd.DataFrame, Judged]:
    known = _cases_of(db, sent.season, judged.accepted, ())
    rows = judged.accepted.assign(id=known["id"])
    rows = rows[rows["id"].notna()].astype({"id": int})
    return rows, without_rows(judged, known["id"].isna(), "row-no-case")
