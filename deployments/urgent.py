"""Starting an urgent run: at once, in the queue that workers serve first (N4)."""

from collections.abc import Iterable
from typing import cast

from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun
from prefect.deployments import run_deployment
from prefect.exceptions import ObjectNotFound

from deployments.address import connected
from rules.refusals import Reason, Refused, register

DEPLOYMENT = "urgent/adhoc"

register(
    Reason(
        "urgent-not-deployed",
        "N4",
        "Prefect 服务 {url} 上没有部署 urgent/adhoc。",
        "The Prefect server at {url} has no deployment urgent/adhoc.",
        "请运行 biye up，或 prefect --no-prompt deploy --all。",
        "Run biye up, or prefect --no-prompt deploy --all.",
    )
)


def start_urgent(season: str, case_ids: Iterable[int]) -> str:
    """Start a run for cases of the urgent lane and return its name; ids only, nothing personal.

    Raises Refused server-unreachable, urgent-not-deployed.
    """
    with connected() as url:
        with get_client(sync_client=True) as client:
            try:
                deployment = client.read_deployment_by_name(DEPLOYMENT)
            except ObjectNotFound:
                raise Refused("urgent-not-deployed", url=url) from None
        given = {"season": season, "case_ids": list(case_ids)}
        run = run_deployment(deployment.id, parameters=given, timeout=0, as_subflow=False)
    return str(cast(FlowRun, run).name)
