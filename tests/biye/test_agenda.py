"""A replay's agenda: the clock jumps between the dates on which something happens (T1, T2, N1, N7)."""

from datetime import date, datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from biye.sandbox.agenda import Act, agenda, audit_days, batch_of
from biye.sandbox.replay import RUNS
from rules.clock import SHANGHAI
from tests.rules.policy_packs import GONE, january_2020, pack_with

SENT = [
    date(2019, 11, 29), date(2019, 12, 2), date(2019, 12, 3), date(2019, 12, 6), date(2019, 12, 12),
    date(2020, 2, 3), date(2020, 2, 24), date(2020, 3, 2), date(2020, 3, 6),
]  # fmt: skip


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_a_season_of_nine_days_takes_at_most_thirty_deployed_runs() -> None:
    steps = agenda(january_2020(), SENT)
    tails = sum(step.act is Act.TAIL for step in steps)
    runs = sum(step.act in RUNS for step in steps)
    assert (runs, tails) == (28, 3)  # a tail runs only where something became due: twice at the most


def test_hq_audits_before_a_pause_and_at_the_end_of_each_batch() -> None:
    assert sorted(audit_days(january_2020(), SENT)) == [
        date(2019, 12, 6),
        date(2019, 12, 12),
        date(2020, 3, 6),
    ]


def test_the_policy_s_days_stand_between_those_with_files() -> None:
    named = {(step.act, step.batch): step.at for step in agenda(january_2020(), SENT)}
    assert named[Act.CLOSE, 1] == at("2020-01-16T00:05")  # N1: the day after 01-15
    assert named[Act.OPEN, 2] == at("2020-02-17T09:00")  # T2
    assert named[Act.CLOSE, 2] == at("2020-04-18T00:05")
    collected = [step.at for step in agenda(january_2020(), SENT) if step.act is Act.COLLECT]
    assert min(collected) == at("2020-01-20T15:00")  # N7: nobody before the issue date


def test_files_of_the_vacation_are_taken_in_by_the_batch_before_and_wait(  # N4
) -> None:
    assert batch_of(january_2020(), date(2020, 2, 3)) == 1
    assert date(2020, 2, 3) not in audit_days(january_2020(), SENT)


def test_a_season_of_another_shape_has_its_own_agenda() -> None:
    alone = pack_with(batches__2=GONE, fast_track=GONE)
    acts = [(step.act, step.batch) for step in agenda(alone, [date(2019, 12, 2)])]
    assert (Act.CLOSE, 1) in acts
    assert not any(act is Act.OPEN for act, _ in acts)


@given(st.sets(st.dates(date(2019, 11, 20), date(2020, 5, 1)), min_size=1, max_size=8))
def test_every_day_s_files_are_received_and_taken_in_that_evening_in_the_order_of_the_clock(
    days: set[date],
) -> None:
    steps = agenda(january_2020(), days)
    assert all(one.at <= other.at for one, other in pairwise(steps))
    received = [place for place, step in enumerate(steps) if step.act is Act.RECEIVE]
    assert [steps[place].at.date() for place in received] == sorted(days)
    assert all(steps[place + 1].act is Act.INTAKE for place in received)
