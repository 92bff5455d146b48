"""A step for each of many: all of them finish, then the failures are told together, each with its reason."""

import inspect
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

from prefect import State, Task, unmapped
from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.states import Crashed, Failed
from prefect.task_runners import ProcessPoolTaskRunner

from models.settings import settings
from tasks.processes import end_with_parent

ATTEMPTS = 3  # of what a killed process or machine leaves
_FEW = 4  # are done on this machine before others have begun
_MANY = 10  # of them are worth a bar


@dataclass
class Outcomes:
    """What became of each: its result, or why there is none. said: what they are, e.g. "批 lot"."""

    said: str
    done: dict[Any, Any] = field(default_factory=dict)
    failed: dict[Any, str] = field(default_factory=dict)

    @property
    def failed_rows(self) -> list[dict[str, Any]]:
        """Return the failures as rows of the phase's table."""
        return [{self.said: one, "未完成 not done": why} for one, why in self.failed.items()]

    def take(self, one: Any, ended: Any) -> None:
        """Note how a step ended, a future or a state: the failure of one is not the failure of all."""
        result = ended.result(raise_on_failure=False)
        if isinstance(result, BaseException):
            self.failed[one] = str(result) or type(result).__name__
        else:
            self.done[one] = result


class _Progress:
    """A bar on the run's page, moved a tenth at a time; few are done before anybody looks."""

    def __init__(self, said: str, total: int) -> None:
        self._total, self._done = total, 0
        self._bar = create_progress_artifact(0.0, description=said) if total >= _MANY else None

    def step(self) -> None:
        """Count one more."""
        self._done += 1
        if self._bar and self._done * 10 // self._total > (self._done - 1) * 10 // self._total:
            update_progress_artifact(cast(UUID, self._bar), self._done * 100 / self._total)


def each(said: str, work: Task[..., Any], of: Iterable[Any], **same: Any) -> Outcomes:
    """Run a step for each, some at a time; same: the parameters that are the same for all.

    Where there are several machines, each takes a share of what is many.
    """
    wanted = list(of)
    if settings().machines > 1 and len(wanted) > _FEW:
        from flows.machines import over_machines  # it starts runs of its own, which come back to `here`

        return over_machines(said, work, wanted, **same)
    return here(said, work, wanted, **same)


def here(said: str, work: Task[..., Any], of: Iterable[Any], **same: Any) -> Outcomes:
    """Run a step for each on this machine, some at a time."""
    outcomes, wanted = Outcomes(said), list(of)
    progress = _Progress(f"{said} · {work.name}", len(wanted))
    alike: dict[str, Any] = {name: unmapped(value) for name, value in same.items()}
    for one, ended in _ended(work, wanted, alike):
        outcomes.take(one, ended)
        progress.step()
    return outcomes


def is_spread() -> bool:
    """Say whether each runs in a process of its own, here or on other machines."""
    return bool(settings().lot_processes) or settings().machines > 1


def first_parameter(work: Task[..., Any]) -> str:
    """Return the name of the parameter that takes the one which a step is for."""
    return next(iter(inspect.signature(work.fn).parameters))


def _ended(work: Task[..., Any], wanted: list[Any], alike: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    """Yield each with the future or state that it ended in."""
    processes = min(settings().lot_processes, len(wanted))
    if processes < 2:
        yield from zip(wanted, work.map(wanted, **alike), strict=True)
        return
    for attempt in range(1, ATTEMPTS + 1):
        # At last each alone: a lot that ends its process each time must not take others with it.
        parts = [[one] for one in wanted] if attempt == ATTEMPTS else [wanted]
        wanted = []
        for part in parts:
            for one, future in _in_processes(work, part, alike, processes):
                if future is None:
                    wanted.append(one)
                else:
                    yield one, future
        if not wanted:
            return
    why = f"{ATTEMPTS} 次，其进程均被终止 / its process was killed, {ATTEMPTS} times"
    dead: State[Any] = Crashed(message=why)
    yield from ((one, dead) for one in wanted)


def _in_processes(
    work: Task[..., Any], wanted: list[Any], alike: Mapping[str, Any], processes: int
) -> Iterator[tuple[Any, Any]]:
    """Yield each with its future; None where a process was killed: all others end with it."""
    # Its processes would outlive a killed run, and wait for ever.
    with ProcessPoolTaskRunner(max_workers=processes, initializer=end_with_parent) as runner:
        futures = runner.map(work, {first_parameter(work): wanted, **alike})
        for one, future in zip(wanted, futures, strict=True):
            try:
                future.wait()
            except BrokenProcessPool:
                yield one, None
            else:
                yield one, future


def in_turn(said: str, work: Task[..., Any], of: Iterable[Any], **same: Any) -> Outcomes:
    """Run a step for each, one after another; one that fails does not stop those behind it (N3)."""
    outcomes = Outcomes(said)
    for one in of:
        outcomes.take(one, work(one, **same, return_state=True))
    return outcomes


def failure(*outcomes: Outcomes) -> State | None:
    """Return the failed state that names every one that is not done and why; None when all are."""
    lines = [f"{one.said} {name}: {why}" for one in outcomes for name, why in one.failed.items()]
    if not lines:
        return None
    return Failed(message="\n".join([f"{len(lines)} 项未完成 / {len(lines)} not done", *lines]))
