"""The locked versions work together: two combinations of them fail without a word (server, scheduler)."""

from typing import Any

import httpx
import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterTags
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.sorting import FlowRunSort
from prefect.settings import PREFECT_API_URL, temporary_settings

from deployments.season import deploy_series
from rules.clock import now_in_shanghai
from tests.flows.small_phases import MODULES, marked
from tests.flows.soon import known_season, series, soon, wait_for

pytestmark = pytest.mark.prefect


def runs_of(engine: Any, season: str) -> list[FlowRun]:
    """The runs of a season as the server has them."""
    tagged = FlowRunFilter(tags=FlowRunFilterTags(all_=[season]))
    with temporary_settings({PREFECT_API_URL: engine.url}), get_client(sync_client=True) as client:
        return client.read_flow_runs(flow_run_filter=tagged, sort=FlowRunSort.START_TIME_ASC, limit=200)


def test_the_server_is_healthy_and_listens_on_this_machine_only(prefect_server: Any) -> None:
    assert httpx.get(f"{prefect_server.url}/health").json() is True
    assert prefect_server.url.startswith("http://127.0.0.1:")


def test_a_dated_schedule_yields_a_run_that_a_worker_executes(prefect_server: Any) -> None:
    known_season("2090-01")
    deploy_series("2090-01", [series("open", soon(4))], now_in_shanghai(), MODULES)
    wait_for(lambda: marked("2090-01") == ["open starts", "open ends"])
    wait_for(lambda: [run.state_name for run in runs_of(prefect_server, "2090-01")] == ["Completed"])
    (run,) = runs_of(prefect_server, "2090-01")
    assert run.name.startswith("open-2090-01-b1 ")
    assert {"2090-01", "b1", "open", "T1"} <= set(run.tags)
