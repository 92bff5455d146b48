"""Promises in the database: started with a lot's approval, settled by what is done, aged day by day.

The counts are taken from the cases each time, so that starting or settling twice changes nothing.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, or_, select, update

from models.case import Case
from models.columns import table_of
from models.custody import Package
from models.database import transaction
from models.event import EVENTS, record
from models.lot import Lot
from models.promise import Promise
from rules.calendar import Calendar
from rules.clock import day_in_shanghai
from rules.deadlines import season_calendar
from rules.promises import BATCH_END, DWELL, Clock, PromiseState, duty_of, dwell_clock, lot_clocks, state_on
from rules.reference import HQ
from rules.season import Pack
from rules.states import Custody
from tasks.policy import season_pack
from tasks.promise_cases import CaseFacts, counted, facts_of_lot
from tasks.promise_standing import Standing, open_promises

_PROMISES, _LOTS, _CASES, _PACKAGES = (table_of(table) for table in (Promise, Lot, Case, Package))
_ALARM = "promise-alarm"
_ENDS_WITH = {"certificate": ("certificate", BATCH_END)}  # dispatch ends both
_LEVELS = {Custody.AT_BRANCH: "branch", Custody.AT_COLLEGE: "college", Custody.AT_CENTRE: "centre"}


def start_lot_promises(db: Connection, lot_id: int, pack: Pack, calendar: Calendar, as_of: datetime) -> None:
    """Start every clock of an approved lot, and count anew those that run.

    May be called again: data that were completed after the approval start their own clock then (R2).
    """
    lot = db.execute(select(_LOTS).where(_LOTS.c.id == lot_id)).one()
    facts = facts_of_lot(db, lot_id)
    complete = {one.complete for one in facts if one.complete}
    clocks = lot_clocks(pack, day_in_shanghai(lot.approved_at or as_of), complete, calendar, lot.batch)
    known = {(row.duty, row.started_on): row for row in db.execute(select(_PROMISES).where(*_of_lot(lot_id)))}
    for clock in clocks:
        count = _count(pack, clock.name, clock.started_on, facts)
        if count["total"]:  # a clock of nobody, as where all wait for a seal (N2), is none
            _put(db, lot, clock, known.pop((clock.name, clock.started_on), None), count)
    _versions(db, _of_lot(lot_id), pack, calendar)
    gone = [row.id for row in known.values() if row.done_on is None]
    db.execute(delete(_PROMISES).where(_PROMISES.c.id.in_(gone)))
    _close(db, [lot_id], as_of)


def _put(db: Connection, lot: Any, clock: Clock, row: Any, count: dict[str, int]) -> None:
    if row is None:
        db.execute(
            insert(_PROMISES), new_promise(lot.season, clock, "lot", lot.id, _holder(clock, lot), count)
        )
    elif row.done_on is None:
        db.execute(update(_PROMISES).where(_PROMISES.c.id == row.id).values(**count))
    elif row.total < count["total"] and count["open"]:  # another case joined this day's clock
        again = {"done_on": None, "state": PromiseState.RUNNING.value}
        db.execute(update(_PROMISES).where(_PROMISES.c.id == row.id).values(**count, **again))


def _holder(clock: Clock, lot: Any) -> str:
    """HQ answers for registration and certificate, the branch for handing out."""
    return str(lot.branch) if clock.clause == "G3" else HQ


def new_promise(
    season: str, clock: Clock, subject: str, subject_id: int, holder: str, count: dict[str, int]
) -> dict[str, Any]:
    """Return a promise's row as it starts; count: total and open."""
    return {
        "season": season,
        "duty": clock.name,
        "clause": clock.clause,
        "subject": subject,
        "subject_id": subject_id,
        "started_on": clock.started_on,
        "due_on": clock.due_on,
        "holder": holder,
        "state": PromiseState.RUNNING.value,
        "calendar_version": "",
        "policy_hash": "",
        **count,
    }


def _versions(db: Connection, where: Iterable[ColumnElement[bool]], pack: Pack, calendar: Calendar) -> None:
    versions = {"calendar_version": calendar.version, "policy_hash": pack.hash}
    db.execute(update(_PROMISES).where(*where, _PROMISES.c.calendar_version == "").values(**versions))


