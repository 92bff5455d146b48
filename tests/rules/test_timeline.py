"""The plan of runs that follows from a pack (MODEL: Runs; T1, T2, T4, R2, N1, N4)."""

from collections import Counter
from datetime import date, datetime, time

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from rules.calendar import known_on
from rules.clock import SHANGHAI
from rules.timeline import PlannedSeries, planned_phases, planned_series, rrule, season_days
from tests.rules.policy_packs import GONE, january_2020, pack_with
from tests.rules.test_season import other_season


def days_of(flow: str, batch: int | None, pack=None, calendar=None) -> list[date]:
    series = planned_series(pack or january_2020(), calendar)
    return sorted(day for one in series if (one.flow, one.batch) == (flow, batch) for day in one.days)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_batches_open_at_nine_and_close_five_past_midnight_of_the_day_after():
    """T1, T2, N1."""
    dated = [
        (one.flow, one.batch, one.due_at)
        for one in planned_phases(january_2020())
        if one.flow in ("open", "close")
    ]
    assert dated == [
        ("open", 1, at("2019-11-29 09:00")),
        ("close", 1, at("2019-12-03 00:05")),
        ("close", 1, at("2020-01-16 00:05")),
        ("open", 2, at("2020-02-17 09:00")),
        ("close", 2, at("2020-04-18 00:05")),
    ]


def test_the_cancelled_vacation_batch_has_no_runs():
    """N4."""
    assert {one.batch for one in planned_phases(january_2020())} == {None, 1, 2}


def test_intake_runs_on_the_workdays_of_the_batch():
    """N1: it ends with the batch; the make-up days count, the public holidays do not."""
    days = days_of("intake", 1)
    assert (days[0], days[-1]) == (date(2019, 11, 29), date(2020, 1, 15))
    assert date(2020, 1, 1) not in days
    assert len(days) == 33
    assert date(2020, 4, 6) not in days_of("intake", 2)


def test_n1_the_audit_runs_once_more_after_the_closing_for_what_came_on_the_last_day():
    for batch, after in ((1, date(2020, 1, 16)), (2, date(2020, 4, 20))):
        assert days_of("audit", batch) == [*days_of("intake", batch), after]


@pytest.mark.parametrize(
    ("flow", "batch", "last"),
    [("register", 1, "2020-02-12"), ("certify", 1, "2020-02-05"), ("dispatch", 1, "2020-02-05"),
     ("register", 2, "2020-05-11"), ("dispatch", 2, "2020-04-30")],
)  # fmt: skip
def test_phases_with_a_clock_run_until_the_last_clock_ends(flow, batch, last):
    """T4, R2: a lot approved on the batch's last day is due 15 workdays later, its certificates 10."""
    days = days_of(flow, batch)
    assert days[-1] == date.fromisoformat(last)
    assert all(map(known_on(None).is_workday, days))


def test_the_extension_of_spring_festival_moves_the_plan():
    """NOTICE Workdays: T4 of batch 1 ended on 02-10 as first published."""
    before = days_of("register", 1, calendar=known_on(date(2020, 1, 20)))
    assert before[-1] == date(2020, 2, 10)
    assert date(2020, 2, 1) in before  # the make-up Saturday that was cancelled
    assert date(2020, 2, 1) not in days_of("register", 1)


def test_watch_and_sweep_run_every_day_of_the_season():
    first, last = season_days(january_2020())
    assert (first, last) == (date(2019, 11, 29), date(2020, 6, 17))  # G3 of batch 2's last approval
    for flow in ("watch", "sweep"):
        days = days_of(flow, None)
        assert len(days) == (last - first).days + 1


def test_gaps_are_looked_for_once_a_week_from_the_issue_date_on_and_then_the_season_is_closed():
    """N5: on the first workday of the week; the closing follows the season's last day."""
    days = days_of("gap-check", None)
    assert days[:3] == [date(2020, 1, 20), date(2020, 2, 3), date(2020, 2, 10)]  # a week of Spring Festival
    assert len({day.isocalendar()[:2] for day in days}) == len(days)
    assert days_of("close-season", None) == [date(2020, 6, 18)]


def test_each_run_is_planned_once():
    phases = planned_phases(january_2020())
    most = Counter((one.flow, one.batch, one.due_at) for one in phases).most_common(1)
    assert most[0][1] == 1
    assert len(phases) == sum(len(series.days) for series in planned_series(january_2020()))


def test_phases_of_one_instant_come_in_their_working_order():
    nine = [one.flow for one in planned_phases(january_2020()) if one.due_at == at("2020-02-17 09:00")]
    assert nine == ["open", "intake", "audit", "register", "certify", "dispatch", "watch", "gap-check"]


def test_a_pack_may_set_other_times():
    pack = pack_with(
        schedule={"phases_at": "07:30", "closings_at": "01:00", "clause": "G1", "provenance": "inferred"}
    )
    times = {one.flow: one.due_at.time() for one in planned_phases(pack)}
    assert times["close"] == time(1)
    assert {clock for flow, clock in times.items() if flow != "close"} == {time(7, 30)}


def test_a_batch_that_waits_for_a_date_is_not_planned_yet():
    assert not [one for one in planned_series(other_season()) if one.batch == 4]
    closed = [one.due_at for one in planned_phases(other_season()) if (one.flow, one.batch) == ("close", 11)]
    assert at("2019-11-01 00:05") in closed


def test_a_season_of_which_no_batch_is_known_has_no_plan():
    batch = {"number": 1, "label": "一", "clause": "T1", "provenance": "stated"}
    waiting = {
        **batch,
        "audit": {
            "opens": "vacation-start",
            "closes": "vacation-start",
            "clause": "T1",
            "provenance": "stated",
        },
    }
    changes = {"dates__vacation-start__day": GONE, "fast_track": GONE, "registry_warning": GONE}
    pack = pack_with(batches=[waiting], **changes)
    assert planned_series(pack) == []
    assert season_days(pack) is None


@pytest.mark.parametrize("series", planned_series(january_2020()), ids=lambda one: f"{one.flow}-{one.batch}")
def test_a_series_is_one_recurrence_rule_with_exactly_its_days(series):
    times = list(rrulestr(rrule(series)))
    assert [one.date() for one in times] == list(series.days)
    assert {one.time() for one in times} == {series.at}


@given(st.sets(st.dates(date(2020, 1, 1), date(2020, 3, 1)), min_size=1))
def test_any_days_make_a_recurrence_rule(days):
    series = PlannedSeries("audit", 1, "T1", tuple(sorted(days)), time(9))
    assert [one.date() for one in rrulestr(rrule(series))] == sorted(days)
