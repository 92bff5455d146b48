"""How a season's open promises stand on a day: what the watch ages and what an operator reads."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, case, func, select

from models.columns import table_of
from models.custody import Package
from models.database import reading
from models.lot import Lot
from models.promise import Promise
from rules.calendar import Calendar
from rules.clock import day_in_shanghai
from rules.deadlines import season_calendar
from rules.promises import PromiseState, marks, reached, said_labels, state_on, workdays_left
from rules.season import Pack

_PROMISES, _LOTS, _PACKAGES = (table_of(table) for table in (Promise, Lot, Package))
_SAME = (
    *("season", "duty", "clause", "subject", "subject_id", "batch", "branch"),
    *("holder", "due_on", "total", "open"),
)


@dataclass(frozen=True)
class Standing:
    """One open promise on a day.

    label: the duty in the pack's words. left: workdays, negative when past. mark: the last alarm so far.
    """

    promise: int
    season: str
    duty: str
    label: str
    clause: str
    subject: str
    subject_id: int
    batch: int | None
    branch: str
    holder: str
    due_on: date | None
    left: int | None
    total: int
    open: int
    state: PromiseState
    mark: str


def standings(season: str, pack: Pack, as_of: datetime) -> list[Standing]:
    """Return how a season's open promises stand on a day, by due day; changes nothing."""
    today = day_in_shanghai(as_of)
    with reading() as db:
        return list(open_promises(db, season, pack, season_calendar(pack, today), today))


def open_promises(
    db: Connection, season: str, pack: Pack, calendar: Calendar, today: date
) -> Iterator[Standing]:
    """Yield the open promises as they stand on a day, by due day."""
    packages = _PROMISES.outerjoin(
        _PACKAGES, (_PROMISES.c.subject == "package") & (_PACKAGES.c.id == _PROMISES.c.subject_id)
    )
    own = case((_PROMISES.c.subject == "lot", _PROMISES.c.subject_id))  # a unit's id is no lot's
    lot_id = func.coalesce(_PACKAGES.c.lot_id, own)
    joined = packages.outerjoin(_LOTS, _LOTS.c.id == lot_id)
    unit = case((_PROMISES.c.subject == "unit", _PROMISES.c.holder))
    branch = func.coalesce(_LOTS.c.branch, unit).label("branch")
    wanted = select(_PROMISES, _LOTS.c.batch, branch).select_from(joined)
    running = wanted.where(_PROMISES.c.season == season, _PROMISES.c.done_on.is_(None))
    for row in db.execute(running.order_by(_PROMISES.c.due_on, _PROMISES.c.id)).all():
        yield _standing(row, pack, calendar, today)


def _standing(row: Row[Any], pack: Pack, calendar: Calendar, today: date) -> Standing:
    alarms = marks(pack, row.duty, row.due_on, calendar, row.batch)
    return Standing(
        promise=row.id,
        label=said_labels(pack, row.duty)[0] or row.duty,
        left=workdays_left(today, row.due_on, calendar),
        state=state_on(today, alarms, row.due_on, None),
        mark=next(reversed(reached(today, alarms)), ""),
        **{name: getattr(row, name) for name in _SAME},
    )