def _of_lot(*lot_ids: int) -> tuple[ColumnElement[bool], ...]:
    return _PROMISES.c.subject == "lot", _PROMISES.c.subject_id.in_(lot_ids)


def _count(pack: Pack, name: str, started_on: date, facts: list[CaseFacts]) -> dict[str, int]:
    duty = duty_of(pack, name)
    total, still_open = counted(facts, duty, started_on) if duty else (0, 0)
    return {"total": total, "open": still_open}


def start_dwell(
    db: Connection, package_ids: Iterable[int], level: str, pack: Pack, calendar: Calendar, as_of: datetime
) -> None:
    """Start the dwell clock of packages that arrived at a holder (level: branch, college or centre).

    A package whose certificates were all taken out on the way owes nothing.
    """
    clock = dwell_clock(pack, level, day_in_shanghai(as_of))
    if clock is None:
        return
    arrived = (_PACKAGES.c.id.in_(list(package_ids)), _PACKAGES.c.certificates > 0)
    for package in db.execute(select(_PACKAGES).where(*arrived)).all():
        count = {"total": package.certificates, "open": package.certificates}
        subject = (_PROMISES.c.subject == "package", _PROMISES.c.subject_id == package.id)
        same = (*subject, _PROMISES.c.duty == clock.name, _PROMISES.c.started_on == clock.started_on)
        if db.execute(select(_PROMISES.c.id).where(*same)).first() is None:
            row = new_promise(package.season, clock, "package", package.id, package.holder, count)
            db.execute(insert(_PROMISES), row)
            _versions(db, same, pack, calendar)


def package_moved(
    db: Connection, package_id: int, custody: Custody, as_of: datetime, pack: Pack | None = None
) -> None:
    """Follow a package that moved: its dwell clock and at dispatch R2 end, an arrival starts a dwell clock.

    Call it after the move, in the same transaction. pack: default the latest of the package's season.
    """
    season = db.scalar(select(_PACKAGES.c.season).where(_PACKAGES.c.id == package_id))
    pack = pack or season_pack(str(season), db)
    settle(db, DWELL, "package", [package_id], as_of, pack)
    settle(db, "certificate", "package", [package_id], as_of, pack)
    level = _LEVELS.get(custody)
    if level:
        calendar = season_calendar(pack, day_in_shanghai(as_of))
        start_dwell(db, [package_id], level, pack, calendar, as_of)


def settle(
    db: Connection, duty: str, subject: str, ids: Iterable[int], as_of: datetime, pack: Pack | None = None
) -> int:
    """Count anew what a duty still owes after something was done; returns how many promises are now kept.

    duty: the pack's name (registry, certificate, in-hand), or dwell (every holder) or dwell/branch. subject:
    what ids are: lot, case or package. Call it after the tracks were moved, in the same transaction. pack:
    default the latest of the season.
    """
    wanted = list(ids)
    if duty.split("/")[0] == DWELL:
        own = (_PROMISES.c.subject == "package", _PROMISES.c.subject_id.in_(wanted))
        mine = (*own, _named(duty), _PROMISES.c.done_on.is_(None))
        db.execute(update(_PROMISES).where(*mine).values(open=0))
        return keep_done(db, mine, as_of)
    lots = _lots(db, subject, wanted)
    for lot_id in lots:
        _recount(db, lot_id, duty, pack)
    return _close(db, lots, as_of)


def _named(duty: str) -> ColumnElement[bool]:
    return or_(_PROMISES.c.duty == duty, _PROMISES.c.duty.startswith(f"{duty}/", autoescape=True))


def _lots(db: Connection, subject: str, ids: list[int]) -> list[int]:
    if subject == "lot":
        return ids
    table = {"case": _CASES, "package": _PACKAGES}[subject]
    found = select(table.c.lot_id).where(table.c.id.in_(ids), table.c.lot_id.is_not(None)).distinct()
    return list(db.scalars(found.order_by(table.c.lot_id)))


