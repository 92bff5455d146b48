"""A step for each of many: all of them finish, then the failures are told together, each with its reason."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

from prefect import State, Task, unmapped
from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.states import Failed

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
    """Run a step for each, some at a time; same: the parameters that are the same for all."""
    outcomes, wanted = Outcomes(said), list(of)
    alike: dict[str, Any] = {name: unmapped(value) for name, value in same.items()}
    futures = work.map(wanted, **alike)
    progress = _Progress(f"{said} · {work.name}", len(wanted))
    for one, future in zip(wanted, futures, strict=True):
        outcomes.take(one, future)
        progress.step()
    return outcomes


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
