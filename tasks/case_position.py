"""Why is mine the 412th: the key of any place in a batch, who stands beside it, and who went before (N3).

Nobody's name is told: the cases beside are known by receipt and row.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

import rules.refusals_cases  # noqa: F401  registers its codes
from models.case import Case
from models.certificate import CertificateSheet
from models.columns import table_of
from models.database import reading
from models.lot import Approval, ApprovalState
from models.student import Student
from models.submission import Submission
from models.urgent import UrgentCase
from rules.approvals import ApprovalKind
from rules.identity import mask_id
from rules.order import URGENT
from rules.refusals import Refused
from tasks.case_order import OrderPlace, before, order_place, queue_of
from tasks.certificate_named import NUMBER_LENGTH

_CASES, _STUDENTS, _SHEETS = table_of(Case), table_of(Student), table_of(CertificateSheet)
_SUBMISSIONS, _APPROVALS, _URGENT = table_of(Submission), table_of(Approval), table_of(UrgentCase)
_KEY = (_CASES.c.order_at, _CASES.c.order_receipt, _CASES.c.order_row, _CASES.c.id)


@dataclass(frozen=True)
class Key:
    """One place in the queue: what made it, when it came, and its row. branch: whose case."""

    at: datetime
    receipt: int
    row: int
    kind: str
    branch: str


@dataclass(frozen=True)
class Overtaking:
    """Urgent cases whose data came later and that go first all the same: how many, and who let them (N4)."""

    lot: int | None
    branch: str
    cases: int
    approval: int | None
    approved_by: str | None
    approved_at: datetime | None


@dataclass(frozen=True)
class Position:
    """One case's place in its batch, explained. student_no, number: masked.

    number_place: among all numbers of the batch, from 1. audit: receipt, row and time of the audit data.
    before, after: the cases beside it by their keys. ahead: cases before it, by branch.
    """

    season: str
    batch: int
    lane: str
    student_no: str
    number: str
    place: OrderPlace
    number_place: int | None
    audit: Key
    before: Key | None
    after: Key | None
    ahead: dict[str, int]
    overtaken_by: list[Overtaking]


def position_of(named: str, season: str = "") -> Position:
    """Explain the place of a student number or certificate number; Refused case-none, case-unplaced."""
    given = named.strip()
    column = _SHEETS.c.number if len(given) == NUMBER_LENGTH else _STUDENTS.c.student_no
    wanted = _cases().where(column == given).order_by(_CASES.c.season.desc())
    with reading() as db:
        case = db.execute(wanted.where(_CASES.c.season == season) if season else wanted).first()
        if case is None:
            raise Refused("case-unknown-student", student_no=mask_id(given))
        return _explained(db, case)


def position_at(season: str, batch: int, place: int) -> Position:
    """Explain the nth number of a batch, from 1; Refused case-no-place."""
    of_batch = (_CASES.c.season == season, _CASES.c.batch == batch, _SHEETS.c.number.is_not(None))
    in_order = _cases().where(*of_batch).order_by(_SHEETS.c.allocated_at, _SHEETS.c.position)
    with reading() as db:
        case = db.execute(in_order.offset(place - 1).limit(1)).first() if place > 0 else None
        if case is None:
            raise Refused("case-no-place", season=season, batch=batch, place=place)
        return _explained(db, case)


def _cases() -> Any:
    joined = select(_CASES, _STUDENTS.c.student_no, _SHEETS.c.number).join(
        _STUDENTS, _STUDENTS.c.id == _CASES.c.student_id
    )
    return joined.outerjoin(_SHEETS, _SHEETS.c.case_id == _CASES.c.id)


def _explained(db: Connection, case: Row[Any]) -> Position:
    place = order_place(db, case)
    if place is None:
        raise Refused("case-unplaced", student_no=mask_id(case.student_no))
    ahead, behind = queue_of(case) & before(case), queue_of(case) & ~before(case) & (_CASES.c.id != case.id)
    counts = select(_CASES.c.branch, func.count()).where(ahead).group_by(_CASES.c.branch)
    audit = (case.audit_received_at, case.audit_submission, case.audit_row)
    return Position(
        season=case.season,
        batch=case.batch,
        lane=case.lane,
        student_no=mask_id(case.student_no),
        number=mask_id(case.number or ""),
        place=place,
        number_place=None if place.position is None else place.earlier + place.position,
        audit=Key(*audit, _kind(db, case.audit_submission), case.branch),
        before=_key(db, select(*_KEY, _CASES.c.branch).where(ahead).order_by(*(one.desc() for one in _KEY))),
        after=_key(db, select(*_KEY, _CASES.c.branch).where(behind).order_by(*_KEY)),
        ahead={row[0]: row[1] for row in db.execute(counts.order_by(_CASES.c.branch))},
        overtaken_by=[] if case.lane == URGENT else _overtaking(db, behind),
    )


def _key(db: Connection, wanted: Any) -> Key | None:
    row = db.execute(wanted.limit(1)).first()
    if row is None:
        return None
    return Key(row.order_at, row.order_receipt, row.order_row, _kind(db, row.order_receipt), row.branch)


def _kind(db: Connection, receipt: int) -> str:
    return str(db.scalar(select(_SUBMISSIONS.c.kind).where(_SUBMISSIONS.c.id == receipt)))


def _overtaking(db: Connection, behind: Any) -> list[Overtaking]:
    """Return the urgent cases behind, by lot and by the approval that let them go first."""
    lists = select(func.max(_URGENT.c.list_id)).where(_URGENT.c.case_id == _CASES.c.id).scalar_subquery()
    urgent_ones = select(_CASES.c.lot_id, _CASES.c.branch, lists.label("list")).where(behind)
    cases = urgent_ones.where(_CASES.c.lane == URGENT).subquery()
    approved = (
        (_APPROVALS.c.kind == ApprovalKind.URGENT_CASE.value)
        & (_APPROVALS.c.state == ApprovalState.APPROVED.value)
        & (_APPROVALS.c.subject_id == cases.c.list)
    )
    said = (_APPROVALS.c.id, _APPROVALS.c.decided_by, _APPROVALS.c.decided_at)
    wanted = select(cases.c.lot_id, cases.c.branch, func.count(), *said).outerjoin(_APPROVALS, approved)
    rows = db.execute(wanted.group_by(cases.c.lot_id, cases.c.branch, *said).order_by(cases.c.lot_id))
    return [Overtaking(*row) for row in rows]
