"""Urgent cases (加急): when the lane works, whom it overtakes, and whether anybody would be late by it (N4).

Certificates are printed in order, so many a day. The plan is played through twice, without and with the
urgent cases in front; a lot that is late only the second time is a reason to refuse.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

import rules.refusals_urgent  # noqa: F401  registers its codes
from rules.batch_windows import in_vacation, windows_for
from rules.calendar import Calendar, workdays_in
from rules.clock import in_shanghai
from rules.deadlines import base_calendar, due_day, vacation_span
from rules.refusals import Refused
from rules.season import Pack
from rules.season_values import Kind

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Overtaking:
    """Whom urgent cases overtake. cases: how many; lots: lot → how many of it; moved: old → new place,
    from 1, of each urgent case that has a place in the plan.
    """

    cases: int
    lots: dict[int, int]
    moved: dict[int, int]


def check_named(pack: Pack, at: datetime) -> None:
    """Refuse to name urgent cases: N4-urgent-off without a lane, N4-urgent-over once the audit has ended."""
    if pack.urgent is None:
        raise Refused("N4-urgent-off", season=pack.season)
    ends = [window.closes for window in windows_for(pack, Kind.AUDIT_DATA)]
    last = None if None in ends else max(filter(None, ends), default=None)
    if last and last <= in_shanghai(at):
        raise Refused("N4-urgent-over", season=pack.season, until=f"{last:%Y-%m-%d %H:%M}")


def check_working(pack: Pack, at: datetime) -> None:
    """Refuse urgent work in HQ's vacation (N4-urgent-vacation), unless the season's lane works in it."""
    if pack.urgent is None:
        raise Refused("N4-urgent-off", season=pack.season)
    if in_vacation(pack, at) and not pack.urgent.in_vacation:
        first, last = vacation_span(pack) or (None, None)
        raise Refused("N4-urgent-vacation", first=first, last=last)


def dispatch_due(pack: Pack, complete: date, batch: int, calendar: Calendar) -> date | None:
    """Return the day by which a certificate must leave: the earliest that a duty of the season sets (R2, N1).

    complete: the day of the complete data. None where no duty sets one.
    """
    ends = [duty for duty in pack.duties if duty.done == "dispatched"]
    counted = [duty for duty in ends if duty.by_end_of or "complete-data" in duty.starts]
    days = [due_day(pack, duty, complete, calendar, batch) for duty in counted]
    return min((day for day in days if day), default=None)


def printing_days(pack: Pack, first: date, last: date) -> tuple[date, ...]:
    """Return the days on which HQ prints: workdays outside its vacation, whether or not that is counted."""
    calendar = base_calendar(pack, first)
    span = vacation_span(pack, calendar)
    return workdays_in((first, last), calendar.without(span) if span else calendar)


def overtaken(plan: pd.DataFrame, unplaced: int = 0) -> Overtaking:
    """Return whom the urgent cases of a plan overtake.

    plan: lot_id and urgent (bool), a row a case in the order of printing. unplaced: urgent cases that are
    not in it yet: they would come last.
    """
    urgent = plan["urgent"].to_numpy(dtype=bool)
    places = np.flatnonzero(urgent)
    until = len(plan) if unplaced else int(places.max(initial=-1)) + 1
    passed = plan["lot_id"][:until][~urgent[:until]]
    lots = Counter(map(int, passed))
    moved = {int(place) + 1: new for new, place in enumerate(places, start=1)}
    return Overtaking(len(passed), dict(lots), moved)


def lots_made_late(plan: pd.DataFrame, unplaced: int, per_day: int, days: Sequence[date]) -> list[int]:
    """Return the lots of which a certificate would miss its day only because urgent cases go first.

    plan: as in `overtaken`, with due_on (None: no day). days: those on which HQ prints, from today on,
    beyond the last due_on. Source: N4, MODEL (Runs).
    """
    urgent = plan["urgent"].to_numpy(dtype=bool)
    last = _last_day(plan["due_on"], days)
    place = np.arange(len(plan), dtype=np.int64)
    ahead = unplaced + int(urgent.sum()) - np.cumsum(urgent)  # urgent cases that were behind each
    late = (place + ahead) // per_day > last
    hit = ~urgent & late & (place // per_day <= last)
    return [int(lot) for lot in plan["lot_id"][hit].drop_duplicates()]


def _last_day(due: pd.Series, days: Sequence[date]) -> Ints:
    """Return the index of the last printing day that is in time; without a day none is late."""
    ordered = np.array(days, dtype="datetime64[D]")
    places, different = pd.factorize(due)
    in_time = np.searchsorted(ordered, np.array(different, dtype="datetime64[D]"), "right") - 1
    never = np.iinfo(np.int64).max
    return np.append(in_time, never)[places]  # no day is -1: the last
