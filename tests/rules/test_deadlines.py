"""Date rules with anchors, and due days of promises (T3, T4, R2, G3, N7, N8)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.calendar import known_on, workdays_between
from rules.deadlines import (
    alarm_days,
    day_of,
    due_day,
    monday_of_previous_iso_week,
    months_after,
    season_calendar,
    vacation_span,
    waits_for,
)
from tests.rules.policy_packs import GONE, content, january_2020, pack_with
from tests.rules.test_season import other_season

EXTENDED = date(2020, 1, 27)
days = st.dates(date(2019, 1, 1), date(2025, 12, 31))


@pytest.mark.parametrize(
    ("anchor", "monday"),
    [("2020-03-20", "2020-03-09"), ("2020-03-15", "2020-03-02"), ("2020-03-16", "2020-03-09")],
)
def test_the_fast_track_deadline_follows_the_enrolment_deadline(anchor, monday):
    """T3: a Friday, and a Sunday, which closes its ISO week."""
    pack = pack_with(**{"dates__enrolment-deadline__day": anchor})
    assert day_of(pack, "fast-track") == date.fromisoformat(monday)


@given(days)
def test_the_monday_lies_in_the_iso_week_before(anchor):
    monday = monday_of_previous_iso_week(anchor)
    assert monday.isoweekday() == 1
    assert monday.isocalendar()[:2] == (anchor - timedelta(days=7)).isocalendar()[:2]


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("registry-warning", "2020-01-19"),
        ("two-weeks", "2020-01-06"),
        ("same", "2020-01-20"),
        ("issue", "2020-01-20"),
    ],
)
def test_each_rule_counts_from_its_anchor(name, day):
    """N7: the warning of unsent rows on 01-19 is one day before the issue date."""
    assert day_of(other_season(), name) == date.fromisoformat(day)


def test_a_rule_in_workdays_counts_on_the_calendar_it_is_given():
    rule = {
        "rule": "workdays_after",
        "anchor": "vacation-start",
        "n": 10,
        "label": "x",
        "clause": "T4",
        "provenance": "inferred",
    }
    pack = pack_with(**{"dates": {**content()["dates"], "ten-later": rule}})
    assert day_of(pack, "ten-later") == date(2020, 2, 11)
    assert day_of(pack, "ten-later", known_on(date(2020, 1, 20))) == date(2020, 2, 7)


def test_a_rule_waits_for_an_anchor_that_is_not_known():
    pack = pack_with(**{"dates__enrolment-deadline__day": GONE})
    assert day_of(pack, "fast-track") is None
    assert waits_for(pack, "fast-track") == "enrolment-deadline"
    assert waits_for(pack, "issue") is None
    assert waits_for(pack, date(2020, 1, 1)) is None


def test_a_name_that_the_pack_lacks_is_a_key_error():
    with pytest.raises(KeyError):
        day_of(january_2020(), "no-such-date")


@pytest.mark.parametrize(
    ("day", "n", "due"),
    [
        ("2020-01-20", 2, "2020-03-20"),
        ("2019-12-31", 2, "2020-02-29"),
        ("2018-12-31", 2, "2019-02-28"),
        ("2020-11-30", 1, "2020-12-30"),
    ],
)
def test_months_end_on_the_same_day_or_the_months_last(day, n, due):
    """G3: 01-20 → 03-20."""
    assert months_after(date.fromisoformat(day), n) == date.fromisoformat(due)


@given(days, st.integers(0, 30))
def test_months_never_leave_their_month(day, n):
    due = months_after(day, n)
    assert (due.year * 12 + due.month) - (day.year * 12 + day.month) == n
    assert due.day <= day.day
    assert due.day == day.day or (due + timedelta(days=1)).day == 1


@pytest.mark.parametrize(
    ("duty", "started", "known", "due"),
    [
        ("registry", "2020-01-15", date(2020, 1, 15), "2020-02-10"),  # T4
        ("registry", "2020-01-15", EXTENDED, "2020-02-12"),  # T4, moved by the extension
        ("certificate", "2020-01-06", None, "2020-01-19"),  # R2
        ("in-hand", "2020-01-20", None, "2020-03-20"),  # G3
        ("extension-list", None, None, "2020-05-15"),  # N8
        ("cleanup", None, None, "2020-06-15"),  # N8
        ("registry", None, None, None),
    ],
)
def test_promises_fall_due_as_the_notice_says(duty, started, known, due):
    pack = january_2020()
    found = due_day(
        pack, pack.duty(duty), started and date.fromisoformat(started), season_calendar(pack, known)
    )
    assert found == (due and date.fromisoformat(due))


def test_alarms_ring_at_five_and_two_workdays_left():
    """T4."""
    pack, calendar = january_2020(), known_on(None)
    alarms = alarm_days(pack.duty("registry"), date(2020, 2, 12), calendar)
    assert [workdays_between(alarm, date(2020, 2, 12), calendar) for alarm in alarms] == [5, 2]
    assert alarms == (date(2020, 2, 5), date(2020, 2, 10))


def test_a_season_may_count_the_vacation_out():
    """N4, NOTICE Workdays: 01-15 + 15 = 03-03, + 10 = 02-25."""
    pack = pack_with(vacation__counted_out=True)
    due = [
        due_day(pack, pack.duty(duty), date(2020, 1, 15), season_calendar(pack))
        for duty in ("registry", "certificate")
    ]
    assert due == [date(2020, 3, 3), date(2020, 2, 25)]
    assert season_calendar(pack).version != season_calendar(january_2020()).version


def test_the_vacation_is_known_only_with_both_ends():
    """N4."""
    assert vacation_span(january_2020()) == (date(2020, 1, 20), date(2020, 2, 16))
    assert vacation_span(pack_with(vacation=GONE)) is None
    unknown = pack_with(**{"dates__vacation-start__day": GONE})
    assert vacation_span(unknown) is None
    assert waits_for(unknown, "urgent-requests") == "vacation-start"


def test_a_pack_may_supply_a_year_of_its_own():
    assert 2027 in season_calendar(other_season()).years
    assert 2027 not in season_calendar(other_season(), date(2026, 1, 1)).years
