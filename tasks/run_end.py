"""Waiting for a deployed run whose process or machine may die before it says how it ended."""

import time
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import State

from tasks.lease import Phase, is_running
from tasks.sweep import is_coming

_ROUND = 0.25  # seconds
_SILENCE = 6.0  # seconds without a living owner of the lease: what Prefect shows as running is dead


def end_of(client: SyncPrefectClient, run_id: UUID, phase: Phase) -> State | None:
    """Return a run's final state; None when it died without one. phase: the lease that it holds at work."""
    alive = time.monotonic()
    while True:
        run = client.read_flow_run(run_id)
        if run.state and run.state.is_final():
            return run.state
        if is_running(phase) or is_coming(run):
            alive = time.monotonic()
        elif time.monotonic() - alive > _SILENCE:
            return None
        time.sleep(_ROUND)
