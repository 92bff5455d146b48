"""Runs that Prefect still shows as running although their process is gone: with their worker, or its machine.

They block nothing, for the lease in our database decides who is at work; but people look at Prefect's page.
The engine's own way, an automation on missing heartbeats, writes to the server's database at every event of
every run, which an embedded one does not take well.
"""

from prefect import get_client, task
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterState, FlowRunFilterStateType
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.states import Crashed

from rules.timeline import PHASES
from tasks.lease import Phase, is_running
from tasks.sweep import is_coming

_PAGE = 200
_GONE = "进程已不在，补漏时发现 / its process is gone: found by the sweep"


@task(task_run_name="mark dead runs", cache_policy=NO_CACHE, persist_result=False)
def mark_dead_runs() -> list[str]:
    """Mark the runs of phases that nobody is at work on as crashed; return their names."""
    with get_client(sync_client=True) as client:
        dead = [run for run in _unfinished(client) if _is_dead(client, run)]
        for run in dead:
            client.set_flow_run_state(run.id, Crashed(message=_GONE), force=True)
    return [run.name for run in dead]


def _unfinished(client: SyncPrefectClient) -> list[FlowRun]:
    kinds = FlowRunFilterStateType(any_=[StateType.RUNNING, StateType.PENDING])
    wanted = FlowRunFilter(state=FlowRunFilterState(type=kinds))
    return client.read_flow_runs(flow_run_filter=wanted, limit=_PAGE)


def _is_dead(client: SyncPrefectClient, run: FlowRun) -> bool:
    flow = client.read_flow(run.flow_id).name
    if flow not in (*PHASES, "urgent") or is_coming(run):
        return False
    return not is_running(Phase(flow, run.parameters.get("season", ""), run.parameters.get("batch")))
