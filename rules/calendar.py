"""China's statutory workdays, versioned: weekends and public holidays out, make-up weekends (调休) in.

The day of an event is day 0 (NOTICE: Workdays; T4, R2). A calendar says what was known on a day, so that a
deadline computed before an amendment can be explained and recomputed. A year without a published calendar
is refused with the way to supply one; it is never guessed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import Literal

import chinese_calendar
import numpy as np

from rules.calendar_history import PUBLICATIONS
from rules.refusals import Reason, Refused, register

register(
    Reason(
        "calendar-missing",
        "T4",
        "没有 {year} 年的工作日历（所用日历版本 {version}），不作推测。",
        "there is no published workday calendar for {year} (calendar version {version}); nothing is guessed.",
        "请在国务院公布放假安排后，按以下格式写成 YAML 文件，用 --file 给出或写入政策包的 calendar_years："
        ""
        "year: {year}, published: 公布日期, days_off: [起..止, …], make_up_workdays: [日期, …]",
        "When the State Council has published it, write it as a YAML file and give it with --file, or put it "
        "into the pack under calendar_years: year: {year}, published: DAY, days_off: [FIRST..LAST, ...], "
        "make_up_workdays: [DAY, ...]",
    )
)

FIRST_YEAR = 2004  # the first and the last year that chinesecalendar carries are found by asking it
DaySpan = tuple[date, date]  # first and last day, both inside


@dataclass(frozen=True)
class CalendarYear:
    """One year's days off as an installation supplies them, known from the day of publication on."""

    year: int
    published: date
    days_off: frozenset[date]
    make_up_workdays: frozenset[date] = frozenset()

    def closed_days(self) -> frozenset[date]:
        """Return every day of the year that is not a workday, weekends included."""
        weekend = {day for day in _days_of(self.year) if day.weekday() >= 5}
        return frozenset((weekend - self.make_up_workdays) | self.days_off)


@dataclass(frozen=True)
class Calendar:
    """The workdays of some years as known on a day; `version` changes when one of its days changes."""

    version: str
    years: frozenset[int]
    days_off: frozenset[date]

    def is_workday(self, day: date) -> bool:
        """Say whether people work on this day; Refused calendar-missing for a year that is not covered."""
        self.require(day.year, day.year)
        return day not in self.days_off

    def without(self, span: DaySpan) -> "Calendar":
        """Return this calendar with more days off, e.g. HQ's vacation where a season counts it out (N4)."""
        return _without(self, span)

    def require(self, first: int, last: int) -> None:
        """Raise Refused calendar-missing if a year from first to last is not covered."""
        for year in range(first, last + 1):
            if year not in self.years:
                raise Refused("calendar-missing", year=year, version=self.version)

    @cached_property
    def busdays(self) -> np.busdaycalendar:
        """The same days for NumPy; years that are not covered count as all workdays there: check the
        results.
        """
        return np.busdaycalendar("1111111", sorted(np.datetime64(day, "D") for day in self.days_off))


def _days_of(year: int) -> Iterator[date]:
    return days_of_span((date(year, 1, 1), date(year, 12, 31)))


def days_of_span(span: DaySpan) -> Iterator[date]:
    """Give each day of a span, both ends inside."""
    first, last = span
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


@lru_cache(maxsize=1)
def _final_state() -> dict[int, frozenset[date]]:
    """Return year → days that are not workdays, as chinesecalendar has them."""
    last = max(day.year for day in chinese_calendar.holidays)
    years = range(FIRST_YEAR, last + 1)
    return {year: frozenset(filter(chinese_calendar.is_holiday, _days_of(year))) for year in years}


