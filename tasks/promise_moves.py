"""Promises under an amended policy or calendar: those that run fall due anew, those kept stay as judged."""

from datetime import date, datetime

import pandas as pd
from sqlalchemy import Connection, delete, select

from models.bulk import among, update_frame
from models.columns import table_of
from models.custody import Package
from models.database import reading
from models.lot import Lot
from models.promise import Promise
from rules.amendment import RunningPromise
from rules.calendar import Calendar
from rules.clock import day_in_shanghai
from rules.deadlines import season_calendar
from rules.promises import due_again, is_promised
from rules.season import Pack

_PROMISES, _LOTS, _PACKAGES = (table_of(table) for table in (Promise, Lot, Package))


def running_promises(db: Connection, season: str) -> list[RunningPromise]:
    """Return a season's promises that are not kept yet, with batch and branch of their lot or package."""
    packages = _PROMISES.outerjoin(
        _PACKAGES, (_PROMISES.c.subject == "package") & (_PACKAGES.c.id == _PROMISES.c.subject_id)
    )
    joined = packages.outerjoin(
        _LOTS, (_PROMISES.c.subject == "lot") & (_LOTS.c.id == _PROMISES.c.subject_id)
    )
    wanted = select(_PROMISES, _LOTS.c.batch, _LOTS.c.branch, _PACKAGES.c.branch.label("package_branch"))
    running = wanted.select_from(joined).where(_PROMISES.c.season == season, _PROMISES.c.done_on.is_(None))
    return [
        RunningPromise(
            *(row.id, row.duty, row.clause, row.subject, row.subject_id, row.batch),
            *(row.branch or row.package_branch or "", row.started_on, row.due_on),
        )
        for row in db.execute(running.order_by(_PROMISES.c.id))
    ]


def count_outdated(season: str, pack: Pack, as_of: datetime) -> int:
    """Return how many promises an amendment to what is known on a day would move (T4)."""
    calendar = season_calendar(pack, day_in_shanghai(as_of))
    with reading() as db:
        return sum(_due(one, pack, calendar) != one.due_on for one in _of_pack(db, season, pack))


def move_due_days(db: Connection, season: str, before: Pack, pack: Pack, calendar: Calendar) -> None:
    """Let what runs fall due by a pack and a calendar; what the pack no longer promises runs no longer.

    before: the pack so far; clocks that are none of its duties are left alone.
    """
    running = _of_pack(db, season, before)
    gone = [one.promise for one in running if not is_promised(pack, one.duty)]
    db.execute(delete(_PROMISES).where(among(db, _PROMISES.c.id, gone)))
    due = {one.promise: _due(one, pack, calendar) for one in running if is_promised(pack, one.duty)}
    moved = [one.promise for one in running if one.promise in due and due[one.promise] != one.due_on]
    days = pd.Series([due[promise] for promise in moved], dtype=object)
    versions = {"calendar_version": calendar.version, "policy_hash": pack.hash}
    update_frame(db, _PROMISES, pd.DataFrame({"id": moved, "due_on": days}).assign(**versions))


def _of_pack(db: Connection, season: str, pack: Pack) -> list[RunningPromise]:
    return [one for one in running_promises(db, season) if is_promised(pack, one.duty)]


def _due(one: RunningPromise, pack: Pack, calendar: Calendar) -> date | None:
    return due_again(pack, one.duty, one.started_on, calendar, one.batch)
