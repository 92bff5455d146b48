"""A season's policy becomes deployments and a plan: again the same, moved, removed, past (G1, T1, N4)."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterName
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.sorting import DeploymentSort
from prefect.server.schemas.schedules import RRuleSchedule
from prefect.settings import PREFECT_API_URL, temporary_settings
from sqlalchemy import select

from deployments.season import deploy, deploy_series, redeploy
from models.database import reading
from models.phase import PLAN
from rules.clock import SHANGHAI, now_in_shanghai
from rules.refusals import Refused
from rules.timeline import planned_series, rrule
from tasks.amendment import amend
from tasks.phase import missed_phases
from tests.flows.small_phases import MODULES, marked
from tests.flows.soon import known_season, series, soon, wait_for
from tests.flows.test_engine_smoke import runs_of
from tests.rules.policy_packs import SHIPPED, january_2020, text_with

BEFORE = datetime(2019, 11, 1, tzinfo=SHANGHAI)


def deployed(engine: Any, season: str) -> list[DeploymentResponse]:
    """The deployments of a season as the server has them."""
    named = DeploymentFilter(name=DeploymentFilterName(like_=season))
    with temporary_settings({PREFECT_API_URL: engine.url}), get_client(sync_client=True) as client:
        return client.read_deployments(deployment_filter=named, sort=DeploymentSort.NAME_ASC, limit=200)


def lasting(engine: Any, season: str) -> list[dict[str, Any]]:
    """The same without what a worker's polling changes."""
    polled = {"last_polled", "status", "updated", "work_queue_id"}
    return [one.model_dump(exclude=polled) for one in deployed(engine, season)]


def entrypoints(engine: Any, season: str) -> set[str]:
    """Function → deployment name."""
    return {f"{one.entrypoint.rpartition('.')[2]}/{one.name}" for one in deployed(engine, season)}


def plan(season: str) -> list[tuple[str, int | None, datetime, str]]:
    """The rows of a season's plan."""
    columns = (PLAN.c.flow, PLAN.c.batch, PLAN.c.due_at, PLAN.c.state)
    with reading() as db:
        rows = db.execute(select(*columns).where(PLAN.c.season == season).order_by(PLAN.c.id))
        return [(row.flow, row.batch, row.due_at, row.state) for row in rows]


def test_prefect_reads_the_recurrence_rules_as_the_days_of_the_plan() -> None:
    start = datetime(2019, 1, 1, tzinfo=UTC)
    for one in planned_series(january_2020()):
        schedule = RRuleSchedule(rrule=rrule(one), timezone="Asia/Shanghai")
        dates = asyncio.run(schedule.get_dates(1000, start, datetime(2022, 1, 1, tzinfo=UTC)))
        found = [moment.astimezone(SHANGHAI) for moment in dates]
        assert found == [datetime.combine(day, one.at, SHANGHAI) for day in one.days], one.flow


@pytest.mark.prefect
def test_deploying_a_pack_twice_changes_nothing(prefect_server: Any) -> None:
    text = SHIPPED.read_text()
    first = deploy(text, SHIPPED.name, BEFORE)
    there, before, rows = (
        deployed(prefect_server, "2020-01"),
        lasting(prefect_server, "2020-01"),
        plan("2020-01"),
    )
    again = deploy(text, SHIPPED.name, BEFORE + timedelta(days=60))
    assert lasting(prefect_server, "2020-01") == before  # the ids of deployments and schedules among it
    assert plan("2020-01") == rows
    assert (again.created, again.changed, again.removed) == ([], [], [])
    assert sorted(again.unchanged) == sorted(first.created)
    # N4: of the cancelled vacation batch one deployment is there to be seen: why, paused, no schedule.
    (vacation,) = [one for one in there if one.name == "2020-01-b0"]
    assert (vacation.paused, vacation.schedules, "寒假批已取消" in str(vacation.description)) == (
        True,
        [],
        True,
    )
    assert first.cancelled == {"2020-01-b0": "总部寒假与春节时间临近，本次取消寒假期间的毕业审核批次"}
    there.remove(vacation)
    assert {one.name for one in there} == {"2020-01", "2020-01-b1", "2020-01-b2"}
    assert all(one.work_pool_name == "biye" and one.work_queue_name == "default" for one in there)
    assert all(one.schedules and one.schedules[0].schedule.timezone == "Asia/Shanghai" for one in there)


