"""From a list to a proposal: the notice to the students, disputes, and the list laid before HQ (N8)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select, update

import rules.refusals_cleanup  # noqa: F401  registers its codes
from models.cleanup import Withdrawal, WithdrawalList
from models.columns import table_of
from models.database import transaction
from models.event import record
from models.student import Student
from rules.approvals import ApprovalKind, same_name
from rules.cleanup_dates import last_closing
from rules.clock import day_in_shanghai
from rules.refusals import Refused
from rules.season import Pack
from rules.withdrawal import WithdrawalState
from tasks.approval import propose
from tasks.cleanup_list import lists_of
from tasks.cleanup_students import cleanup_named
from tasks.withdrawal_approval import check_ready, present_withdrawals

_LISTS, _ROWS, _STUDENTS = table_of(WithdrawalList), table_of(Withdrawal), table_of(Student)
_OPEN = [
    state.value for state in (WithdrawalState.LISTED, WithdrawalState.APPROVED, WithdrawalState.EXPORTED)
]
EVERY = "all"


def record_notice(season: str, branch: str, on: date, by: str, document: str, as_of: datetime) -> list[str]:
    """Record that a unit's candidates were notified, by which document; returns the units.

    branch: "all" for every list of the season. A later notice takes the place of an earlier one.
    Raises Refused N8-no-list, N8-notice-day, N8-nameless.
    """
    if not (same_name(by) and document.strip()):
        raise Refused("N8-nameless")
    if on > day_in_shanghai(as_of):
        raise Refused("N8-notice-day", day=on)
    with transaction() as db:
        units = _lists(db, season, branch)
        said = {"notified_on": on, "notified_by": by, "notice": document}
        for unit in units:
            db.execute(update(_LISTS).where(_LISTS.c.id == unit.id).values(**said))
            stream = f"withdrawal-list:{unit.id}"
            record(db, stream, "students-notified", as_of, actor=by, on=str(on), document=document)
    return [unit.branch for unit in units]


def _lists(db: Connection, season: str, branch: str) -> list[Any]:
    units = lists_of(db, season, "" if branch == EVERY else branch)
    if not units:
        raise Refused("N8-no-list", season=season, branch=branch)
    return units


def propose_list(season: str, branch: str, pack: Pack, by: str, as_of: datetime) -> list[int]:
    """Lay a unit's withdrawals before another person; returns the approvals, none if nobody is to go.

    Raises Refused N8-no-list, N8-not-closed, N8-no-notice, N8-nameless.
    """
    if not same_name(by):
        raise Refused("N8-nameless")
    with transaction() as db:
        made = []
        for unit in _lists(db, season, branch):
            check_ready(unit, pack, as_of)
            made += _propose(db, unit, by, as_of)
    return made


def _propose(db: Connection, unit: Any, by: str, as_of: datetime) -> list[int]:
    if not present_withdrawals(db, unit.id).count:
        return []
    return [propose(db, ApprovalKind.WITHDRAWAL_LIST, unit.id, None, by, as_of)]


def propose_ready(season: str, pack: Pack, by: str, as_of: datetime) -> list[int]:
    """Propose every list of a cleanup that has closed and whose students were notified; others wait."""
    today = day_in_shanghai(as_of)
    with transaction() as db:
        made = []
        for unit in lists_of(db, season):
            closing = last_closing(pack, cleanup_named(pack, unit.cleanup))
            if unit.notified_on and closing and closing < today:
                made += _propose(db, unit, by, as_of)
    return made


def set_dispute(season: str, student_no: str, disputed: bool, note: str, by: str, as_of: datetime) -> None:
    """Dispute a candidate's withdrawal (an objection), or settle the dispute. A disputed one is protected.

    Raises Refused N8-no-candidate, N8-nameless.
    """
    if not (same_name(by) and note.strip()):
        raise Refused("N8-nameless")
    with transaction() as db:
        wanted = (
            select(_ROWS.c.id, _ROWS.c.list_id)
            .join(_LISTS, _LISTS.c.id == _ROWS.c.list_id)
            .join(_STUDENTS, _STUDENTS.c.id == _ROWS.c.student_id)
            .where(_LISTS.c.season == season, _STUDENTS.c.student_no == student_no, _ROWS.c.state.in_(_OPEN))
        )
        row = db.execute(wanted.order_by(_ROWS.c.id.desc())).first()
        if row is None:
            raise Refused("N8-no-candidate", student_no=student_no)
        db.execute(update(_ROWS).where(_ROWS.c.id == row.id).values(disputed=disputed, dispute=note))
        kind = "withdrawal-disputed" if disputed else "withdrawal-dispute-settled"
        record(db, f"withdrawal-list:{row.list_id}", kind, as_of, actor=by, ids=[row.id])
