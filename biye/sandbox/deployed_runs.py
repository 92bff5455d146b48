"""Deployed runs, one after the other: started, waited for, started again when their process died."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import FlowRun, State
from prefect.deployments import run_deployment

from tasks.lease import Phase
from tasks.run_end import end_of

ATTEMPTS = 4


class RunFailed(Exception):
    """A deployed run did not complete."""


class DeployedRuns:
    """Counts and tells of the runs it started. tell: hears one line a run."""

    def __init__(self, client: SyncPrefectClient, tell: Callable[[str], None]) -> None:
        """client: of the server that has the deployments."""
        self.started = 0
        self._client = client
        self._tell = tell
        self._begun = time.monotonic()

    def run(self, phase: Phase, as_of: datetime, deployment: str = "", **parameters: Any) -> None:
        """Run a phase's deployment to its end; one that crashed is run again. Raises RunFailed.

        deployment: another than the season's own, with the parameters that it asks for.
        """
        name, given = deployment or phase.deployment, {"as_of": as_of.isoformat(), **parameters}
        for _ in range(ATTEMPTS):
            begun = time.monotonic()
            state = self._once(phase, name, given)
            became = state.name if state else "Crashed"
            self._say(f"{as_of:%Y-%m-%d %H:%M} {name} {became} ({time.monotonic() - begun:.0f} s)")
            if state and state.is_completed() and state.name != "AlreadyRunning":
                return
            if state and state.is_failed():
                raise RunFailed(f"{name}: {state.message}")
        raise RunFailed(f"{name}: {ATTEMPTS} 次均未完成 / not completed in {ATTEMPTS} attempts")

    def _once(self, phase: Phase, name: str, given: dict[str, Any]) -> State | None:
        """Start one run; return its final state, None if it died without one."""
        started = run_deployment(name, parameters=given, timeout=0, as_subflow=False)
        self.started += 1
        return end_of(self._client, cast(FlowRun, started).id, phase)  # awaitable only where a loop runs

    def _say(self, line: str) -> None:
        self._tell(f"[{self.started:2}] {time.monotonic() - self._begun:4.0f} s  {line}")