def _known_years(day: date | None) -> tuple[dict[int, frozenset[date]], date]:
    """Return year → days off as known on a day, and the day of the latest publication used."""
    final = _final_state()
    told = {publication.year for publication in PUBLICATIONS}
    known = {
        year: off for year, off in final.items() if year not in told and (day is None or year <= day.year)
    }
    latest = date(max(known, default=FIRST_YEAR), 1, 1)
    for said in sorted(PUBLICATIONS, key=lambda publication: publication.published):
        if said.year in final and (day is None or said.published <= day):
            known[said.year] = (final[said.year] - said.workdays) | said.days_off
            latest = said.published
    return known, latest


@lru_cache(maxsize=128)
def known_on(day: date | None, supplied: tuple[CalendarYear, ...] = ()) -> Calendar:
    """Return the calendar as it was known at the end of a day (None: all that is known).

    supplied: years that an installation gives itself; each replaces what is built in, from its publication
    on.
    """
    known, latest = _known_years(day)
    for given in sorted(supplied, key=lambda calendar_year: calendar_year.published):
        if day is None or given.published <= day:
            known[given.year] = given.closed_days()
            latest = max(latest, given.published)
    return _calendar(latest.isoformat(), frozenset(known), frozenset().union(*known.values()))


@lru_cache(maxsize=32)
def _without(calendar: Calendar, span: DaySpan) -> Calendar:
    name = calendar.version.rsplit("-", 1)[0] + "-less"
    return _calendar(name, calendar.years, calendar.days_off | frozenset(days_of_span(span)))


def _calendar(name: str, years: frozenset[int], days_off: frozenset[date]) -> Calendar:
    content = f"{sorted(years)}{sorted(day.isoformat() for day in days_off)}"
    return Calendar(f"{name}-{sha256(content.encode()).hexdigest()[:8]}", years, days_off)


def workdays_after(day: date, n: int, calendar: Calendar) -> date:
    """Return the n-th workday after a day; the day itself is day 0, workday or not.

    n: 0 gives the day itself, negative raises ValueError. Refused calendar-missing. Source: T4, R2.

    >>> workdays_after(date(2019, 11, 29), 10, known_on(None))
    datetime.date(2019, 12, 13)
    """
    if n < 0:
        raise ValueError(f"workdays_after counts forward, not {n}")
    if n == 0:
        return day
    calendar.require(day.year, day.year)
    due = _offset(day, n, "backward", calendar)
    calendar.require(day.year, due.year)
    return due


def workdays_before(day: date, n: int, calendar: Calendar) -> date:
    """Return the n-th workday before a day (the alarm days of a promise); n as in workdays_after."""
    if n < 0:
        raise ValueError(f"workdays_before takes a count, not {n}")
    if n == 0:
        return day
    calendar.require(day.year, day.year)
    alarm = _offset(day, -n, "forward", calendar)
    calendar.require(alarm.year, day.year)
    return alarm


def _offset(day: date, n: int, roll: Literal["backward", "forward"], calendar: Calendar) -> date:
    moved = np.busday_offset(np.datetime64(day, "D"), n, roll=roll, busdaycal=calendar.busdays)
    return date.fromisoformat(str(moved))


def workdays_between(start: date, due: date, calendar: Calendar) -> int:
    """Count the workdays after `start` up to and including `due`: what is left of a promise; negative when
    past.

    >>> workdays_between(date(2019, 12, 6), date(2019, 12, 13), known_on(None))
    5
    """
    if due < start:
        return -workdays_between(due, start, calendar)
    calendar.require(start.year, due.year)
    day = timedelta(days=1)
    return int(np.busday_count(start + day, due + day, busdaycal=calendar.busdays))


def last_day_for(end: date, n: int, calendar: Calendar) -> date:
    """Return the last workday from which n workdays still end by `end` (N1: the last safe day for complete
    data).
    """
    return workdays_before(end + timedelta(days=1), n + 1, calendar)


def workdays_in(span: DaySpan, calendar: Calendar) -> tuple[date, ...]:
    """Return the workdays of a span, both ends inside."""
    return tuple(day for day in days_of_span(span) if calendar.is_workday(day))
