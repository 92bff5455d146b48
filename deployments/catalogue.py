"""Which flow each phase of a timeline is, and how a flow becomes a deployment of an installed package."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from prefect import Flow
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.schedules import RRuleSchedule

from deployments.pool import POOL

ZONE = "Asia/Shanghai"
MODULES: Mapping[str, str] = {
    "open": "flows.intake",
    "intake": "flows.intake",
    "close": "flows.intake",
    "audit": "flows.audit",
    "register": "flows.registration",
    "certify": "flows.certificate",
    "dispatch": "flows.custody",
    "cleanup": "flows.cleanup",
    "watch": "flows.promises",
    "gap-check": "flows.gap",
    "close-season": "flows.closure",
    "sweep": "flows.sweep",
    "urgent": "flows.urgent",
}

CANCELLED = "cancelled"  # tag of what stands for a batch that never runs (N4)
QUEUE_OF = {"urgent": "urgent"}  # the others go to the default queue


def flow_of(phase: str, modules: Mapping[str, str] = MODULES) -> Flow[..., Any]:
    """Return the flow of a phase; LookupError when its module has none of that name."""
    found = [one for one in vars(import_module(modules[phase])).values() if isinstance(one, Flow)]
    for one in found:
        if one.name == phase:
            return one
    raise LookupError(f"{modules[phase]} has no flow named {phase}")


@dataclass(frozen=True)
class Wanted:
    """A deployment as it should be. schedules: slug → recurrence rule in Shanghai's local time.

    note: stands in the UI instead of what the flow does. paused: whatever an operator set.
    """

    flow: Flow[..., Any]
    name: str
    parameters: dict[str, Any]
    tags: tuple[str, ...] = ()
    schedules: dict[str, str] = field(default_factory=dict)
    queue: str = "default"
    pool: str = POOL
    note: str = ""
    paused: bool = False

    @property
    def description(self) -> str | None:
        """Return what the UI says of it: the note, else what its flow does."""
        return self.note or self.flow.description

    @property
    def full_name(self) -> str:
        """Return FLOW/NAME."""
        return f"{self.flow.name}/{self.name}"

    @property
    def entrypoint(self) -> str:
        """Return the flow's module form, so that the installed package runs wherever the worker is."""
        return f"{self.flow.fn.__module__}.{self.flow.fn.__name__}"

    def is_as(self, there: DeploymentResponse) -> bool:
        """Say whether a deployment is as it should be; that an operator paused a schedule is not judged."""
        scheduled = {one.slug: _rule(one.schedule) for one in there.schedules}
        same = there.entrypoint == self.entrypoint and there.work_queue_name == self.queue
        same = same and there.work_pool_name == self.pool and there.parameters == self.parameters
        same = same and set(there.tags) == set(self.tags)
        same = same and (there.paused or not self.paused) and self.note in (there.description, "")
        form = self.flow.parameters.model_dump_for_openapi()
        same = same and _said(there.parameter_openapi_schema or {}) == _said(form)
        return same and scheduled == {slug: (rule, ZONE) for slug, rule in self.schedules.items()}

    def apply(self, client: SyncPrefectClient, there: DeploymentResponse | None) -> None:
        """Make the deployment so; its schedules are replaced whole, a paused one stays paused."""
        paused = {one.slug for one in there.schedules if not one.active} if there else set()
        schedules = [
            DeploymentScheduleCreate(
                schedule=RRuleSchedule(rrule=rule, timezone=ZONE), slug=slug, active=slug not in paused
            )
            for slug, rule in self.schedules.items()
        ]
        client.create_deployment(
            flow_id=client.create_flow_from_name(self.flow.name),
            name=self.name,
            entrypoint=self.entrypoint,
            parameters=self.parameters,
            parameter_openapi_schema=self.flow.parameters.model_dump_for_openapi(),
            enforce_parameter_schema=True,
            description=self.description,
            paused=self.paused or (there is not None and there.paused and CANCELLED not in there.tags),
            tags=list(self.tags),
            work_pool_name=self.pool,
            work_queue_name=self.queue,
            schedules=schedules,
        )


def _said(form: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a form says: the command line leaves out an empty part that the client sends."""
    return {name: part for name, part in form.items() if part}


def _rule(schedule: object) -> tuple[str, str | None] | None:
    return (schedule.rrule, schedule.timezone) if isinstance(schedule, RRuleSchedule) else None
