"""Promises of the season as a whole: each unit's extension list, and the cleanup with its receipts (N8).

The counts are taken from lists and withdrawals each time, so that a second run changes nothing.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from models.cleanup import Withdrawal, WithdrawalList
from models.columns import table_of
from models.database import transaction
from models.event import EVENTS
from models.extension import ExtensionList
from models.promise import Promise
from models.student import Student
from rules.cleanup import EXTENSION_PENDING, PROTECTING
from rules.clock import day_in_shanghai
from rules.deadlines import due_day, season_calendar
from rules.promises import Clock
from rules.reference import HQ
from rules.season import Pack
from rules.season_dates import Duty
from rules.timeline import season_days
from rules.withdrawal import WithdrawalState
from tasks.policy import season_pack
from tasks.promise import keep_done, new_promise

UNIT, SEASON = "unit", "season"  # subjects; a unit's id is its code as a number
CLOSED = "cleanup-closed"  # the event of a cleanup's first run after its lists have closed
_PROMISES, _STUDENTS, _LISTS = table_of(Promise), table_of(Student), table_of(ExtensionList)
_ROWS, _WITHDRAWALS = table_of(Withdrawal), table_of(WithdrawalList)


def refresh_season_promises(season: str, pack: Pack, as_of: datetime) -> None:
    """Start the season's own promises, count them anew, and end what is kept.

    No due day moves here: an amendment moves them (tasks/amendment.py).
    """
    span = season_days(pack)
    duties = [duty for duty in pack.duties if "season" in duty.starts]
    if span is None or not duties:
        return
    with transaction() as db:
        for duty in duties:
            if duty.done == "list-received":
                _start_lists(db, pack, duty, span[0], as_of)
                _keep_lists(db, season, duty.name)
            else:
                count_cleanup(db, season, pack, as_of, span[0])


def _start_lists(db: Connection, pack: Pack, duty: Duty, started_on: date, as_of: datetime) -> None:
    """Start the promise of each unit with students that has none yet."""
    known = set(db.scalars(select(_PROMISES.c.holder).where(*_of(pack.season, duty.name))))
    units = set(db.scalars(select(_STUDENTS.c.branch).distinct())) - known
    one = {"total": 1, "open": 1}
    rows = [_row(pack, duty, started_on, (UNIT, int(unit)), unit, one, as_of) for unit in sorted(units)]
    if rows:
        db.execute(insert(_PROMISES), rows)


def _row(
    pack: Pack,
    duty: Duty,
    started_on: date,
    subject: tuple[str, int],
    holder: str,
    count: dict[str, int],
    as_of: datetime,
) -> dict[str, Any]:
    calendar = season_calendar(pack, day_in_shanghai(as_of))
    clock = Clock(duty.name, duty.clause, started_on, due_day(pack, duty, started_on, calendar))
    versions = {"calendar_version": calendar.version, "policy_hash": pack.hash}
    return new_promise(pack.season, clock, *subject, holder, count) | versions


def _of(season: str, duty: str) -> tuple[Any, ...]:
    return _PROMISES.c.season == season, _PROMISES.c.duty == duty


def _keep_lists(db: Connection, season: str, duty: str) -> None:
    """End the promise of each unit that sent its list or nil return, on the day on which it came."""
    for unit in db.execute(select(_LISTS).where(_LISTS.c.season == season).order_by(_LISTS.c.branch)).all():
        _keep_list(db, (*_of(season, duty), _PROMISES.c.holder == unit.branch), unit.received_at)


def _keep_list(db: Connection, mine: tuple[Any, ...], received_at: datetime) -> None:
    db.execute(update(_PROMISES).where(*mine, _PROMISES.c.done_on.is_(None)).values(open=0))
    keep_done(db, mine, received_at)


def list_received(db: Connection, season: str, branch: str, at: datetime) -> None:
    """End the promise of a unit whose list or nil return came, if it has been started."""
    for duty in season_pack(season, db).duties:
        if duty.done == "list-received":
            _keep_list(db, (*_of(season, duty.name), _PROMISES.c.holder == branch), at)


def count_cleanup(
    db: Connection, season: str, pack: Pack, as_of: datetime, started_on: date | None = None
) -> None:
    """Count anew what the season's cleanup owes: candidates to withdraw that CHSI has not accepted, and
    applications that wait. started_on: start the promise where it is missing.
    """
    duty = next((one for one in pack.duties if one.done == "withdrawn-with-receipt"), None)
    if duty is None:
        return
    mine, count = _of(season, duty.name), _owed(db, season, pack)
    known = db.execute(select(_PROMISES.c.id).where(*mine)).first()
    if known is None and started_on:
        db.execute(insert(_PROMISES), _row(pack, duty, started_on, (SEASON, 0), HQ, count, as_of))
    db.execute(update(_PROMISES).where(*mine, _PROMISES.c.done_on.is_(None)).values(**count))
    keep_done(db, mine, as_of)


def _owed(db: Connection, season: str, pack: Pack) -> dict[str, int]:
    """Return total and open. A cleanup whose lists have not closed is open, whoever is listed."""
    protected = set(PROTECTING) - {EXTENSION_PENDING}
    accepted = _ROWS.c.state == WithdrawalState.ACCEPTED.value
    due = _ROWS.c.state.not_in([WithdrawalState.ACCEPTED.value, WithdrawalState.CLEARED.value])
    lists = select(_WITHDRAWALS.c.id).where(_WITHDRAWALS.c.season == season)
    counted = select(func.count()).select_from(_ROWS).where(_ROWS.c.list_id.in_(lists))
    done = db.execute(counted.where(accepted)).scalar_one()
    still = db.execute(counted.where(due, _ROWS.c.finding.not_in(list(protected)))).scalar_one()
    streams = [cleanup_stream(season, cleanup.name) for cleanup in pack.cleanups]
    closed = select(func.count()).where(EVENTS.c.stream.in_(streams), EVENTS.c.kind == CLOSED)
    still += len(streams) - db.execute(closed).scalar_one()
    return {"total": done + still, "open": still}


def cleanup_stream(season: str, name: str) -> str:
    """Return the stream of events of a cleanup."""
    return f"cleanup:{season}:{name}"
