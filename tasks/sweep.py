"""Starting what the sweep found, unless Prefect is about to run it or somebody is running it already."""

from datetime import datetime, timedelta

from prefect import get_client, task
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.sorting import FlowRunSort
from prefect.deployments import run_deployment
from prefect.exceptions import ObjectNotFound

from rules.clock import now_in_shanghai
from tasks.lease import Phase, is_running

_UNFINISHED = [StateType.SCHEDULED, StateType.PENDING, StateType.RUNNING]
# A run that stays longer in a state before it holds its lease died there: Prefect may show it so for ever.
_PENDING = timedelta(minutes=2)
_RUNNING = timedelta(seconds=10)
_PAGE = 200


@task(
    task_run_name="start {phase.name}",
    retries=3,
    retry_delay_seconds=[1, 2, 4],
    retry_jitter_factor=0.5,
    cache_policy=NO_CACHE,
    persist_result=False,
)
def start_missed(phase: Phase, as_of: datetime) -> str:
    """Start one run of a missed phase and return what was done: started, running, waiting or not-deployed."""
    if is_running(phase):
        return "running"
    with get_client(sync_client=True) as client:
        try:
            deployment = client.read_deployment_by_name(phase.deployment)
        except ObjectNotFound:
            return "not-deployed"
        if any(map(is_coming, _unfinished_runs(client, deployment))):
            return "waiting"
    given = phase.parameters | {"as_of": as_of.isoformat()}
    run_deployment(deployment.id, parameters=given, timeout=0, as_subflow=False, tags=["sweep"])
    return "started"


def _unfinished_runs(client: SyncPrefectClient, deployment: DeploymentResponse) -> list[FlowRun]:
    return client.read_flow_runs(
        deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[deployment.id])),
        flow_run_filter=FlowRunFilter(
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=_UNFINISHED))
        ),
        sort=FlowRunSort.EXPECTED_START_TIME_ASC,
        limit=_PAGE,
    )


def is_coming(run: FlowRun) -> bool:
    """Say whether a run will do the work: it is due and waits for a worker, or is just starting."""
    now = now_in_shanghai()
    if run.state is None or run.state.is_scheduled():
        return run.expected_start_time is None or run.expected_start_time <= now
    return now - run.state.timestamp < (_RUNNING if run.state.is_running() else _PENDING)
