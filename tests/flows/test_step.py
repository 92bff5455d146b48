"""A step's time is limited in every thread; a refusal is final, what may pass is tried again."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from prefect import flow
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.task_runners import ThreadPoolTaskRunner

from flows.step import StepTooLong, step
from rules.refusals import Refused

pytestmark = pytest.mark.prefect
tries: list[int] = []


@step(within=0.3, retries=1, retry_delay_seconds=0)
def endless(lot: int) -> None:
    tries.append(lot)
    until = time.monotonic() + 20
    while time.monotonic() < until:
        time.sleep(0.02)


@step(retry_delay_seconds=0)
def refused(lot: int) -> None:
    tries.append(lot)
    raise Refused("season-unknown", season="–")


@flow(task_runner=ThreadPoolTaskRunner(max_workers=2))
def mapped(work: Any) -> list[str]:
    return [type(one.result(raise_on_failure=False)).__name__ for one in work.map([1, 2])]


@pytest.fixture(autouse=True)
def on_the_server(prefect_server: Any) -> Iterator[None]:
    tries.clear()
    with temporary_settings({PREFECT_API_URL: prefect_server.url}):
        yield


def test_a_step_that_takes_too_long_in_a_thread_is_stopped_and_tried_again_without_a_warning_before(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert mapped(endless) == [StepTooLong.__name__] * 2
    assert sorted(tries) == [1, 1, 2, 2]
    assert "worker thread" not in caplog.text


def test_a_refusal_is_not_tried_again() -> None:
    assert mapped(refused) == [Refused.__name__] * 2
    assert sorted(tries) == [1, 2]
