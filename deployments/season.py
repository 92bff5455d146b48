"""From a season's policy to deployments with dated schedules, and to the plan in the database (G1).

Deploying twice changes nothing. What was past when deployed is not run, not by the sweep either; what moved
is moved; what is gone is removed. Names: FLOW/SEASON-bN, and FLOW/SEASON for the season's own flows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterName
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.sorting import DeploymentSort

from deployments.address import connected
from deployments.catalogue import CANCELLED, MODULES, Wanted, flow_of
from deployments.pool import make_pool
from rules.season import parse_pack
from rules.season_batches import Batch
from rules.timeline import PlannedSeries, in_turn, phases_of, planned_series, rrule
from tasks.plan import PlanChange, change_plan
from tasks.policy import adopt_pack, deployable, season_pack

_PAGE = 100


@dataclass
class Summary:
    """What deploying a season changed; names of deployments, and counts of planned runs.

    cancelled: batch → why; its deployment is paused, has no schedule, and its runs are refused (N4).
    """

    season: str
    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    cancelled: dict[str, str] = field(default_factory=dict)
    plan: PlanChange = field(default_factory=PlanChange)


def deploy(text: str, file: str, now: datetime) -> Summary:
    """Deploy a season's policy pack to this installation's Prefect server.

    Raises Refused for a bad pack, a missing calendar, a server that does not answer, and a season that has
    another policy in force: that takes an amendment.
    """
    series = planned_series(deployable(parse_pack(text, file), file))
    with connected():  # first: what cannot be planned or deployed is not adopted either
        pack = adopt_pack(text, file, now)
        return deploy_series(pack.season, series, now, cancelled=pack.cancelled_batches)


def redeploy(season: str, now: datetime) -> Summary:
    """Deploy the policy in force of a season, as after an amendment. Refused server-unreachable."""
    pack = season_pack(season)
    series = planned_series(pack)
    with connected():
        return deploy_series(season, series, now, cancelled=pack.cancelled_batches)


def deploy_series(
    season: str,
    series: Iterable[PlannedSeries],
    now: datetime,
    modules: Mapping[str, str] = MODULES,
    cancelled: Iterable[Batch] = (),
) -> Summary:
    """Make deployments and plan of a season equal to these series; modules: where the flows are.

    cancelled: batches that stay visible and never run (N4).
    """
    staggered, gone = [in_turn(one) for one in series], list(cancelled)
    wanted = _wanted(season, staggered, modules)
    wanted |= {one.full_name: one for one in (_cancelled(season, batch, modules) for batch in gone)}
    summary = Summary(season, plan=change_plan(season, phases_of(staggered), now))
    summary.cancelled = {f"{season}-b{batch.number}": batch.reason for batch in gone}
    with connected(), get_client(sync_client=True) as client:
        make_pool(client)
        there = _deployed(client, season)
        for name, one in wanted.items():
            _apply(client, one, there.get(name), summary)
        for name in sorted(there.keys() - wanted.keys()):
            client.delete_deployment(there[name].id)
            summary.removed.append(name)
    return summary


def _apply(
    client: SyncPrefectClient, wanted: Wanted, there: DeploymentResponse | None, summary: Summary
) -> None:
    if there and wanted.is_as(there):
        summary.unchanged.append(wanted.full_name)
        return
    wanted.apply(client, there)
    (summary.changed if there else summary.created).append(wanted.full_name)


def _wanted(season: str, series: Iterable[PlannedSeries], modules: Mapping[str, str]) -> dict[str, Wanted]:
    wanted: dict[str, Wanted] = {}
    for one in series:
        new = _without_schedule(season, one, modules)
        kept = wanted.setdefault(new.full_name, new)
        kept.schedules[one.clause.lower()] = rrule(one)
    return wanted


def _without_schedule(season: str, series: PlannedSeries, modules: Mapping[str, str]) -> Wanted:
    flow = flow_of(series.flow, modules)
    if series.batch is None:
        return Wanted(flow, season, {"season": season}, (season, series.flow))
    parameters = {"season": season, "batch": series.batch}
    return Wanted(flow, f"{season}-b{series.batch}", parameters, (season, f"b{series.batch}", series.flow))


def _cancelled(season: str, batch: Batch, modules: Mapping[str, str]) -> Wanted:
    """N4: what an operator sees of a cancelled batch; whoever starts it is told the reason."""
    parameters, tags = {"season": season, "batch": batch.number}, (season, f"b{batch.number}", CANCELLED)
    note = f"{batch.label}已取消，不运行 · cancelled, never runs：{batch.reason}（{batch.clause}）"
    name, flow = f"{season}-b{batch.number}", flow_of("open", modules)
    return Wanted(flow, name, parameters, tags, note=note, paused=True)


def _deployed(client: SyncPrefectClient, season: str) -> dict[str, DeploymentResponse]:
    """Return FLOW/NAME → deployment of this season as the server has it."""
    named = DeploymentFilter(name=DeploymentFilterName(like_=season))
    order, found = DeploymentSort.NAME_ASC, list[DeploymentResponse]()
    while page := client.read_deployments(
        deployment_filter=named, sort=order, limit=_PAGE, offset=len(found)
    ):
        found += page
    ours = [one for one in found if one.name == season or one.name.startswith(f"{season}-b")]
    return {f"{_flow_name(client, one)}/{one.name}": one for one in ours}


def _flow_name(client: SyncPrefectClient, deployment: DeploymentResponse) -> str:
    return client.read_flow(deployment.flow_id).name
