"""Days that follow from named dates by rule: a date, or None while its anchor is not known (T3; MODEL,
deadlines).

Nothing is guessed: what hangs on an unknown anchor "waits for" it, and nothing else stops.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from rules.calendar import Calendar, workdays_after
from rules.season_dates import DateRule

Dates = Mapping[str, DateRule]


def monday_of_previous_iso_week(anchor: date) -> date:
    """Return the Monday of the week before the anchor's week, one of the pack's deadline rules.

    Weeks are ISO weeks: a Sunday closes its week. Source: T3, with the enrolment deadline as anchor.

    >>> monday_of_previous_iso_week(date(2020, 3, 15))
    datetime.date(2020, 3, 2)
    """
    return anchor - timedelta(days=anchor.weekday() + 7)


def resolve(dates: Dates, name: str, calendar: Calendar) -> date | None:
    """Return the day of a named date, None while it waits.

    KeyError for a name that is not there; Refused calendar-missing for a rule in workdays beyond the
    calendar.
    """
    rule = dates[name]
    if rule.anchor is None:
        return rule.day
    anchor = resolve(dates, rule.anchor, calendar)
    return None if anchor is None else _apply(rule, anchor, calendar)


def _apply(rule: DateRule, anchor: date, calendar: Calendar) -> date:
    n = rule.n or 0
    match rule.rule:
        case "monday_of_previous_iso_week":
            return monday_of_previous_iso_week(anchor)
        case "days_before":
            return anchor - timedelta(days=n)
        case "weeks_before":
            return anchor - timedelta(weeks=n)
        case "workdays_after":
            return workdays_after(anchor, n, calendar)
        case _:  # same_as
            return anchor


def unknown_root(dates: Dates, name: str) -> str | None:
    """Return the name of the unknown date on which a named date hangs; None if it is known."""
    rule = dates[name]
    if rule.anchor is not None:
        return unknown_root(dates, rule.anchor)
    return name if rule.day is None else None
