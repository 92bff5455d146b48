"""From which day a registered record can be searched by the public (N7)."""

from datetime import date, datetime

from rules.clock import day_in_shanghai


def visible_from(issue_date: date, *arrivals: datetime | None) -> date:
    """Return the latest of the issue date and the days on which record and photo were accepted (N7)."""
    return max([issue_date, *(day_in_shanghai(arrival) for arrival in arrivals if arrival)])
