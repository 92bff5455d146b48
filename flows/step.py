"""A step: a task of the engine that tries again where that can help, and only there."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from prefect import Task, task
from prefect.cache_policies import NO_CACHE
from prefect.tasks import exponential_backoff
from prefect.utilities.timeout import timeout
from sqlalchemy.exc import DBAPIError

from rules.refusals import Refused, Unknown

P = ParamSpec("P")
R = TypeVar("R")
_TRIES_AGAIN = 3
_HALF_AN_HOUR = 1800.0


class DatabaseFailed(Exception):
    """The database did not do what a step asked; tried again like any failure that may pass."""


class StepTooLong(TimeoutError):
    """A step took longer than it may; tried again like any failure that may pass."""


async def _may_help(_task: Any, _run: Any, state: Any) -> bool:
    """Say whether trying again may help: never after a refusal, nor where one must ask first."""
    failure = await state.aresult(raise_on_failure=False)
    return not isinstance(failure, Refused | Unknown)


def step(within: float = _HALF_AN_HOUR, **options: Any) -> Callable[[Callable[P, R]], Task[P, R]]:
    """Make a function a task of the engine; options are Prefect's own.

    within: seconds that one try may take, in whichever thread; a call that blocks (the database's limit is
    a minute) is interrupted when it returns.
    Nothing depends on the engine's memory: no cache, no stored result; the database knows what is done.
    """
    usual: dict[str, Any] = {
        "retries": _TRIES_AGAIN,
        "retry_delay_seconds": exponential_backoff(backoff_factor=2),
        "retry_jitter_factor": 0.5,
        "retry_condition_fn": _may_help,
        "cache_policy": NO_CACHE,
        "persist_result": False,
    }

    def decorate(work: Callable[P, R]) -> Task[P, R]:
        return task(**(usual | options))(_limited(work, within))

    return decorate


def _limited(work: Callable[P, R], within: float) -> Callable[P, R]:
    """Limit the time of a function, and what its failure tells.

    Prefect's `timeout_seconds` does the same, but warns in every thread. What a database says of a failed
    statement may hold a person's values, which must not enter Prefect: only its first line goes on.
    """

    @wraps(work)
    def limited(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with timeout(within, StepTooLong):
                return work(*args, **kwargs)
        except DBAPIError as error:
            raise DatabaseFailed(str(error.orig).partition("\n")[0]) from None

    return limited
