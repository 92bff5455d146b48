"""Exemption applications in the database: kept as they come, and read for the audit (R3)."""

from typing import Any

import pandas as pd
from sqlalchemy import Connection, bindparam, select

from models.bulk import among, insert_frame, read_by, read_frame
from models.case import Case
from models.columns import table_of
from models.exemption import ExemptionApplication
from models.student import Student
from rules.states import Audit
from rules.submission import Judged
from rules.verdicts import without_rows
from tasks.track import move

APPLICATIONS = table_of(ExemptionApplication)
_CASES, _STUDENTS = table_of(Case), table_of(Student)
# Built once: building a statement takes longer than running it for a small lot.
_OF_BRANCH = (
    select(
        *(APPLICATIONS.c[name] for name in ("student_id", "course_id", "received_at")),
        APPLICATIONS.c.withdrawn_at.is_not(None).label("withdrawn"),
    )
    .join(_STUDENTS, _STUDENTS.c.id == APPLICATIONS.c.student_id)
    .where(APPLICATIONS.c.season == bindparam("season"), _STUDENTS.c.branch == bindparam("branch"))
    .order_by(APPLICATIONS.c.id)
)
_SUBJECT = ["student_id", "course_id"]
_SAID = ["kind", "reason", "handed_in"]


def store_exemptions(db: Connection, sent: Any, judged: Judged, batch: int | None) -> Judged:
    """Keep new applications; what stands already is a duplicate, and held where it says something else.

    Whoever passed and is not approved is audited again: an application bears on that.
    """
    rows = judged.accepted
    known = _standing(db, sent.season, rows)
    stands = known["id"].notna()
    same = stands & (rows[_SAID].astype(object) == known[_SAID].astype(object)).all(axis=1)
    came = {"season": sent.season, "submission_id": sent.id, "received_at": sent.received_at}
    insert_frame(db, APPLICATIONS, rows[~stands].assign(**came))
    _audit_anew(db, sent, rows["student_id"][~stands].tolist(), batch)
    judged = without_rows(judged, stands & ~same, "row-exemption-differs")
    return without_rows(judged, same[same | ~stands], "row-already")


def _standing(db: Connection, season: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the standing application of each row's student and course, aligned with the rows."""
    standing = (APPLICATIONS.c.season == season, APPLICATIONS.c.withdrawn_at.is_(None))
    names, ids = ("id", *_SUBJECT, *_SAID), rows["student_id"].unique().tolist()
    known = read_by(db, APPLICATIONS, names, "student_id", ids, *standing).set_index(_SUBJECT)
    return known.reindex(pd.MultiIndex.from_frame(rows[_SUBJECT].astype("int64"))).set_axis(rows.index)


def _audit_anew(db: Connection, sent: Any, students: list[int], batch: int | None) -> None:
    mine = (_CASES.c.season == sent.season) & among(db, _CASES.c.student_id, students)
    passed = mine & (_CASES.c.audit == Audit.PASSED.value)
    await_audit(db, passed, batch, stream=f"submission:{sent.id}", as_of=sent.received_at)


def await_audit(db: Connection, where: Any, batch: int | None, **event: Any) -> list[int]:
    """Let cases wait for the audit of a batch; without one (the season's last is over) nothing moves."""
    return move(db, Audit.AWAITING, where, values={"batch": batch}, **event) if batch is not None else []


def applications_of(db: Connection, season: str, branch: str) -> pd.DataFrame:
    """Return the applications of a branch's students for the audit: student_id, course_id, received_at,
    withdrawn.
    """
    return read_frame(db, _OF_BRANCH, {"season": season, "branch": branch})