@pytest.mark.prefect
def test_an_amended_closing_moves_what_hangs_on_it(prefect_server: Any) -> None:
    deploy(text_with(season="2020-07", version=1), "first.yaml", BEFORE)
    amended = {"batches__2__audit__closes": date(2020, 4, 24), "season": "2020-07", "version": 2}
    amend(text_with(**amended), "second.yaml", BEFORE + timedelta(days=30), "王修订", "延期")
    summary = redeploy("2020-07", BEFORE)
    assert "audit/2020-07-b2" in summary.changed
    assert "audit/2020-07-b1" in summary.unchanged
    last = max(due for flow, batch, due, state in plan("2020-07") if (flow, batch) == ("audit", 2))
    assert last.date() == date(2020, 4, 26)  # the workday after the closing, a Sunday made up


@pytest.mark.prefect
def test_a_moved_date_moves_its_run_and_a_removed_phase_leaves_nothing(prefect_server: Any) -> None:
    season, later = "2088-01", soon(3 * 86_400).replace(microsecond=0)
    moved = later + timedelta(days=1)
    known_season(season)
    deploy_series(season, [series("open", later), series("audit", later)], now_in_shanghai(), MODULES)
    wait_for(lambda: len(runs_of(prefect_server, season)) == 2)
    summary = deploy_series(season, [series("open", moved)], now_in_shanghai(), MODULES)
    assert (summary.changed, summary.removed) == ([f"open/{season}-b1"], [f"audit/{season}-b1"])
    assert entrypoints(prefect_server, season) == {f"open_batch/{season}-b1"}
    wait_for(lambda: len(runs_of(prefect_server, season)) == 1)
    (run,) = runs_of(prefect_server, season)
    assert run.expected_start_time is not None
    assert run.expected_start_time.date() == moved.astimezone(UTC).date()
    assert sorted(state for *_, state in plan(season)) == ["planned", "removed", "removed"]


@pytest.mark.prefect
def test_what_was_past_when_deployed_is_run_neither_by_schedule_nor_by_sweep(prefect_server: Any) -> None:
    season = "2094-01"
    known_season(season)
    past = soon(-3600)
    deploy_series(season, [series("open", past)], now_in_shanghai(), MODULES)
    deploy_series(season, [series("open", past)], past - timedelta(days=1), MODULES)
    assert [state for *_, state in plan(season)] == ["skipped"]
    assert missed_phases(now_in_shanghai(), season) == []
    assert runs_of(prefect_server, season) == []
    assert marked(season) == []


@pytest.mark.prefect
def test_a_schedule_that_an_operator_paused_stays_paused_when_its_date_moves(prefect_server: Any) -> None:
    season, later = "2095-01", soon(3 * 86_400)
    known_season(season)
    deploy_series(season, [series("open", later)], now_in_shanghai(), MODULES)
    (there,) = deployed(prefect_server, season)
    with temporary_settings({PREFECT_API_URL: prefect_server.url}), get_client(sync_client=True) as client:
        client.update_deployment_schedule(there.id, there.schedules[0].id, active=False)
    same = deploy_series(season, [series("open", later)], now_in_shanghai(), MODULES)
    assert same.unchanged == [f"open/{season}-b1"]
    deploy_series(season, [series("open", later + timedelta(days=1))], now_in_shanghai(), MODULES)
    (moved,) = deployed(prefect_server, season)
    assert [one.active for one in moved.schedules] == [False]


@pytest.mark.prefect
def test_a_bad_pack_deploys_nothing(prefect_server: Any) -> None:
    with pytest.raises(Refused, match="pack-invalid"):
        deploy(text_with(season="2096-01", version="one"), "bad.yaml", BEFORE)
    assert deployed(prefect_server, "2096-01") == []
    assert plan("2096-01") == []