def _recount(db: Connection, lot_id: int, duty: str, pack: Pack | None) -> None:
    named = or_(*(_named(one) for one in _ENDS_WITH.get(duty, (duty,))))
    running = (*_of_lot(lot_id), named, _PROMISES.c.done_on.is_(None))
    rows = db.execute(select(_PROMISES).where(*running)).all()
    facts = facts_of_lot(db, lot_id) if rows else []
    for row in rows:
        count = _count(pack or season_pack(row.season, db), row.duty, row.started_on, facts)
        db.execute(update(_PROMISES).where(_PROMISES.c.id == row.id).values(**count))


def _close(db: Connection, lots: list[int], as_of: datetime) -> int:
    return keep_done(db, _of_lot(*lots), as_of)


def keep_done(db: Connection, where: Iterable[ColumnElement[bool]], as_of: datetime) -> int:
    """Mark promises that owe nothing any more as kept on a day; returns how many were."""
    kept = select(_PROMISES).where(*where, _PROMISES.c.open == 0, _PROMISES.c.done_on.is_(None))
    today = day_in_shanghai(as_of)
    rows = db.execute(kept.order_by(_PROMISES.c.id)).all()
    for row in rows:
        state = state_on(today, {}, row.due_on, today)
        done = {"done_on": today, "state": state.value}
        db.execute(update(_PROMISES).where(_PROMISES.c.id == row.id).values(**done))
        stream = f"{row.subject}:{row.subject_id}"
        record(db, stream, "promise-kept", as_of, ids=[row.id], duty=row.duty, state=state.value)
    return len(rows)


def age_promises(season: str, pack: Pack, as_of: datetime) -> list[Standing]:
    """Bring a season's promises to a day and return the alarms that are new, each raised once.

    Starts clocks of data completed since. No due day moves here: an amendment moves them
    (tasks/amendment.py). Refused calendar-missing.
    """
    calendar = season_calendar(pack, day_in_shanghai(as_of))
    with transaction() as db:
        for lot_id in _lots_with_late_data(db, season):
            start_lot_promises(db, lot_id, pack, calendar, as_of)
        standings = stored_standings(db, season, pack, calendar, as_of)
        return _raise_alarms(db, season, standings, as_of)


def _lots_with_late_data(db: Connection, season: str) -> list[int]:
    by_day = (*_of_season(season), _PROMISES.c.subject == "lot", _named("certificate"))
    covered = select(func.coalesce(func.sum(_PROMISES.c.total), 0)).where(
        *by_day, _PROMISES.c.subject_id == _LOTS.c.id
    )
    short = _LOTS.c.cases > covered.scalar_subquery()
    wanted = select(_LOTS.c.id).where(_LOTS.c.season == season, _LOTS.c.approved_at.is_not(None), short)
    return list(db.scalars(wanted.order_by(_LOTS.c.id)))


def _of_season(season: str) -> tuple[ColumnElement[bool], ...]:
    return (_PROMISES.c.season == season,)


def stored_standings(
    db: Connection, season: str, pack: Pack, calendar: Calendar, as_of: datetime
) -> list[Standing]:
    """Return how open promises stand on a day, and store their states."""
    found = list(open_promises(db, season, pack, calendar, day_in_shanghai(as_of)))
    by_state: dict[PromiseState, list[int]] = defaultdict(list)
    for one in found:
        by_state[one.state].append(one.promise)
    for state, ids in by_state.items():
        db.execute(update(_PROMISES).where(_PROMISES.c.id.in_(ids)).values(state=state.value))
    return found


def _raise_alarms(db: Connection, season: str, found: list[Standing], as_of: datetime) -> list[Standing]:
    stream = f"season:{season}"
    told = select(EVENTS.c.data).where(EVENTS.c.stream == stream, EVENTS.c.kind == _ALARM)
    raised = {tuple(one) for data in db.scalars(told) for one in data["raised"]}
    new = [one for one in found if one.mark and _key(one) not in raised]
    if new:
        keys = [list(_key(one)) for one in new]
        record(db, stream, _ALARM, as_of, ids=[one.promise for one in new], raised=keys)
    return new


def _key(one: Standing) -> tuple[int, str, str]:
    """What makes an alarm the same one: promise, mark and due day; a moved due day alarms anew."""
    return one.promise, one.mark, str(one.due_on)
