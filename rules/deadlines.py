"""Days that follow from other days: the pack's date rules, and when a promise falls due.

A date whose anchor is not known yet is None and "waits for" that anchor; nothing is guessed and nothing
else stops.
"""

from datetime import date, timedelta

from rules.calendar import Calendar, DaySpan, known_on, workdays_after, workdays_before
from rules.date_rules import monday_of_previous_iso_week, resolve, unknown_root
from rules.season import Pack
from rules.season_batches import Span
from rules.season_dates import Duty

__all__ = [
    "alarm_days",
    "base_calendar",
    "day_of",
    "due_day",
    "duty_clause",
    "end_span",
    "monday_of_previous_iso_week",
    "months_after",
    "season_calendar",
    "vacation_span",
    "waits_for",
]


def months_after(day: date, n: int) -> date:
    """Return the same day n months later, or that month's last day if it has none such (G3).

    >>> months_after(date(2019, 12, 31), 2)
    datetime.date(2020, 2, 29)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(following - timedelta(days=1), date(year, month + 1, 1) + timedelta(days=day.day - 1))


def base_calendar(pack: Pack, known: date | None = None) -> Calendar:
    """Return the statutory workdays as known on a day, with the years that the pack supplies itself."""
    return known_on(known, tuple(year.as_calendar_year() for year in pack.calendar_years))


def season_calendar(pack: Pack, known: date | None = None) -> Calendar:
    """Return the workdays that a season's promises count with, as known on a day (None: all that is known).

    HQ's vacation is left out of them where the season counts it out (N4).
    """
    calendar = base_calendar(pack, known)
    span = vacation_span(pack, calendar)
    return calendar.without(span) if span and pack.vacation and pack.vacation.counted_out else calendar


def vacation_span(pack: Pack, calendar: Calendar | None = None) -> DaySpan | None:
    """Return HQ's vacation, first and last day; None if the season has none or it is not known yet (N4)."""
    if pack.vacation is None:
        return None
    calendar = calendar or base_calendar(pack)
    first, last = (day_of(pack, end, calendar) for end in (pack.vacation.opens, pack.vacation.closes))
    return (first, last) if first and last else None


def day_of(pack: Pack, what: date | str | None, calendar: Calendar | None = None) -> date | None:
    """Return the day of a plain day or of a named date; None while it waits for an anchor.

    calendar: for workdays_after; default the season's with all that is known. KeyError for a name the pack
    lacks.
    """
    if isinstance(what, str):
        return resolve(pack.dates, what, calendar or season_calendar(pack))
    return what


def waits_for(pack: Pack, what: date | str | None) -> str | None:
    """Return the name of the date that is not known yet and on which this one hangs; None if it is known.

    Source: MODEL, a deadline as a rule ("waits for X").
    """
    return unknown_root(pack.dates, what) if isinstance(what, str) else None


def due_day(
    pack: Pack, duty: Duty, started: date | None, calendar: Calendar, batch: int | None = None
) -> date | None:
    """Return the day by which a promise must be kept; that day itself is in time.

    started: day 0 (for duties by a named date it does not matter). batch: whose last day it is, for a duty
    by the end of its batch. None while the start or the date is unknown. Raises Refused calendar-missing.
    Source: T4, R2, G3, N8, N1.
    """
    if duty.by is not None:
        return day_of(pack, duty.by, calendar)
    if duty.by_end_of is not None:
        span = end_span(pack, batch)
        return day_of(pack, span.closes, calendar) if span else None
    if started is None:
        return None
    if duty.workdays is not None:
        return workdays_after(started, duty.workdays, calendar)
    return months_after(started, duty.months or 0)


def end_span(pack: Pack, batch: int | None) -> Span | None:
    """Return the span with which a batch's certificates end, else its audit's (T1, N1)."""
    if batch is None:
        return None
    return pack.batch(batch).certificates or pack.batch(batch).audit


def duty_clause(pack: Pack, duty: Duty, batch: int | None) -> str:
    """Return the clause of a duty; of one by the end of its batch that of the batch: T1 or N1."""
    span = end_span(pack, batch) if duty.by_end_of else None
    return span.clause if span else duty.clause


def alarm_days(duty: Duty, due: date, calendar: Calendar) -> tuple[date, ...]:
    """Return the days on which a promise has so many workdays left as the duty alarms at (T4: 5 and 2)."""
    return tuple(workdays_before(due, left, calendar) for left in duty.alarms)
