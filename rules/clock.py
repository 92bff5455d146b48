"""Time in Biye: instants are time-zone aware and shown in Asia/Shanghai; a day begins and ends there.

An instant without a time zone is a programming error and raises ValueError: it could lie in either of two
days.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now_in_shanghai() -> datetime:
    """Return the machine's present instant, in Asia/Shanghai."""
    return datetime.now(SHANGHAI)


def in_shanghai(instant: datetime) -> datetime:
    """Return the same instant as Shanghai's clocks show it; ValueError for one without a time zone."""
    if instant.tzinfo is None:
        raise ValueError(f"an instant needs a time zone: {instant!r}")
    return instant.astimezone(SHANGHAI)


def day_in_shanghai(instant: datetime) -> date:
    """Return the day in Shanghai on which an instant lies: the day 0 of every clock."""
    return in_shanghai(instant).date()


def at_time(day: date, clock: time) -> datetime:
    """Return the instant at which Shanghai's clocks show this time of this day."""
    return datetime.combine(day, clock, SHANGHAI)


def start_of_day(day: date) -> datetime:
    """Return the first instant of a day."""
    return at_time(day, time.min)


def end_of_day(day: date) -> datetime:
    """Return the instant at which a day is over, itself outside the day (the next day's 00:00).

    >>> end_of_day(date(2019, 12, 2)).isoformat()
    '2019-12-03T00:00:00+08:00'
    """
    return start_of_day(day + timedelta(days=1))
