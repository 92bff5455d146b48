"""One lot that fails neither stops the others nor hides: the run fails and names it, in words."""

from typing import Any

import httpx
import pytest

from deployments.season import deploy_series
from flows.each import Outcomes, failure
from rules.clock import now_in_shanghai
from tests.flows.small_phases import MODULES, marked
from tests.flows.soon import known_season, series, soon, wait_for
from tests.flows.test_engine_smoke import runs_of


def test_nothing_failed_is_no_failure() -> None:
    assert failure(Outcomes("批 lot", done={1: 5}), Outcomes("批 lot")) is None


def asked(engine: Any, what: str, wanted: dict[str, Any]) -> list[dict[str, Any]]:
    """What the server has of a kind."""
    return list(httpx.post(f"{engine.url}/{what}/filter", json=wanted).json())


@pytest.mark.prefect
def test_the_other_lots_finish_and_the_run_fails_with_the_lot_and_the_reason(prefect_server: Any) -> None:
    season = "2093-01"
    known_season(season)
    deploy_series(season, [series("certify", soon(3), clause="R2")], now_in_shanghai(), MODULES)
    wait_for(lambda: [run.state_name for run in runs_of(prefect_server, season)] == ["Failed"])
    assert sorted(marked(season)) == [f"lot {lot}" for lot in range(2, 7)]
    (run,) = runs_of(prefect_server, season)
    assert run.state is not None
    message = str(run.state.message)
    assert message.startswith("1 项未完成 / 1 not done\n批 lot 1: season-unknown · 没有部署过毕业季 of lot 1")
    own = {"flow_runs": {"id": {"any_": [str(run.id)]}}}
    lots = {one["name"]: one["state_name"] for one in asked(prefect_server, "task_runs", own)}
    assert lots == {"print lot 1": "Failed"} | {f"print lot {lot}": "Completed" for lot in range(2, 7)}
    logged = {"logs": {"flow_run_id": {"any_": [str(run.id)]}}}
    wait_for(lambda: "Finished in state Failed" in str(asked(prefect_server, "logs", logged)))
    assert "Traceback" not in str(asked(prefect_server, "logs", logged))
