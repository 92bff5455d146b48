"""Lots over several machines: a share each, in a run of its own; that of a machine that dies runs again."""

import json
from typing import Any, cast

from prefect import Task, get_client
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId
from prefect.client.schemas.objects import FlowRun
from prefect.context import FlowRunContext
from prefect.deployments import run_deployment
from prefect.states import Crashed

from flows.each import ATTEMPTS, Outcomes
from models.settings import settings
from tasks.lease import Phase
from tasks.run_end import end_of

SHARE = "lots/share"  # the deployment of a share's run, in a pool of its own
_GONE = "进程已不在，由所属阶段发现 / its process is gone: found by the phase that waits for it"


def over_machines(said: str, work: Task[..., Any], wanted: list[Any], **same: Any) -> Outcomes:
    """Run a step for each, a share on each machine; the shares that a machine left are begun again."""
    outcomes, shares = Outcomes(said), min(settings().machines, len(wanted))
    left = {share: wanted[share::shares] for share in range(shares)}
    with get_client(sync_client=True) as client:
        for _ in range(ATTEMPTS):
            runs = {share: _start(said, work, share, own, same) for share, own in left.items()}
            left = {one: left[one] for one, run in runs.items() if not _take(client, one, run, outcomes)}
            if not left:
                return outcomes
    gone = f"{ATTEMPTS} 次均未完成 / not completed in {ATTEMPTS} attempts"
    outcomes.failed |= {one: gone for own in left.values() for one in own}
    return outcomes


def lease_of(phase: str, season: str, batch: int | None, share: int) -> Phase:
    """Return what a share's run holds while it works: two never work on the same one."""
    return Phase(f"{phase}#{share}", season, batch)


def _start(said: str, work: Task[..., Any], share: int, own: list[Any], same: dict[str, Any]) -> FlowRun:
    given = _this_run() | {"said": said, "step": f"{work.fn.__module__}.{work.fn.__name__}"}
    given |= {"share": share, "of": own, "as_of": same["as_of"].isoformat()}
    return cast(FlowRun, run_deployment(SHARE, parameters=given, timeout=0))


def _this_run() -> dict[str, Any]:
    """Return phase, season and batch of the run that spreads its lots."""
    context = FlowRunContext.get()
    if context is None or context.flow is None:
        raise LookupError("lots are spread over machines by a phase's run alone")
    known = context.parameters or {}
    return {"phase": context.flow.name, "season": known.get("season", ""), "batch": known.get("batch")}


def _take(client: SyncPrefectClient, share: int, run: FlowRun, outcomes: Outcomes) -> bool:
    """Wait for a share's run and note what became of each; False when it died, or left no word of them."""
    known = run.parameters
    state = end_of(client, run.id, lease_of(known["phase"], known["season"], known["batch"], share))
    if state is None:
        client.set_flow_run_state(run.id, Crashed(message=_GONE), force=True)
        return False
    mine = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run.id]))
    found = [one for one in client.read_artifacts(artifact_filter=mine) if one.type == "table"]
    for row in json.loads(str(found[0].data)) if found else ():
        one = as_given(row["one"])
        (outcomes.failed if "failed" in row else outcomes.done)[one] = row.get("failed", row.get("done"))
    return bool(found)


def as_given(one: Any) -> Any:
    """Return what a step is for as it was before JSON took its tuples for lists."""
    return tuple(one) if isinstance(one, list) else one
