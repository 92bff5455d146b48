"""Urgent cases named by HQ, from a unit's request or by itself, and what an urgent run has to do (N4)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, false, insert, select

from models.case import Case
from models.columns import table_of
from models.database import reading, transaction
from models.lot import Approval, ApprovalState, Lot
from models.student import Student
from models.urgent import UrgentCase, UrgentList, UrgentRequest
from rules.approvals import ApprovalKind, same_name
from rules.identity import mask_id
from rules.order import ORDINARY, URGENT
from rules.refusals import Refused
from rules.season import Pack
from rules.states import Audit
from rules.urgent import check_named, check_working
from tasks.approval import propose
from tasks.policy import season_pack
from tasks.urgent_plan import refuse_delays

_APPROVALS, _CASES, _LOTS = table_of(Approval), table_of(Case), table_of(Lot)
_LISTS, _LISTED, _REQUESTS = table_of(UrgentList), table_of(UrgentCase), table_of(UrgentRequest)
_STUDENTS = table_of(Student)


def propose_urgent(
    season: str,
    student_nos: Iterable[str],
    by: str,
    as_of: datetime,
    reason: str = "",
    pack: Pack | None = None,
) -> int:
    """Lay students before a second person as urgent; returns the approval. The same again changes nothing.

    reason: default what their units asked with. pack: default the season's latest. Raises Refused
    approval-nameless, N4-urgent-off, -over, -reason, -already, -lane, -approved, -delays; case-none,
    case-unknown-student.
    """
    pack = pack or season_pack(season)
    check_named(pack, as_of)
    if not same_name(by):
        raise Refused("approval-nameless")
    with transaction() as db:
        cases = [_case_of(db, season, number.strip()) for number in dict.fromkeys(student_nos)]
        said = reason.strip() or _asked_with(db, season, cases)
        ids = sorted(case.id for case in cases)
        refuse_delays(db, ids, pack, as_of)
        list_id = _list_of(db, season, ids) or _make_list(db, season, ids, said, as_of)
        return propose(db, ApprovalKind.URGENT_CASE, list_id, None, by, as_of)


def _case_of(db: Connection, season: str, student_no: str) -> Row[Any]:
    student = db.execute(select(_STUDENTS).where(_STUDENTS.c.student_no == student_no)).one_or_none()
    masked = mask_id(student_no)
    if student is None:
        raise Refused("case-unknown-student", student_no=masked)
    mine = select(_CASES).where(_CASES.c.student_id == student.id, _CASES.c.season == season)
    case = db.execute(mine).one_or_none()
    if case is None:
        said = {"season": f" {season} ", "season_en": f" in {season}"}
        raise Refused("case-none", student_no=masked, branch=student.branch, **said)
    if case.lane == URGENT:
        raise Refused("N4-urgent-already", student_no=masked)
    if case.lane != ORDINARY:
        raise Refused("N4-urgent-lane", student_no=masked, lane=case.lane)
    if case.audit == Audit.APPROVED:
        raise Refused("N4-urgent-approved", student_no=masked)
    return case


def _asked_with(db: Connection, season: str, cases: list[Row[Any]]) -> str:
    wanted = select(_REQUESTS.c.student_id, _REQUESTS.c.reason).where(
        _REQUESTS.c.season == season, _REQUESTS.c.student_id.in_([case.student_id for case in cases])
    )
    reasons = {row.student_id: row.reason for row in db.execute(wanted)}
    for case in cases:
        if case.student_id not in reasons:
            number = db.scalar(select(_STUDENTS.c.student_no).where(_STUDENTS.c.id == case.student_id))
            raise Refused("N4-urgent-reason", student_no=mask_id(str(number)))
    return "；".join(dict.fromkeys(reasons[case.student_id] for case in cases))


def _list_of(db: Connection, season: str, ids: list[int]) -> int | None:
    """Return the list of just these cases that waits for its approval already."""
    waiting = select(_APPROVALS.c.subject_id).where(
        _APPROVALS.c.season == season,
        _APPROVALS.c.kind == ApprovalKind.URGENT_CASE.value,
        _APPROVALS.c.state == ApprovalState.PROPOSED.value,
    )
    for list_id in db.scalars(waiting):
        listed = select(_LISTED.c.case_id).where(_LISTED.c.list_id == list_id).order_by(_LISTED.c.case_id)
        if list(db.scalars(listed)) == ids:
            return int(list_id)
    return None


def _make_list(db: Connection, season: str, ids: list[int], reason: str, as_of: datetime) -> int:
    row = {"season": season, "reason": reason, "created_at": as_of}
    list_id = int(db.execute(insert(_LISTS).returning(_LISTS.c.id), row).scalar_one())
    db.execute(insert(_LISTED), [{"list_id": list_id, "case_id": case_id} for case_id in ids])
    return list_id


def urgent_work(season: str, case_ids: Iterable[int], as_of: datetime) -> list[int]:
    """Return the urgent cases that a run works on: those named, or all of the season's urgent lane.

    Raises Refused N4-urgent-off, N4-urgent-vacation; N4-urgent-cases for one that is not in the lane.
    """
    check_working(season_pack(season), as_of)
    named = set(case_ids)
    wanted = select(_CASES.c.id).where(_CASES.c.season == season, _CASES.c.lane == URGENT)
    with reading() as db:
        there = set(db.scalars(wanted))
    if named - there:
        raise Refused("N4-urgent-cases", season=season, cases="、".join(map(str, sorted(named - there))))
    return sorted(named or there)


def urgent_places(case_ids: list[int]) -> list[tuple[int, str]]:
    """Return batch and branch of each urgent case whose audit is not approved, each pair once."""
    undecided = (_CASES.c.id.in_(case_ids), _CASES.c.audit != Audit.APPROVED.value)
    wanted = select(_CASES.c.batch, _CASES.c.branch).where(*undecided).distinct()
    with reading() as db:
        return sorted((row.batch, row.branch) for row in db.execute(wanted))


def urgent_lots(case_ids: list[int]) -> dict[int, int]:
    """Return the approved lots of these cases, with their batch, in order of approval."""
    of_cases = _LOTS.c.id.in_(select(_CASES.c.lot_id).where(_CASES.c.id.in_(case_ids)))
    wanted = select(_LOTS.c.id, _LOTS.c.batch).where(of_cases, _LOTS.c.approved_at.is_not(None))
    with reading() as db:
        return {row.id: row.batch for row in db.execute(wanted.order_by(_LOTS.c.approved_at, _LOTS.c.id))}


def run_after(approval_id: int) -> tuple[str, list[int]] | None:
    """Return season and case ids of the urgent run that an approval asks for; None if it asks for none.

    An approved urgent list is to be audited; an approved lot of the urgent lane, registered and printed.
    """
    with reading() as db:
        row = db.execute(select(_APPROVALS).where(_APPROVALS.c.id == approval_id)).one_or_none()
        if row is None or row.state != ApprovalState.APPROVED:
            return None
        mine = (_CASES.c.lane == URGENT) & _about(row)
        ids = list(db.scalars(select(_CASES.c.id).where(mine).order_by(_CASES.c.id)))
    return (row.season, ids) if ids else None


def _about(row: Row[Any]) -> ColumnElement[bool]:
    """Return the condition that an approval of an urgent list or of a lot's audit is about a case."""
    if row.kind == ApprovalKind.URGENT_CASE:
        return _CASES.c.id.in_(select(_LISTED.c.case_id).where(_LISTED.c.list_id == row.subject_id))
    return (_CASES.c.lot_id == row.subject_id) if row.kind == ApprovalKind.LOT_AUDIT else false()
