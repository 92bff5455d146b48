"""When promises fall due and how they stand (T4, R2, G3), on the calendar as known on a day."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.calendar import known_on, workdays_in
from rules.clock import SHANGHAI
from rules.deadlines import season_calendar
from rules.promises import (
    Clock,
    PromiseState,
    complete_on,
    dwell_clock,
    lot_clocks,
    marks,
    reached,
    state_on,
    workdays_left,
)
from tests.rules.policy_packs import january_2020, pack_with

BEFORE, AFTER = known_on(date(2020, 1, 15)), known_on(date(2020, 1, 27))


def due_of(
    name: str, approved: date, complete: date = date(2019, 12, 2), calendar=BEFORE, pack=None
) -> date | None:
    (clock,) = [
        one for one in lot_clocks(pack or january_2020(), approved, [complete], calendar) if one.name == name
    ]
    return clock.due_on


@pytest.mark.parametrize(
    ("approved", "calendar", "due"),
    [
        (date(2020, 1, 15), BEFORE, date(2020, 2, 10)),  # as first published
        (date(2020, 1, 15), AFTER, date(2020, 2, 12)),  # after the extension of Spring Festival
        (date(2019, 12, 2), BEFORE, date(2019, 12, 23)),
    ],
)
def test_t4_registration_is_due_15_workdays_after_the_lots_approval(approved, calendar, due):
    assert due_of("registry", approved, calendar=calendar) == due


@pytest.mark.parametrize(
    ("complete", "calendar", "due"),
    [
        (date(2019, 12, 2), BEFORE, date(2019, 12, 16)),
        (date(2019, 11, 29), BEFORE, date(2019, 12, 13)),
        (date(2019, 12, 31), BEFORE, date(2020, 1, 15)),  # N1: the last safe day of batch 1
        (date(2020, 4, 2), AFTER, date(2020, 4, 17)),  # N1: the last safe day of batch 2
    ],
)
def test_r2_a_certificate_is_due_10_workdays_after_its_complete_data(complete, calendar, due):
    assert due_of("certificate", date(2020, 1, 2), complete, calendar) == due


def test_t4_a_vacation_that_the_season_counts_out_moves_the_due_day():
    pack = pack_with(vacation__counted_out=True)
    calendar = season_calendar(pack, date(2020, 1, 27))
    assert due_of("registry", date(2020, 1, 15), calendar=calendar, pack=pack) == date(2020, 3, 3)
    assert due_of("certificate", date(2020, 1, 15), date(2020, 1, 15), calendar, pack) == date(2020, 2, 25)


def test_g3_both_readings_are_clocks_of_their_own():
    approved = date(2020, 2, 20)
    assert due_of("in-hand/issue-date", approved) == date(2020, 3, 20)
    assert due_of("in-hand/audit-approval", approved) == date(2020, 4, 20)


def test_r2_cases_with_different_days_of_complete_data_have_different_clocks():
    days = [date(2019, 12, 3), date(2019, 12, 2), date(2019, 12, 3)]
    found = lot_clocks(january_2020(), date(2019, 12, 9), days, BEFORE)
    assert [one for one in found if one.name == "certificate"] == [
        Clock("certificate", "R2", date(2019, 12, 2), date(2019, 12, 16)),
        Clock("certificate", "R2", date(2019, 12, 3), date(2019, 12, 17)),
    ]


def test_a_season_without_a_duty_has_no_such_clock():
    pack = pack_with(duties=[])
    assert lot_clocks(pack, date(2019, 12, 9), [date(2019, 12, 2)], BEFORE) == []


def clock_of_batch_end(batch: int | None, approved: date, pack=None) -> list[Clock]:
    found = lot_clocks(pack or january_2020(), approved, [], AFTER, batch)
    return [one for one in found if one.name == "batch-end"]


@pytest.mark.parametrize(
    ("batch", "clause", "due"), [(1, "T1", date(2020, 1, 15)), (2, "N1", date(2020, 4, 17))]
)
def test_t1_n1_a_lots_certificates_are_to_be_done_by_the_last_day_of_their_batch(batch, clause, due):
    approved = date(2019, 12, 9)
    assert clock_of_batch_end(batch, approved) == [Clock("batch-end", clause, approved, due)]
    assert clock_of_batch_end(None, approved) == []


def test_n1_a_batch_without_days_for_certificates_ends_with_its_audit():
    pack = pack_with(batches__2__certificates=None)
    (clock,) = clock_of_batch_end(2, date(2020, 3, 2), pack)
    assert (clock.clause, clock.due_on) == ("T2", date(2020, 4, 17))


@pytest.mark.parametrize(
    ("batch", "safe", "calendar"),
    [(1, date(2019, 12, 31), BEFORE), (2, date(2020, 4, 2), AFTER)],
)
def test_n1_data_complete_by_the_last_safe_day_are_a_certificate_within_the_batch(batch, safe, calendar):
    pack, approved = january_2020(), date(2019, 12, 9)
    (end,) = clock_of_batch_end(batch, approved)
    around = workdays_in((safe - timedelta(days=20), safe + timedelta(days=13)), calendar)
    assert safe in around
    for complete in around:
        due = due_of("certificate", approved, complete, calendar, pack)
        assert (due <= end.due_on) == (complete <= safe), complete


def test_n8_duties_of_the_season_are_no_clock_of_a_lot():
    names = {one.name for one in lot_clocks(january_2020(), date(2019, 12, 9), [], BEFORE)}
    assert names == {"registry", "in-hand/issue-date", "in-hand/audit-approval"}


def test_r2_data_are_complete_on_the_shanghai_day_of_the_last_arrival():
    first = datetime(2019, 12, 2, 10, tzinfo=SHANGHAI)
    last = datetime(2019, 12, 3, 0, 0, tzinfo=SHANGHAI)
    assert complete_on([last, first, first]) == date(2019, 12, 3)
    assert complete_on([first, last - timedelta(seconds=1)]) == date(2019, 12, 2)
    assert complete_on([first, None, last]) is None
    assert complete_on([]) is None


def test_t4_alarms_come_at_5_and_2_workdays_left_and_the_day_after_the_due_day():
    due = date(2019, 12, 23)
    found = marks(january_2020(), "registry", due, BEFORE, batch=2)
    assert found == {"5": date(2019, 12, 16), "2": date(2019, 12, 19), "breached": date(2019, 12, 24)}
    assert [workdays_left(found[mark], due, BEFORE) for mark in ("5", "2", "breached")] == [5, 2, -1]


def test_n7_a_batch_1_row_not_sent_by_01_19_is_warned_of_before_its_15_workdays_are_up():
    due = date(2020, 2, 10)
    alarms = marks(january_2020(), "registry", due, BEFORE, batch=1)
    assert alarms["N7"] == date(2020, 1, 19)
    assert state_on(date(2020, 1, 18), alarms, due, None) is PromiseState.RUNNING
    assert state_on(date(2020, 1, 19), alarms, due, None) is PromiseState.WARNED
    assert "N7" not in marks(january_2020(), "registry", due, BEFORE, batch=2)
    assert "N7" not in marks(january_2020(), "certificate", due, BEFORE, batch=1)


@pytest.mark.parametrize(
    ("today", "done", "state"),
    [
        (date(2019, 12, 13), None, PromiseState.RUNNING),
        (date(2019, 12, 16), None, PromiseState.WARNED),
        (date(2019, 12, 23), None, PromiseState.WARNED),  # the due day itself is in time
        (date(2019, 12, 24), None, PromiseState.BREACHED),
        (date(2019, 12, 24), date(2019, 12, 23), PromiseState.DONE),
        (date(2019, 12, 25), date(2019, 12, 24), PromiseState.LATE),
        (date(2019, 12, 23), date(2019, 12, 24), PromiseState.WARNED),  # not yet kept on that day
    ],
)
def test_t4_a_promise_stands_by_its_due_day_and_the_day_it_was_kept(today, done, state):
    due = date(2019, 12, 23)
    alarms = marks(january_2020(), "registry", due, BEFORE)
    assert state_on(today, alarms, due, done) is state


def test_a_promise_without_a_due_day_neither_warns_nor_breaches():
    assert marks(january_2020(), "registry", None, BEFORE, batch=1) == {}
    assert state_on(date(2030, 1, 1), {}, None, None) is PromiseState.RUNNING
    assert state_on(date(2030, 1, 1), {}, None, date(2029, 1, 1)) is PromiseState.DONE
    assert workdays_left(date(2020, 1, 1), None, BEFORE) is None


@pytest.mark.parametrize(("holder", "due"), [("branch", date(2020, 1, 20)), ("centre", date(2020, 2, 9))])
def test_r2_dwell_times_are_calendar_days_from_the_arrival(holder, due):
    clock = dwell_clock(january_2020(), holder, date(2020, 1, 10))
    assert clock == Clock(f"dwell/{holder}", "R2", date(2020, 1, 10), due)
    alarms = marks(january_2020(), clock.name, due, BEFORE)
    assert alarms == {"breached": due + timedelta(days=1)}


def test_a_holder_without_a_limit_has_no_dwell_clock():
    assert dwell_clock(january_2020(), "college", date(2020, 1, 10)) is None


DAYS = st.dates(date(2019, 11, 29), date(2020, 4, 17))


@given(DAYS, DAYS, DAYS)
def test_an_open_promise_never_gets_better_as_days_pass(approved, first, second):
    """T4: running, warned, breached; each alarm day lies between the start and the day after the due day."""
    due = due_of("registry", approved)
    alarms = marks(january_2020(), "registry", due, BEFORE)
    order = [PromiseState.RUNNING, PromiseState.WARNED, PromiseState.BREACHED]
    early, late = (order.index(state_on(day, alarms, due, None)) for day in sorted((first, second)))
    assert early <= late
    assert approved < alarms["5"] < alarms["2"] < due < alarms["breached"]
    assert reached(due, alarms) == ["5", "2"]
