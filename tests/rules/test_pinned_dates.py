"""The dates that the notice pins, each computed by the rules (T3, N1, Workdays; DOMAIN: Calendar)."""

from datetime import date

import pytest

from rules.calendar import known_on, last_day_for, workdays_after
from rules.deadlines import monday_of_previous_iso_week, months_after, season_calendar
from tests.rules.policy_packs import january_2020, pack_with

FIRST, EXTENDED = date(2020, 1, 15), date(2020, 1, 27)  # what was known before and after the extension


@pytest.mark.parametrize(
    ("start", "workdays", "known", "due"),
    [
        ("2019-11-29", 10, FIRST, "2019-12-13"),
        ("2019-12-02", 10, FIRST, "2019-12-16"),
        ("2020-01-06", 10, FIRST, "2020-01-19"),  # a make-up Sunday
        ("2020-01-15", 10, FIRST, "2020-02-03"),
        ("2020-01-15", 10, EXTENDED, "2020-02-05"),
        ("2020-01-15", 15, FIRST, "2020-02-10"),
        ("2020-01-15", 15, EXTENDED, "2020-02-12"),
    ],
)
def test_r2_t4_workdays_are_the_statutory_ones_as_known_on_a_day(start, workdays, known, due):
    assert str(workdays_after(date.fromisoformat(start), workdays, known_on(known))) == due


@pytest.mark.parametrize(("workdays", "due"), [(15, "2020-03-03"), (10, "2020-02-25")])
def test_n4_a_vacation_that_the_season_counts_out_moves_both_deadlines(workdays, due):
    calendar = season_calendar(pack_with(vacation__counted_out=True), EXTENDED)
    assert str(workdays_after(date(2020, 1, 15), workdays, calendar)) == due


@pytest.mark.parametrize(("deadline", "monday"), [("2020-03-20", "2020-03-09"), ("2020-03-15", "2020-03-02")])
def test_t3_fast_track_data_are_due_on_the_monday_of_the_week_before(deadline, monday):
    assert str(monday_of_previous_iso_week(date.fromisoformat(deadline))) == monday


@pytest.mark.parametrize(
    ("end", "known", "safe"), [("2020-01-15", FIRST, "2019-12-31"), ("2020-04-17", EXTENDED, "2020-04-02")]
)
def test_n1_the_last_safe_day_for_complete_data_is_10_workdays_before_the_end(end, known, safe):
    assert str(last_day_for(date.fromisoformat(end), 10, known_on(known))) == safe


def test_g3_two_months_after_the_issue_date_and_n7_the_issue_date_itself():
    assert str(january_2020().issue_date) == "2020-01-20"
    assert str(months_after(january_2020().issue_date, 2)) == "2020-03-20"


def spelled(*spans: str) -> set[date]:
    """Days given as `2020-04-04` or `2020-04-04/06`."""
    days = set()
    for span in spans:
        first, _, last = span.partition("/")
        start = date.fromisoformat(first)
        days |= {start.replace(day=day) for day in range(start.day, int(last or start.day) + 1)}
    return days


OFF = spelled("2020-01-01", "2020-01-24/30", "2020-04-04/06", "2020-05-01/05", "2020-06-25/27")
MAKE_UP = spelled("2020-01-19", "2020-04-26", "2020-05-09", "2020-06-28")
EXTENSION = spelled("2020-01-31", "2020-02-01/02")


@pytest.mark.parametrize(
    ("known", "off", "make_up"),
    [(FIRST, OFF, MAKE_UP | spelled("2020-02-01")), (EXTENDED, OFF | EXTENSION, MAKE_UP)],
)
def test_t4_r2_holidays_and_make_up_days_from_november_to_june_are_the_state_councils(known, off, make_up):
    calendar = known_on(known)
    days = [
        date.fromordinal(day) for day in range(date(2019, 11, 1).toordinal(), date(2020, 7, 1).toordinal())
    ]
    weekdays = {day for day in days if day.weekday() < 5}
    assert {day for day in days if calendar.is_workday(day)} == (weekdays - off) | make_up
