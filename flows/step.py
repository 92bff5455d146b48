"""A step: a task of the engine that tries again where that can help, and only there."""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from prefect import Task, task
from prefect.cache_policies import NO_CACHE
from prefect.tasks import exponential_backoff

from rules.refusals import Refused, Unknown

P = ParamSpec("P")
R = TypeVar("R")
_TRIES_AGAIN = 3
_HALF_AN_HOUR = 1800


async def _may_help(_task: Any, _run: Any, state: Any) -> bool:
    """Say whether trying again may help: never after a refusal, nor where one must ask first."""
    failure = await state.aresult(raise_on_failure=False)
    return not isinstance(failure, Refused | Unknown)


def step(**options: Any) -> Callable[[Callable[P, R]], Task[P, R]]:
    """Make a function a task of the engine; options are Prefect's own.

    Nothing depends on the engine's memory: no cache, no stored result; the database knows what is done.
    """
    usual: dict[str, Any] = {
        "retries": _TRIES_AGAIN,
        "retry_delay_seconds": exponential_backoff(backoff_factor=2),
        "retry_jitter_factor": 0.5,
        "retry_condition_fn": _may_help,
        "timeout_seconds": _HALF_AN_HOUR,
        "cache_policy": NO_CACHE,
        "persist_result": False,
    }
    return task(**(usual | options))
