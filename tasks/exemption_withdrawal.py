"""A branch asks to withdraw a late exemption application; HQ decides (R3)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from models.columns import table_of
from models.database import transaction
from models.student import Student
from rules.approvals import ApprovalKind, same_name
from rules.exemption import course_code, is_late
from rules.grades import course_id
from rules.identity import mask_id
from rules.refusals import Refused
from tasks.approval import propose
from tasks.approval_exemption import present_exemption
from tasks.exemption import APPLICATIONS
from tasks.policy import season_pack

_STUDENTS = table_of(Student)


def propose_withdrawal(
    season: str, student_no: str, course: str, branch: str, by: str, as_of: datetime
) -> int:
    """Lay a branch's request before HQ and return the approval's id; the same request again changes nothing.

    Raises Refused exemption-none, exemption-other-branch, exemption-in-time, exemption-needed where the
    audit does not say that the student passes without it, approval-nameless.
    """
    if not same_name(by):
        raise Refused("approval-nameless")
    with transaction() as db:
        row = _application(db, season, student_no.strip(), course.strip())
        said = {"student_no": mask_id(row.student_no), "course": course_code(row.course_id)}
        if row.branch != branch:
            raise Refused("exemption-other-branch", branch=branch, **said)
        if not is_late(season_pack(season, db), row.received_at):
            raise Refused("exemption-in-time", **said)
        if not present_exemption(db, row.id).count:
            raise Refused("exemption-needed", **said)
        return propose(db, ApprovalKind.EXEMPTION_WITHDRAWAL, row.id, None, by, as_of)


def _application(db: Connection, season: str, student_no: str, course: str) -> Any:
    """Return the standing application of a student for a course, with branch and student_no."""
    wanted = (
        select(APPLICATIONS, _STUDENTS.c.branch, _STUDENTS.c.student_no)
        .join(_STUDENTS, _STUDENTS.c.id == APPLICATIONS.c.student_id)
        .where(APPLICATIONS.c.season == season, APPLICATIONS.c.withdrawn_at.is_(None))
        .where(_STUDENTS.c.student_no == student_no, APPLICATIONS.c.course_id == course_id(course))
    )
    found = db.execute(wanted).one_or_none()
    if found is None:
        raise Refused("exemption-none", student_no=mask_id(student_no), course=course)
    return found
