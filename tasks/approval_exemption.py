"""The approval of a withdrawn exemption application: it stands or falls with the audit's finding (R3)."""

from typing import Any

from sqlalchemy import Connection, select, update

from models.case import Case, Decision
from models.columns import table_of
from models.event import digest_of
from models.student import Student
from rules.exemption import course_code, is_withdrawable
from rules.identity import mask_id
from rules.season_values import Kind
from rules.states import Audit
from rules.windows import place
from tasks.approval_list import Frozen, Verdict
from tasks.exemption import APPLICATIONS, await_audit

_CASES, _DECISIONS, _STUDENTS = table_of(Case), table_of(Decision), table_of(Student)


def present_exemption(db: Connection, application_id: int) -> Frozen:
    """Return one application; nothing is left to approve once it is withdrawn or the audit needs it."""
    row = db.execute(
        select(APPLICATIONS, _STUDENTS.c.branch, _STUDENTS.c.student_no, _CASES.c.batch, _DECISIONS.c.unmet)
        .join(_STUDENTS, _STUDENTS.c.id == APPLICATIONS.c.student_id)
        .outerjoin(_CASES, _case_of(APPLICATIONS.c.season, APPLICATIONS.c.student_id))
        .outerjoin(_DECISIONS, _DECISIONS.c.id == _CASES.c.decision_id)
        .where(APPLICATIONS.c.id == application_id)
    ).one()
    there = row.withdrawn_at is None and is_withdrawable(row.unmet or ())
    named = {"student": mask_id(row.student_no), "course": course_code(row.course_id)}
    summary = {"branch": row.branch, **named, "receipt": f"{row.submission_id:06d}", "row": str(row.row)}
    return Frozen(digest_of([row.id]) if there else "", int(there), row.season, row.batch, summary)


def _case_of(season: Any, student_id: Any) -> Any:
    return (_CASES.c.season == season) & (_CASES.c.student_id == student_id)


def approve_exemption(db: Connection, yes: Verdict) -> None:
    """Withdraw the application; its student waits for the next audit, in the batch whose audit that is."""
    chosen = APPLICATIONS.c.id == yes.row.subject_id
    row = db.execute(select(APPLICATIONS).where(chosen)).one()
    db.execute(update(APPLICATIONS).where(chosen).values(withdrawn_at=yes.as_of))
    yes.tell(db, f"exemption:{row.id}")
    failed = _case_of(row.season, row.student_id) & (_CASES.c.audit == Audit.FAILED.value)
    batch = place(yes.pack, Kind.AUDIT_DATA, yes.as_of).batch
    await_audit(db, failed, batch, stream=f"exemption:{row.id}", as_of=yes.as_of, actor=yes.by)
