"""What was known when: the publications of the statutory calendar, as differences from its final state.

`chinesecalendar` knows only how each year ended up. A deadline that was computed before an amendment is
explained by the calendar of its day, so each publication since 2018 is kept here with its date (State
Council, 国务院办公厅关于部分节假日安排的通知). Years before 2018 are kept in their final state only.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Publication:
    """One announcement of a year's days off.

    workdays, days_off: the days that this announcement still had, or already had, otherwise than the final
    state.
    """

    year: int
    published: date
    workdays: frozenset[date] = frozenset()
    days_off: frozenset[date] = frozenset()


def _announced(
    year: int, published: str, workdays: Iterable[str] = (), days_off: Iterable[str] = ()
) -> Publication:
    work, off = (frozenset(map(date.fromisoformat, days)) for days in (workdays, days_off))
    return Publication(year, date.fromisoformat(published), work, off)


PUBLICATIONS: tuple[Publication, ...] = (
    # The New Year 2019 announcement moved two days of December 2018.
    _announced(2018, "2017-11-30", workdays=["2018-12-31"], days_off=["2018-12-29"]),
    _announced(2018, "2018-12-06"),
    # May Day 2019 was one day until it was made four, with two make-up Sundays.
    _announced(
        2019, "2018-12-06", workdays=["2019-05-02", "2019-05-03"], days_off=["2019-04-28", "2019-05-05"]
    ),
    _announced(2019, "2019-03-22"),
    # Spring Festival 2020 ended on 01-30, with make-up Saturday 02-01, until it was extended to 02-02.
    _announced(2020, "2019-11-21", workdays=["2020-01-31", "2020-02-01"]),
    _announced(2020, "2020-01-27"),
    _announced(2021, "2020-11-25"),
    _announced(2022, "2021-10-25"),
    _announced(2023, "2022-12-08"),
    _announced(2024, "2023-10-25"),
    _announced(2025, "2024-11-12"),
    _announced(2026, "2025-11-04"),
)
