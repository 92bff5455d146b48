"""The days of a cleanup: when candidates are listed, and after which day a withdrawal is proposed (N8)."""

from collections.abc import Iterator
from datetime import date, timedelta

from rules.calendar import Calendar, workdays_in
from rules.deadlines import day_of
from rules.season import Pack
from rules.season_parts import Cleanup


def first_day(pack: Pack, cleanup: Cleanup) -> date | None:
    """Return the day from which on candidates are listed; None while it is not known."""
    return day_of(pack, cleanup.not_before)


def last_closing(pack: Pack, cleanup: Cleanup) -> date | None:
    """Return the last day of extension lists and objections: proposals follow it; None if not known."""
    names = [pack.extension.list_by if pack.extension else None, cleanup.objections_until, cleanup.not_before]
    days = [day_of(pack, name) for name in names if name]
    return None if None in days else max(day for day in days if day)


def failed_may_return(pack: Pack, on: date) -> bool:
    """Say whether a failed case of the season can still pass when its cleanup begins: a batch follows."""
    ends = [day_of(pack, batch.audit.closes) for batch in pack.open_batches if batch.audit]
    return any(end is None or end >= on for end in ends)


def run_days(pack: Pack, calendar: Calendar) -> tuple[date, ...]:
    """Return the days on which the season's cleanups run: from their first day to their end, each workday,
    and their first day and the day after the last closing whatever day it is.
    """
    return tuple(sorted({day for cleanup in pack.cleanups for day in _days(pack, cleanup, calendar)}))


def _days(pack: Pack, cleanup: Cleanup, calendar: Calendar) -> Iterator[date]:
    first, end = day_of(pack, cleanup.not_before, calendar), day_of(pack, cleanup.end, calendar)
    if first is None or end is None:
        return
    yield first
    yield from workdays_in((first, end), calendar)
    closing = last_closing(pack, cleanup)
    if closing and closing < end:
        yield closing + timedelta(days=1)
