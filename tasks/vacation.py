"""HQ's vacation on the board of a day: until when, what waits, which batch was cancelled (N4)."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from models.columns import table_of
from models.database import reading
from models.submission import Submission
from rules.batch_windows import in_vacation, windows_for
from rules.clock import in_shanghai
from rules.deadlines import vacation_span
from rules.season import Pack
from rules.season_values import Kind

_SUBMISSIONS = table_of(Submission)


@dataclass(frozen=True)
class Vacation:
    """HQ's vacation. parked: rows that wait for the next batch, with their times."""

    season: str
    first: date
    last: date
    parked: int


@dataclass(frozen=True)
class CancelledBatch:
    """A batch that never runs, and why."""

    season: str
    batch: int
    label: str
    reason: str


def vacation_on(pack: Pack, as_of: datetime) -> Vacation | None:
    """Return HQ's vacation when it is going on; None on other days."""
    span = vacation_span(pack)
    if span is None or not in_vacation(pack, as_of):
        return None
    rows = func.coalesce(func.sum(_SUBMISSIONS.c.parked), 0)
    with reading() as db:
        parked = db.scalar(select(rows).where(_SUBMISSIONS.c.season == pack.season))
    return Vacation(pack.season, *span, int(parked or 0))


def cancelled_on(pack: Pack, as_of: datetime) -> list[CancelledBatch]:
    """Return the season's cancelled batches while a batch of it can still take something."""
    windows = windows_for(pack, Kind.AUDIT_DATA)
    if all(window.is_over(in_shanghai(as_of)) for window in windows):
        return []
    return [CancelledBatch(pack.season, one.number, one.label, one.reason) for one in pack.cancelled_batches]
