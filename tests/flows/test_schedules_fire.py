"""Schedules fire by themselves, in order and once, whatever is killed; the sweep finds the rest."""

import os
import signal
from datetime import timedelta
from typing import Any

import pytest
from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_API_URL, temporary_settings
from sqlalchemy import select

from deployments.season import deploy_series
from flows.sweep import sweep
from models.database import reading
from models.phase import LEASE, PLAN
from rules.clock import now_in_shanghai
from tests.flows.small_phases import MODULES, marked
from tests.flows.soon import known_season, series, soon, wait_for
from tests.flows.test_engine_smoke import runs_of

pytestmark = pytest.mark.prefect


def states(season: str) -> dict[str, str]:
    """Flow → state of the plan."""
    with reading() as db:
        rows = db.execute(
            select(PLAN.c.flow, PLAN.c.state).where(PLAN.c.season == season, PLAN.c.state != "removed")
        )
        return {row.flow: row.state for row in rows}


def swept(engine: Any, season: str) -> None:
    """Sweep a season from here."""
    with temporary_settings({PREFECT_API_URL: engine.url}):
        sweep(season)


def process_of(flow: str, season: str) -> int:
    """The process that holds the lease of a phase."""
    with reading() as db:
        owner = db.scalar(select(LEASE.c.owner).where(LEASE.c.flow == flow, LEASE.c.season == season))
    return int(str(owner).split("/")[1])


def test_phases_fire_in_order_across_kills_and_the_sweep_runs_the_lost_one_once(
    prefect_server: Any, prefect_home: Any
) -> None:
    season, first = "2091-01", soon(8)
    known_season(season)
    hangs = prefect_home / f"dawdle-{season}-audit"
    hangs.touch()
    plan = [series(flow, first) for flow in ("open", "intake", "audit")]
    deploy_series(season, [*plan, series("register", soon(3600))], now_in_shanghai(), MODULES)
    wait_for(lambda: "audit starts" in marked(season))
    # One instant, one order: each phase waited for those before it.
    order = ["open starts", "open ends", "intake starts", "intake ends", "audit starts"]
    assert marked(season) == order
    worker = prefect_server.worker.process.pid
    os.kill(worker, signal.SIGKILL)
    os.kill(process_of("audit", season), signal.SIGKILL)
    hangs.unlink()
    # What was planned for later is moved to now, and fires on the worker that the supervisor started anew.
    moved = deploy_series(season, [*plan, series("register", soon(6))], now_in_shanghai(), MODULES)
    assert moved.changed == [f"register/{season}-b1"]
    wait_for(lambda: marked(season) == [*order, "register starts", "register ends"])
    assert prefect_server.worker.process.pid != worker
    wait_for(lambda: states(season)["register"] == "done")
    assert states(season) == {"open": "done", "intake": "done", "audit": "planned", "register": "done"}
    swept(prefect_server, season)
    swept(prefect_server, season)  # the run just started is on its way: nothing to start
    wait_for(lambda: states(season)["audit"] == "done")
    swept(prefect_server, season)
    assert marked(season)[-2:] == ["audit starts", "audit ends"]
    audits = [run for run in runs_of(prefect_server, season) if run.name.startswith("audit")]
    assert sorted("sweep" in run.tags for run in audits) == [False, True]
    # Nobody was left to tell Prefect of the killed one: the sweep did.
    assert {run.state_name for run in audits} == {"Crashed", "Completed"}


def test_a_phase_missed_while_everything_was_down_runs_once(prefect_server: Any) -> None:
    season, due = "2092-01", soon(8)
    known_season(season)
    plan = [series("open", due), series("close", due, batch=2)]
    deploy_series(season, plan, now_in_shanghai(), MODULES)
    wait_for(lambda: len(runs_of(prefect_server, season)) == 2)
    _forget_run(prefect_server, season, "b2")  # one that Prefect does not know of after the outage
    prefect_server.stop()
    wait_for(lambda: now_in_shanghai() > due + timedelta(seconds=1))
    prefect_server.start()
    swept(prefect_server, season)
    swept(prefect_server, season)
    wait_for(lambda: set(states(season).values()) == {"done"})
    assert sorted(marked(season)) == ["close ends", "close starts", "open ends", "open starts"]
    # With the sweeps' own; one that was just starting when everything went down may have died of it.
    ended = [run for run in runs_of(prefect_server, season) if run.state_name == "Completed"]
    assert len(ended) == 2 + 2


def _forget_run(engine: Any, season: str, batch: str) -> None:
    (run,) = [run for run in runs_of(engine, season) if batch in run.tags]
    with temporary_settings({PREFECT_API_URL: engine.url}), get_client(sync_client=True) as client:
        client.delete_flow_run(run.id)
