"""What every phase has in common, so that a flow reads like its clause.

    @phase("audit", clause="T1")
    def audit_batch(season: str, batch: int, as_of: datetime) -> None:
        ...

makes a Prefect flow `audit(season: str, batch: int, as_of: datetime | None = None)` that an operator can
start from the form; without `batch` in its signature it is a phase of the season. The flow

- checks its parameters first: an unknown season or batch ends it as Failed with a sentence, not a traceback;
- names and tags its run by season, batch and phase;
- waits for the batch's earlier phases that are due, when it runs by the wall clock (no replay);
- ends at once as Completed "SeasonClosed" when its season is closed;
- holds the phase's lease: a second run ends at once as Completed "AlreadyRunning";
- turns `Refused` into Failed with its text; any other exception stays an exception;
- marks the planned phase as done, unless the body returned a failed Prefect state.

The body's `as_of` is always an instant in Asia/Shanghai: what was given, else now.
"""

import inspect
import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from prefect import Flow, State, flow, get_client
from prefect.context import FlowRunContext
from prefect.exceptions import FailedRun
from prefect.states import Completed, Failed
from prefect.task_runners import ThreadPoolTaskRunner

from rules.clock import SHANGHAI, in_shanghai, now_in_shanghai
from rules.refusals import BiyeError, Refused
from tasks.closure import why_closed
from tasks.lease import Phase, leased
from tasks.phase import check_phase, phase_done, wait_for_turn

Body = Callable[..., Any]
PhaseFlow = Flow[..., Any]
# More threads than this only wait for the interpreter and for the database's one writer.
LOTS_AT_A_TIME = 4
HELP = {  # what the UI's form says under each parameter
    "season": "毕业季编号，如 2020-01 · the season's id, e.g. 2020-01",
    "batch": "批次号，如 1 · the batch's number, e.g. 1",
    "case_ids": "加急个案编号，留空＝全部 · ids of urgent cases; empty: all",
    "as_of": "按哪一刻办理（北京时间），留空＝现在 · the instant to work as of (Beijing time); None: now",
}
_PICKED_UP_EARLY = timedelta(seconds=10)  # at most; a worker's PREFECT_WORKER_PREFETCH_SECONDS is less
_BY_THE_CLOCK = timedelta(hours=1)  # an `as_of` further back is a replay: whoever replays keeps the order


def _not_told_yet(record: logging.LogRecord) -> bool:
    """Drop the traceback that the engine adds to a failure which its state tells in words already."""
    return not (record.exc_info and isinstance(record.exc_info[1], FailedRun | BiyeError))


for _logger in ("prefect.flow_runs", "prefect.engine"):
    logging.getLogger(_logger).addFilter(_not_told_yet)


def phase(name: str, clause: str, *, waits: bool = False) -> Callable[[Body], PhaseFlow]:
    """Make a flow of a phase's body: `(season, batch, as_of)`, or `(season, as_of)` for a season's own.

    waits: a second run waits for the first: it has other cases to work on (N4).
    """

    def decorate(body: Body) -> PhaseFlow:
        parameters = inspect.signature(body, eval_str=True).parameters
        suffix = "-b{batch}" if "batch" in parameters else ""
        named = parameters["season"].default is inspect.Parameter.empty
        run_name = f"{name}-{{season}}{suffix}" if named else None
        entry = _entry(name, clause, body, waits)
        threads: Any = ThreadPoolTaskRunner(max_workers=LOTS_AT_A_TIME)
        return flow(
            name=name,
            description=inspect.getdoc(body),
            flow_run_name=run_name,
            persist_result=False,
            task_runner=threads,
        )(entry)

    return decorate


def _entry(name: str, clause: str, body: Body, waits: bool) -> Callable[..., Any]:
    form = _form(body)

    def entry(*args: Any, **kwargs: Any) -> Any:
        bound = form.bind(*args, **kwargs)
        bound.apply_defaults()
        given = bound.arguments
        this = Phase(name, given["season"], given.get("batch"))
        as_of = _instant(given["as_of"])
        by_the_clock = now_in_shanghai() - as_of < _BY_THE_CLOCK
        _show(this, clause, as_of)
        try:
            if this.season or name != "sweep":  # the sweep alone may go over every season
                check_phase(this)
            if why := why_closed(this.season):
                return Completed(name="SeasonClosed", message=why)
            work = partial(body, **{**given, "as_of": as_of})
            with leased(this, waits=waits) as free:
                return _guarded(this, as_of, by_the_clock, work) if free else _already_running(this)
        except Refused as refusal:
            return Failed(message=str(refusal))

    for attribute in ("__name__", "__qualname__", "__module__"):
        setattr(entry, attribute, getattr(body, attribute))
    entry.__doc__ = f"{inspect.getdoc(body)}\n\nArgs:\n{_help(form)}"  # the form shows it
    entry.__signature__ = form  # type: ignore[attr-defined]
    return entry


def _form(body: Body) -> inspect.Signature:
    """Return the body's signature with `as_of` optional and last, as the UI's form shows it."""
    parameters = dict(inspect.signature(body, eval_str=True).parameters)
    as_of = parameters.pop("as_of").replace(default=None, annotation=datetime | None)
    return inspect.Signature([*parameters.values(), as_of])


def _help(form: inspect.Signature) -> str:
    return "\n".join(f"    {name}: {HELP[name]}" for name in form.parameters)


def _guarded(this: Phase, as_of: datetime, by_the_clock: bool, work: Callable[[], Any]) -> Any:
    if by_the_clock:
        wait_for_turn(this)
    outcome = work()
    if not (isinstance(outcome, State) and not outcome.is_completed()):
        phase_done(this, until=min(as_of, now_in_shanghai()), at=now_in_shanghai())
    return outcome


def _already_running(this: Phase) -> State:
    return Completed(name="AlreadyRunning", message=f"{this.name} 正在运行 / is already running")


def _instant(as_of: datetime | None) -> datetime:
    if as_of is None:
        _wait_for_own_instant()
        return now_in_shanghai()
    return as_of.replace(tzinfo=SHANGHAI) if as_of.tzinfo is None else in_shanghai(as_of)


def _wait_for_own_instant() -> None:
    """Wait out the moment by which a worker picks up runs early: before its instant nothing is due."""
    context = FlowRunContext.get()
    expected = context.flow_run.expected_start_time if context and context.flow_run else None
    early = in_shanghai(expected) - now_in_shanghai() if expected else timedelta()
    if timedelta() < early < _PICKED_UP_EARLY:
        time.sleep(early.total_seconds())


def _show(this: Phase, clause: str, as_of: datetime) -> None:
    """Name and tag the run as people look for it; outside a run there is nothing to name."""
    context = FlowRunContext.get()
    if context is None or context.flow_run is None:
        return
    batch = [] if this.batch is None else [f"b{this.batch}"]
    tags = {*context.flow_run.tags, *filter(None, [this.season]), *batch, this.flow, clause}
    with get_client(sync_client=True) as client:
        client.update_flow_run(context.flow_run.id, name=f"{this.name} {as_of:%Y-%m-%d}", tags=sorted(tags))
