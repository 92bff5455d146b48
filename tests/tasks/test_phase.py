"""The plan in the database: what is due, done, missed and whose turn it is; parameters judged first."""

import threading
from datetime import timedelta

import pytest

from rules.clock import now_in_shanghai
from rules.refusals import Refused
from rules.timeline import PlannedPhase
from tasks.lease import Phase, leased
from tasks.phase import check_phase, missed_phases, phase_done, wait_for_turn
from tasks.plan import change_plan
from tests.flows.soon import known_season

pytestmark = pytest.mark.usefixtures("biye_home")
NOW = now_in_shanghai()
SEASON = "2020-01"


def planned(*flows: str, ago: float, batch: int | None = 1) -> list[PlannedPhase]:
    """Phases that fell due some seconds ago."""
    return [PlannedPhase(flow, batch, NOW - timedelta(seconds=ago), "T1") for flow in flows]


def test_missed_phases_come_in_the_order_of_their_work_and_each_once() -> None:
    days = [one for ago in (90_000, 3_600) for one in planned("audit", "open", "intake", ago=ago)]
    change_plan(SEASON, [*days, *planned("watch", ago=60, batch=None)], NOW - timedelta(days=9))
    missed = missed_phases(NOW)
    assert [one.flow for one in missed] == ["open", "intake", "audit", "watch"]
    phase_done(Phase("intake", SEASON, 1), until=NOW, at=NOW)
    assert [one.flow for one in missed_phases(NOW, SEASON)] == ["open", "audit", "watch"]
    assert missed_phases(NOW, "2020-07") == []


def test_a_run_does_the_work_of_every_day_missed_before_it_but_not_of_later_ones() -> None:
    change_plan(SEASON, planned("audit", ago=90_000) + planned("audit", ago=60), NOW - timedelta(days=9))
    phase_done(Phase("audit", SEASON, 1), until=NOW - timedelta(days=1), at=NOW)
    assert [one.flow for one in missed_phases(NOW)] == ["audit"]
    phase_done(Phase("audit", SEASON, 1), until=NOW, at=NOW)
    assert missed_phases(NOW) == []


def test_the_sweep_does_not_sweep_itself() -> None:
    change_plan(SEASON, planned("sweep", ago=60, batch=None), NOW - timedelta(days=9))
    assert missed_phases(NOW) == []


def test_a_phase_does_not_wait_for_a_dead_one_that_has_long_been_due() -> None:
    change_plan(SEASON, planned("intake", ago=60), NOW - timedelta(days=9))
    before = now_in_shanghai()
    wait_for_turn(Phase("audit", SEASON, 1))
    assert now_in_shanghai() - before < timedelta(seconds=2)


def test_a_phase_waits_for_an_earlier_one_that_runs() -> None:
    change_plan(SEASON, planned("intake", ago=60), NOW - timedelta(days=9))
    before = now_in_shanghai()
    with leased(Phase("intake", SEASON, 1)):
        waiting = _in_a_thread(Phase("audit", SEASON, 1))
        waiting.join(1.5)
        assert waiting.is_alive()
    waiting.join(5)
    assert not waiting.is_alive()
    assert now_in_shanghai() - before > timedelta(seconds=1.4)


def _in_a_thread(phase: Phase) -> threading.Thread:

    thread = threading.Thread(target=wait_for_turn, args=(phase,), daemon=True)
    thread.start()
    return thread


def test_n4_a_run_of_the_cancelled_batch_is_refused_with_the_reason() -> None:
    known_season(SEASON)
    with pytest.raises(Refused) as refusal:
        check_phase(Phase("audit", SEASON, 0))
    assert (refusal.value.code, refusal.value.where["known"]) == ("phase-cancelled", "1, 2")
    assert "总部寒假与春节时间临近" in str(refusal.value)


def test_an_unknown_season_or_batch_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(Refused, match="phase-season"):
        check_phase(Phase("audit", SEASON, 1))
    known_season(SEASON)
    check_phase(Phase("audit", SEASON, 2))
    with pytest.raises(Refused) as refusal:
        check_phase(Phase("audit", SEASON, 3))
    assert (refusal.value.code, refusal.value.where["known"]) == ("phase-batch", "1, 2")
    with pytest.raises(Refused) as refusal:
        check_phase(Phase("audit", "2020-02", 1))
    assert refusal.value.where["known"] == SEASON
