"""The versioned workday calendar (NOTICE: Workdays; T4 and R2 count on it)."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.calendar import (
    CalendarYear,
    known_on,
    last_day_for,
    workdays_after,
    workdays_before,
    workdays_between,
)
from rules.calendar_file import load_calendar_file
from rules.refusals import Refused
from rules.workday_columns import workdays_after_all

FIRST_PUBLISHED = date(2019, 11, 21)
EXTENDED = date(2020, 1, 27)
VACATION = (date(2020, 1, 20), date(2020, 2, 16))
days = st.dates(date(2018, 1, 10), date(2026, 1, 31))
counts = st.integers(0, 40)

YEAR_2027 = """
year: 2027
published: 2026-11-05
days_off: [2027-01-01..2027-01-03, 2027-02-05..2027-02-12]
make_up_workdays: [2027-02-14]
"""


def day(text: str) -> date:
    return date.fromisoformat(text)


def in_words(event: date, n: int, calendar):
    """The definition, one day after another: the twin that the fast form is held against."""
    while n:
        event += timedelta(days=1)
        n -= calendar.is_workday(event)
    return event


@pytest.mark.parametrize(
    ("event", "n", "known", "due"),
    [
        ("2019-11-29", 10, None, "2019-12-13"),
        ("2019-12-02", 10, None, "2019-12-16"),
        ("2020-01-06", 10, None, "2020-01-19"),  # a make-up Sunday
        ("2020-01-15", 15, FIRST_PUBLISHED, "2020-02-10"),
        ("2020-01-15", 15, date(2020, 1, 26), "2020-02-10"),
        ("2020-01-15", 15, EXTENDED, "2020-02-12"),
        ("2020-01-15", 15, None, "2020-02-12"),
        ("2020-01-15", 10, FIRST_PUBLISHED, "2020-02-03"),
        ("2020-01-15", 10, EXTENDED, "2020-02-05"),
    ],
)
def test_the_pinned_deadlines_hold_on_the_calendar_of_their_day(event, n, known, due):
    """T4, R2: NOTICE and DOMAIN name these."""
    assert workdays_after(day(event), n, known_on(known)) == day(due)


def test_counting_monday_to_friday_would_have_been_wrong():
    """The naive answer that NOTICE warns of is 02-05; ours is later on either calendar."""
    naive = np.busday_offset("2020-01-15", 15).item()
    assert naive == day("2020-02-05")
    assert workdays_after(day("2020-01-15"), 15, known_on(FIRST_PUBLISHED)) > naive


@pytest.mark.parametrize(("n", "due"), [(15, "2020-03-03"), (10, "2020-02-25")])
def test_a_season_that_counts_hqs_vacation_out_has_later_deadlines(n, due):
    """N4: the vacation is no public holiday, but a season may leave it out."""
    assert workdays_after(day("2020-01-15"), n, known_on(None).without(VACATION)) == day(due)


@pytest.mark.parametrize(
    ("first", "last"),
    [("2020-01-01", "2020-01-01"), ("2020-01-24", "2020-01-30"), ("2020-04-04", "2020-04-06"),
     ("2020-05-01", "2020-05-05"), ("2020-06-25", "2020-06-27")],
)  # fmt: skip
def test_the_public_holidays_of_2020_are_off_in_every_version(first, last):
    for known in (FIRST_PUBLISHED, None):
        span = pd.date_range(first, last).date
        assert not any(known_on(known).is_workday(one) for one in span)


@pytest.mark.parametrize("make_up", ["2020-01-19", "2020-04-26", "2020-05-09", "2020-06-28"])
def test_make_up_weekends_are_workdays(make_up):
    assert day(make_up).weekday() >= 5
    assert known_on(None).is_workday(day(make_up))


def test_the_extension_of_2020_took_friday_and_a_make_up_saturday():
    before, after = known_on(date(2020, 1, 26)), known_on(EXTENDED)
    moved = [one for one in (day("2020-01-31"), day("2020-02-01")) if before.is_workday(one)]
    assert moved == [day("2020-01-31"), day("2020-02-01")]
    assert not any(map(after.is_workday, moved))
    assert before.version != after.version


def test_a_version_changes_only_when_a_day_changes():
    assert known_on(date(2020, 2, 1)).version == known_on(date(2020, 9, 1)).version
    assert known_on(FIRST_PUBLISHED).version == known_on(date(2020, 1, 26)).version


def test_a_year_is_unknown_before_its_publication():
    with pytest.raises(Refused) as refusal:
        workdays_after(day("2019-12-30"), 10, known_on(date(2019, 11, 20)))
    assert refusal.value.code == "calendar-missing"
    assert refusal.value.where["year"] == 2020


@pytest.mark.parametrize("n", [0, 1, 300])
def test_a_year_without_calendar_is_refused_with_the_way_to_supply_it(n):
    with pytest.raises(Refused) as refusal:
        workdays_after(day("2027-03-01"), n or 1, known_on(None))
    assert refusal.value.where["year"] == 2027
    for needed in ("--file", "year: 2027", "days_off", "make_up_workdays"):
        assert needed in refusal.value.text("zh")
        assert needed in refusal.value.text("en")


def test_counting_past_the_last_known_day_is_refused_and_never_guessed():
    with pytest.raises(Refused, match="calendar-missing"):
        workdays_after(day("2026-12-25"), 15, known_on(None))


def test_a_supplied_year_is_counted_with():
    calendar = known_on(None, load_calendar_file(YEAR_2027, "2027.yaml"))
    assert workdays_after(day("2027-02-04"), 1, calendar) == day("2027-02-14")  # the make-up Sunday
    assert workdays_after(day("2026-12-31"), 1, calendar) == day("2027-01-04")
    assert calendar.version != known_on(None).version


def test_a_supplied_year_counts_from_its_publication_on():
    years = load_calendar_file(YEAR_2027, "2027.yaml")
    assert 2027 not in known_on(date(2026, 11, 4), years).years
    assert 2027 in known_on(date(2026, 11, 5), years).years


def test_a_supplied_amendment_replaces_what_is_built_in():
    amended = CalendarYear(2020, date(2020, 3, 1), frozenset({day("2020-03-10")}))
    assert known_on(date(2020, 2, 28), (amended,)).is_workday(day("2020-03-10"))
    assert not known_on(date(2020, 3, 1), (amended,)).is_workday(day("2020-03-10"))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("year: 2027", "published"),
        (YEAR_2027 + "extra: 1", "extra"),
        (YEAR_2027.replace("2027-02-14", "2028-02-14"), "(whole file)"),
        (YEAR_2027.replace("2027-02-14", "2027-02-30"), "make_up_workdays"),
        (YEAR_2027.replace("2027-02-14", "2027-02-06"), "(whole file)"),
        (YEAR_2027.replace("..2027-01-03", ".2027-01-03"), "(whole file)"),
        (YEAR_2027.replace("..2027-01-03", "..2027-01-33"), "(whole file)"),
        ("just words", "(whole file)"),
    ],
)
def test_a_wrong_calendar_file_is_refused_with_its_key(text, key):
    with pytest.raises(Refused) as refusal:
        load_calendar_file(text, "2027.yaml")
    assert refusal.value.code == "pack-invalid"
    assert any(key in problem.key for problem in refusal.value.where["problems"])
    assert "2027.yaml" in str(refusal.value)


@pytest.mark.parametrize(("end", "safe"), [("2020-01-15", "2019-12-31"), ("2020-04-17", "2020-04-02")])
def test_the_last_safe_day_for_complete_data(end, safe):
    """N1: ten workdays before each closing."""
    assert last_day_for(day(end), 10, known_on(None)) == day(safe)


@given(days, counts)
def test_the_fast_count_is_the_definition(event, n):
    assert workdays_after(event, n, known_on(None)) == in_words(event, n, known_on(None))


@given(days, st.integers(1, 40))
def test_a_due_day_is_a_workday_with_nothing_left(event, n):
    calendar = known_on(None)
    due = workdays_after(event, n, calendar)
    assert calendar.is_workday(due)
    assert workdays_between(event, due, calendar) == n
    assert workdays_between(due, event, calendar) == -n


@given(days, counts, st.integers(1, 9))
def test_an_alarm_rings_with_its_workdays_left(event, n, left):
    """T4: alarms at 5 and 2 workdays left."""
    calendar = known_on(None)
    due = workdays_after(event, n + left, calendar)
    assert workdays_between(workdays_before(due, left, calendar), due, calendar) == left


@given(days, counts)
def test_a_later_event_is_never_due_earlier(event, n):
    calendar = known_on(None)
    assert workdays_after(event, n, calendar) <= workdays_after(event + timedelta(days=1), n, calendar)


@given(st.lists(st.none() | days, max_size=12), counts)
def test_a_whole_column_counts_like_each_of_its_days(events, n):
    calendar = known_on(None)
    column = pd.Series(events, index=range(7, 7 + len(events)), dtype="object")
    expected = [None if one is None else workdays_after(one, n, calendar) for one in events]
    found = workdays_after_all(column, n, calendar)
    assert [None if pd.isna(one) else one.date() for one in found] == expected
    assert list(found.index) == list(column.index)


def test_instants_count_by_their_day_in_shanghai():
    late = pd.Series(pd.to_datetime(["2019-11-28T17:00:00Z"]))  # 01:00 on the 29th in Shanghai
    assert workdays_after_all(late, 10, known_on(None))[0] == pd.Timestamp("2019-12-13")


def test_a_column_with_one_day_out_of_range_is_refused():
    with pytest.raises(Refused, match="calendar-missing"):
        workdays_after_all(pd.Series([day("2020-01-01"), day("2026-12-31")]), 3, known_on(None))


@pytest.mark.parametrize("count", [workdays_after, workdays_before])
def test_a_negative_count_is_a_programming_error(count):
    with pytest.raises(ValueError, match="-1"):
        count(day("2020-01-15"), -1, known_on(None))
