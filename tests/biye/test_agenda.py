"""A replay's agenda: the clock jumps between the dates on which something happens (T1, T2, N1, N7, N8)."""

from datetime import date, datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from biye.sandbox.agenda import Act, agenda, audit_days, working_days
from biye.sandbox.replay import RUNS
from rules.clock import SHANGHAI
from tests.rules.policy_packs import GONE, january_2020, pack_with

DECIDING = [
    date(2019, 11, 29), date(2019, 12, 2), date(2019, 12, 3), date(2019, 12, 6), date(2019, 12, 12),
    date(2020, 1, 15), date(2020, 2, 3), date(2020, 2, 26), date(2020, 3, 2), date(2020, 3, 6),
    date(2020, 3, 9), date(2020, 3, 10),
]  # fmt: skip
OTHERS = [
    date(2019, 12, 10), date(2019, 12, 11), date(2020, 1, 2), date(2020, 4, 1), date(2020, 4, 2),
    date(2020, 4, 16), date(2020, 4, 17), date(2020, 5, 15), date(2020, 5, 16),
]  # fmt: skip
SENT, EXTENDED = sorted([*DECIDING, *OTHERS]), date(2020, 1, 27)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_hq_works_before_a_long_pause_and_at_the_end_of_each_batch() -> None:
    worked = working_days(january_2020(), SENT, set(DECIDING))
    assert sorted(worked) == [
        date(2019, 12, 12), date(2020, 1, 15), date(2020, 3, 10), date(2020, 4, 16), date(2020, 5, 16),
    ]  # fmt: skip


def test_hq_audits_where_something_to_decide_has_come() -> None:
    worked = working_days(january_2020(), SENT, set(DECIDING))
    audited = audit_days(january_2020(), worked, set(DECIDING))
    assert sorted(audited) == [date(2019, 12, 12), date(2020, 1, 15), date(2020, 3, 10)]


def test_a_batch_without_its_last_day_s_audit_data_ends_its_work_with_what_came_last() -> None:
    sent = [date(2019, 12, 2), date(2020, 1, 2), date(2020, 2, 26)]
    worked = working_days(january_2020(), sent, set(sent[:1]))
    assert worked == set(sent)
    assert audit_days(january_2020(), worked, set(sent[:1])) == {sent[0]}


def test_a_closing_takes_in_what_its_own_day_brought_unless_that_is_to_be_audited() -> None:  # N1, T1
    worked = working_days(january_2020(), SENT, set(DECIDING))
    assert date(2020, 4, 17) not in worked
    assert date(2020, 1, 15) in worked


def test_files_of_the_vacation_wait_for_the_next_batch_as_no_schedule_runs_before() -> None:  # N4
    assert date(2020, 2, 3) not in working_days(january_2020(), SENT, set(DECIDING))


def test_the_policy_s_days_stand_between_those_with_files() -> None:
    steps = agenda(january_2020(), SENT, DECIDING, [EXTENDED])
    named = {(step.act, step.batch): step.at for step in steps}
    assert named[Act.CLOSE, 1] == at("2020-01-16T00:05")  # N1: the day after 01-15
    assert named[Act.OPEN, 2] == at("2020-02-17T09:00")  # T2
    assert named[Act.CLOSE, 2] == at("2020-04-18T00:05")
    assert named[Act.AMEND, None].date() == EXTENDED
    collected = [step.at for step in steps if step.act is Act.COLLECT]
    assert min(collected) == at("2020-01-20T08:30")  # N7: nobody before the issue date


def test_nobody_collects_before_the_issue_date_though_a_later_batch_opens_before_it() -> None:  # N7
    other = pack_with(dates__issue__day="2020-03-20")
    collected = [step.at for step in agenda(other, SENT, DECIDING) if step.act is Act.COLLECT]
    assert min(collected) == at("2020-03-20T08:30")


def test_the_cleanup_lists_then_notifies_then_withdraws() -> None:  # N8
    steps = agenda(january_2020(), SENT, DECIDING)
    acts = [step.act for step in steps if step.act in (Act.CLEANUP, Act.NOTIFY, Act.WITHDRAW)]
    assert acts == [Act.CLEANUP, Act.NOTIFY, Act.CLEANUP, Act.WITHDRAW]
    first, *others = [step.at for step in steps if step.act is Act.CLEANUP]
    assert first == at("2020-04-30T09:00")
    assert all(one.date() > date(2020, 5, 15) for one in others)


def test_phases_start_when_the_season_s_schedule_says() -> None:
    hours = {"phases_at": "08:30", "closings_at": "00:30", "watch_at": "09:10"}
    other = pack_with(**{f"schedule__{name}": hour for name, hour in hours.items()})
    steps = agenda(other, SENT, DECIDING)
    starts = {(step.act, f"{step.at:%H:%M}") for step in steps if step.act in RUNS}
    evening = {(act, clock) for act, clock in starts if clock == "23:59"}
    assert starts - evening == {
        ("open", "08:30"), ("close", "00:30"), ("cleanup", "08:30"), ("gap-check", "08:30"),
        ("watch", "09:10"),
    }  # fmt: skip


def test_a_batch_s_closing_within_a_day_is_looked_at_on_the_next() -> None:
    other = pack_with(batches__0__audit__closes_at="17:00")
    closing = next(step for step in agenda(other, SENT, DECIDING) if step.act is Act.CLOSE)
    assert closing.at == at("2020-01-16T00:05")


def test_a_season_of_another_shape_has_its_own_agenda() -> None:
    alone = pack_with(batches__2=GONE, fast_track=GONE, cleanups=GONE, extension=GONE)
    day = date(2019, 12, 2)
    acts = [(step.act, step.batch) for step in agenda(alone, [day], [day])]
    assert (Act.CLOSE, 1) in acts
    assert not any(act in (Act.OPEN, Act.CLEANUP) for act, _ in acts)


@given(st.sets(st.dates(date(2019, 11, 20), date(2020, 5, 1)), min_size=1, max_size=8))
def test_every_day_s_files_are_received_that_evening_and_taken_in_by_what_follows(days: set[date]) -> None:
    steps = agenda(january_2020(), days, days)
    assert all(one.at <= other.at for one, other in pairwise(steps))
    received = [place for place, step in enumerate(steps) if step.act is Act.RECEIVE]
    assert [steps[place].at.date() for place in received] == sorted(days)
    taking = [place for place, step in enumerate(steps) if step.act in (Act.INTAKE, Act.CLOSE)]
    assert max(received) < max(taking)
