"""A step for each of many: all of them finish, then the failures are told together, each with its reason."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from prefect import State, Task, unmapped
from prefect.states import Failed


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


def each(said: str, work: Task[..., Any], of: Iterable[Any], **same: Any) -> Outcomes:
    """Run a step for each, some at a time; same: the parameters that are the same for all."""
    outcomes, wanted = Outcomes(said), list(of)
    alike: dict[str, Any] = {name: unmapped(value) for name, value in same.items()}
    futures = work.map(wanted, **alike)
    for one, future in zip(wanted, futures, strict=True):
        outcomes.take(one, future)
    return outcomes


def in_turn(said: str, work: Task[..., Any], of: Iterable[Any], **same: Any) -> Outcomes:
    """Run a step for each, one after another, up to the first that fails: the later build on the earlier."""
    outcomes = Outcomes(said)
    for one in of:
        outcomes.take(one, work(one, **same, return_state=True))
        if outcomes.failed:
            break
    return outcomes


def failure(*outcomes: Outcomes) -> State | None:
    """Return the failed state that names every one that is not done and why; None when all are."""
    lines = [f"{one.said} {name}: {why}" for one in outcomes for name, why in one.failed.items()]
    if not lines:
        return None
    return Failed(message="\n".join([f"{len(lines)} 项未完成 / {len(lines)} not done", *lines]))
