"""Urgent students as people see them: who asked, whether HQ named them, how far they are (N4)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from models.case import Case
from models.columns import table_of
from models.database import reading
from models.lot import Approval, ApprovalState
from models.student import Student
from models.urgent import UrgentCase, UrgentList, UrgentRequest
from rules.approvals import ApprovalKind
from rules.identity import mask_id

_APPROVALS, _CASES, _STUDENTS = table_of(Approval), table_of(Case), table_of(Student)
_LISTS, _LISTED, _REQUESTS = table_of(UrgentList), table_of(UrgentCase), table_of(UrgentRequest)
_TRACKS = ("lane", "audit", "registration", "certificate", "custody")
_NOW_OR_DONE = (ApprovalState.PROPOSED.value, ApprovalState.APPROVED.value)


@dataclass(frozen=True)
class UrgentStudent:
    """One urgent student. student: the number, masked. asked_by, receipt: None where HQ named the student.

    case: None while no audit data came. approval, state: of the list in force, None where HQ named nobody.
    """

    season: str
    student: str
    branch: str
    asked_by: str | None
    received_at: datetime | None
    receipt: int | None
    reason: str
    case: int | None
    tracks: dict[str, str]
    approval: int | None
    state: str | None


def urgent_students(season: str, *, unmasked: bool = False) -> list[UrgentStudent]:
    """Return whom units asked for, in order of receipt, then whom HQ named itself."""
    with reading() as db:
        named = _named(db, season)
        requests = {row.student_id: row for row in db.execute(_requests(season))}
        ids = [*requests, *(row.student_id for row in named.values() if row.student_id not in requests)]
        found = {row.id: row for row in db.execute(_students(season, ids))}
    return [_seen(season, found[one], requests.get(one), named.get(found[one].case), unmasked) for one in ids]


def waiting_requests(season: str) -> int:
    """Return how many requests of units wait for HQ: on no list that is proposed or approved."""
    return sum(one.asked_by is not None and one.state is None for one in urgent_students(season))


def case_urgent(db: Connection, case_id: int) -> dict[str, Any] | None:
    """Return the newest proposal to let a case go first, who decided and why; None if there is none."""
    about = (_APPROVALS.c.kind == ApprovalKind.URGENT_CASE.value) & (_APPROVALS.c.subject_id == _LISTS.c.id)
    told = ("id", "state", "proposer", "proposed_at", "decided_by", "decided_at")
    wanted = (
        select(*(_APPROVALS.c[name] for name in told), _LISTS.c.reason)
        .join(_LISTS, about)
        .join(_LISTED, _LISTED.c.list_id == _LISTS.c.id)
        .where(_LISTED.c.case_id == case_id)
    )
    found = db.execute(wanted.order_by(_APPROVALS.c.id.desc())).mappings().first()
    return dict(found) if found else None


def _requests(season: str) -> Any:
    return (
        select(_REQUESTS)
        .where(_REQUESTS.c.season == season)
        .order_by(_REQUESTS.c.received_at, _REQUESTS.c.id)
    )


def _named(db: Connection, season: str) -> dict[int, Row[Any]]:
    """Return case → its newest list that is proposed or approved."""
    about = (_APPROVALS.c.kind == ApprovalKind.URGENT_CASE.value) & (_APPROVALS.c.subject_id == _LISTS.c.id)
    wanted = (
        select(_LISTED.c.case_id, _CASES.c.student_id, _LISTS.c.reason, _APPROVALS.c.id, _APPROVALS.c.state)
        .join(_LISTS, _LISTS.c.id == _LISTED.c.list_id)
        .join(_APPROVALS, about)
        .join(_CASES, _CASES.c.id == _LISTED.c.case_id)
        .where(_LISTS.c.season == season, _APPROVALS.c.state.in_(_NOW_OR_DONE))
    )
    return {row.case_id: row for row in db.execute(wanted.order_by(_APPROVALS.c.id))}


def _students(season: str, ids: list[int]) -> Any:
    own = (_CASES.c.student_id == _STUDENTS.c.id) & (_CASES.c.season == season)
    columns = (_STUDENTS.c.id, _STUDENTS.c.student_no, _STUDENTS.c.branch, _CASES.c.id.label("case"))
    tracks = (_CASES.c[name] for name in _TRACKS)
    return select(*columns, *tracks).outerjoin(_CASES, own).where(_STUDENTS.c.id.in_(ids))


def _seen(
    season: str, student: Row[Any], request: Row[Any] | None, named: Row[Any] | None, unmasked: bool
) -> UrgentStudent:
    number = student.student_no if unmasked else mask_id(student.student_no)
    return UrgentStudent(
        season=season,
        student=number,
        branch=student.branch,
        asked_by=request.branch if request else None,
        received_at=request.received_at if request else None,
        receipt=request.submission_id if request else None,
        reason=named.reason if named else (request.reason if request else ""),
        case=student.case,
        tracks={} if student.case is None else {name: getattr(student, name) for name in _TRACKS},
        approval=named.id if named else None,
        state=named.state if named else None,
    )
