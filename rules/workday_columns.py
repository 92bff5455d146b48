"""Workdays of whole columns, as `rules.calendar` counts them for one day (T4, R2)."""

from datetime import date

import numpy as np
import pandas as pd

from rules.calendar import Calendar
from rules.clock import SHANGHAI


def workdays_after_all(days: pd.Series, n: int, calendar: Calendar) -> pd.Series:
    """Return the n-th workday after each day, as `workdays_after` does for one.

    days: datetime64 of any unit, or date objects; instants with a zone count by their day in Shanghai. Any
    index. Returns datetime64[s] without zone, indexed like days; NaT stays NaT. Raises Refused
    calendar-missing.
    """
    stamps = pd.to_datetime(days)
    if stamps.dt.tz is not None:
        stamps = stamps.dt.tz_convert(SHANGHAI).dt.tz_localize(None)
    known = stamps.notna()
    result = pd.Series(pd.NaT, index=days.index, dtype="datetime64[s]")
    if not known.any():
        return result
    events = stamps[known].to_numpy().astype("datetime64[D]")
    due = events
    if n > 0:
        due = np.busday_offset(events, n, roll="backward", busdaycal=calendar.busdays)
        calendar.require(*(date.fromisoformat(str(day)).year for day in (events.min(), due.max())))
    result[known] = due.astype("datetime64[s]")
    return result
