"""What every phase has in common: parameters judged, one run at a time, name and tags, the plan kept."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from prefect import State
from prefect.deployments import run_deployment
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import Failed

from deployments.season import deploy_series
from flows.phase import phase
from rules.clock import SHANGHAI, now_in_shanghai
from rules.refusals import Refused
from rules.timeline import PlannedPhase
from tasks.lease import Phase, leased
from tasks.phase import missed_phases
from tasks.plan import change_plan
from tests.flows.small_phases import MODULES, audit, marked
from tests.flows.soon import known_season, series, soon, wait_for
from tests.flows.test_engine_smoke import runs_of

SEASON = "2020-01"
seen: list[datetime] = []


@phase("audit", clause="G0")
def audit_once(season: str, batch: int, as_of: datetime) -> object:
    """Note the instant; season 2020-07 fails in its two ways."""
    seen.append(as_of)
    if batch == 2:
        raise Refused("phase-batch", season=season, batch=batch, known="–")
    return Failed(message="lot 3") if as_of.year == 2018 else None


@pytest.fixture
def known(biye_home: Any) -> None:
    """The shipped season in an installation of its own, with one audit missed."""
    seen.clear()
    known_season(SEASON)
    due = now_in_shanghai() - timedelta(hours=2)
    change_plan(SEASON, [PlannedPhase("audit", 1, due, "T1")], due - timedelta(days=1))


@pytest.mark.usefixtures("known")
def test_a_run_without_as_of_is_as_of_now_and_marks_its_plan_as_done() -> None:
    assert audit_once.fn(SEASON, 1) is None
    assert abs(seen[0] - now_in_shanghai()) < timedelta(seconds=10)
    assert seen[0].tzinfo == SHANGHAI
    assert missed_phases(now_in_shanghai()) == []


@pytest.mark.usefixtures("known")
def test_a_form_s_time_without_zone_is_shanghai_s() -> None:
    audit_once.fn(season=SEASON, batch=1, as_of=datetime(2019, 12, 3))  # noqa: DTZ001  (what is tested)
    assert seen == [datetime(2019, 12, 3, tzinfo=SHANGHAI)]
    assert missed_phases(now_in_shanghai())  # a replay of 2019 does not do today's work


@pytest.mark.usefixtures("known")
def test_a_failed_body_leaves_its_phase_to_the_sweep() -> None:
    outcome = audit_once.fn(SEASON, 1, datetime(2018, 1, 1, tzinfo=SHANGHAI))
    assert isinstance(outcome, State)
    assert outcome.is_failed()
    assert [one.name for one in missed_phases(now_in_shanghai())] == ["audit-2020-01-b1"]


@pytest.mark.usefixtures("known")
def test_a_second_run_ends_at_once_as_already_running() -> None:
    with leased(Phase("audit", SEASON, 1)):
        outcome = audit_once.fn(SEASON, 1)
    assert (outcome.name, outcome.is_completed()) == ("AlreadyRunning", True)
    assert seen == []
    assert missed_phases(now_in_shanghai())


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(
    ("season", "batch", "said"),
    [("2020-02", 1, "2020-01"), ("", 1, "2020-01"), (SEASON, 0, "1, 2"), (SEASON, 3, "1, 2")],
)
def test_an_unknown_season_or_batch_fails_with_a_sentence_that_names_the_known(
    season: str, batch: int, said: str
) -> None:
    outcome = audit_once.fn(season, batch)
    assert outcome.is_failed()
    assert said in outcome.message
    assert "Traceback" not in outcome.message
    assert seen == []


@pytest.mark.usefixtures("known")
def test_a_refusal_in_the_body_fails_the_run_with_its_text() -> None:
    outcome = audit_once.fn(SEASON, 2)
    assert outcome.is_failed()
    assert "phase-batch" in outcome.message


@pytest.mark.prefect
def test_an_operator_s_run_is_named_tagged_and_served_from_the_urgent_queue(prefect_server: Any) -> None:
    season = "2097-01"
    known_season(season)
    deploy_series(season, [series("audit", soon(86_400))], now_in_shanghai(), MODULES)
    with temporary_settings({PREFECT_API_URL: prefect_server.url}):
        given = {"season": season, "batch": 2, "as_of": "2019-12-03T09:00:00+08:00"}
        run = run_deployment(
            f"audit/{season}-b1", parameters=given, timeout=0, work_queue_name="urgent", as_subflow=False
        )
    wait_for(lambda: marked(season) == ["audit starts", "audit ends"])
    (found,) = [one for one in runs_of(prefect_server, season) if one.id == run.id]
    assert found.name == f"audit-{season}-b2 2019-12-03"
    assert {season, "b2", "audit", "T1"} <= set(found.tags)
    assert audit.name == "audit"
