"""A replay's agenda: the clock jumps between the dates on which something happens (T1, T2, N1, N7, N8)."""

from datetime import date, datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from biye.sandbox.agenda import Act, agenda, audit_days, batch_of, intake_days
from biye.sandbox.replay import RUNS
from rules.clock import SHANGHAI
from tests.rules.policy_packs import GONE, january_2020, pack_with

DECIDING = [
    date(2019, 11, 29), date(2019, 12, 2), date(2019, 12, 3), date(2019, 12, 6), date(2019, 12, 12),
    date(2020, 1, 15), date(2020, 2, 3), date(2020, 2, 26), date(2020, 3, 2), date(2020, 3, 6),
    date(2020, 3, 9), date(2020, 3, 10), date(2020, 4, 2), date(2020, 4, 16),
]  # fmt: skip
OTHERS = [
    date(2019, 12, 10), date(2019, 12, 11), date(2020, 4, 17), date(2020, 5, 15), date(2020, 5, 16),
]  # fmt: skip
SENT, EXTENDED = sorted([*DECIDING, *OTHERS]), date(2020, 1, 27)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_a_season_of_nineteen_days_takes_few_deployed_runs() -> None:
    steps = agenda(january_2020(), SENT, DECIDING, [EXTENDED])
    assert sum(step.act in RUNS for step in steps) <= 34  # urgent cases and tails run beside


def test_hq_audits_before_a_long_pause_and_at_the_end_of_each_batch() -> None:
    assert sorted(audit_days(january_2020(), DECIDING)) == [
        date(2019, 12, 12), date(2020, 1, 15), date(2020, 3, 10), date(2020, 4, 16),
    ]  # fmt: skip


def test_an_intake_comes_before_each_pause_unless_a_closing_takes_in_what_came() -> None:
    taken = intake_days(january_2020(), SENT)
    assert date(2020, 2, 3) in taken  # N4: what came in the vacation is parked before the batch opens
    assert date(2020, 4, 17) not in taken  # N1: the closing does it
    assert date(2019, 12, 3) not in taken
    assert max(SENT) in taken


def test_the_policy_s_days_stand_between_those_with_files() -> None:
    steps = agenda(january_2020(), SENT, DECIDING, [EXTENDED])
    named = {(step.act, step.batch): step.at for step in steps}
    assert named[Act.CLOSE, 1] == at("2020-01-16T00:05")  # N1: the day after 01-15
    assert named[Act.OPEN, 2] == at("2020-02-17T09:00")  # T2
    assert named[Act.CLOSE, 2] == at("2020-04-18T00:05")
    assert named[Act.AMEND, None].date() == EXTENDED
    collected = [step.at for step in steps if step.act is Act.COLLECT]
    assert min(collected) == at("2020-01-20T08:30")  # N7: nobody before the issue date


def test_the_cleanup_lists_then_notifies_then_withdraws() -> None:  # N8
    steps = agenda(january_2020(), SENT, DECIDING)
    acts = [step.act for step in steps if step.act in (Act.CLEANUP, Act.NOTIFY, Act.WITHDRAW)]
    assert acts == [Act.CLEANUP, Act.NOTIFY, Act.CLEANUP, Act.CLEANUP, Act.WITHDRAW]
    first, *others = [step.at for step in steps if step.act is Act.CLEANUP]
    assert first == at("2020-04-30T09:00")
    assert all(one.date() > date(2020, 5, 15) for one in others)


def test_files_of_the_vacation_are_taken_in_by_the_batch_before_and_wait(  # N4
) -> None:
    assert batch_of(january_2020(), date(2020, 2, 3)) == 1
    assert date(2020, 2, 3) not in audit_days(january_2020(), DECIDING)


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
