"""One machine's share of a phase's lots: a run that a phase starts and waits for, never an operator."""

import inspect
from datetime import datetime
from typing import Any

from prefect import State, Task, flow
from prefect.artifacts import create_table_artifact
from prefect.task_runners import ThreadPoolTaskRunner
from prefect.utilities.importtools import import_object

from flows.each import Outcomes, failure, first_parameter, here
from flows.machines import as_given, lease_of
from flows.phase import LOTS_AT_A_TIME
from tasks.lease import leased

_THREADS: Any = ThreadPoolTaskRunner(max_workers=LOTS_AT_A_TIME)


@flow(name="lots", flow_run_name="{phase}-{season}-share-{share}", persist_result=False, task_runner=_THREADS)
def run_share(
    phase: str,
    said: str,
    step: str,
    of: list[Any],
    share: int,
    season: str,
    batch: int | None,
    as_of: datetime,
) -> State | None:
    """一台机器承担的部分：由阶段启动，不由人启动 · one machine's share of a phase's lots.

    Ids only. What became of each is left as a table, which the phase reads. Safe to run again.
    """
    work = import_object(step)
    if not isinstance(work, Task):
        raise TypeError(f"{step} is no step")
    given = {"season": season, "batch": batch, "as_of": as_of}
    asked = inspect.signature(work.fn).parameters.keys() - {first_parameter(work)}
    same = {name: value for name, value in given.items() if name in asked}
    with leased(lease_of(phase, season, batch, share), waits=True):
        outcomes = here(said, work, map(as_given, of), **same)
    create_table_artifact(_rows(outcomes), description=f"{said} · {work.name}")
    return failure(outcomes)


def _rows(outcomes: Outcomes) -> list[dict[str, Any]]:
    done = [{"one": one, "done": result} for one, result in outcomes.done.items()]
    return [*done, *({"one": one, "failed": why} for one, why in outcomes.failed.items())]
