"""Deployed runs of a replay: one that died is started again, one that failed stops the replay."""

from collections.abc import Iterator
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from prefect.client.schemas.objects import State
from prefect.states import Completed, Crashed, Failed, Running

from biye.sandbox import deployed_runs
from biye.sandbox.deployed_runs import DeployedRuns, RunFailed
from rules.clock import SHANGHAI
from tasks import run_end
from tasks.lease import Phase

AUDIT, DAY = Phase("audit", "2020-01", 1), datetime(2019, 12, 6, tzinfo=SHANGHAI)


class Server:
    """Answers each run with the next of its scripts: the states that it is seen in."""

    def __init__(self, *scripts: list[State]) -> None:
        self.scripts = iter(scripts)
        self.seen: Iterator[State] = iter(())
        self.asked: list[dict[str, Any]] = []

    def start(self, name: str, **how: Any) -> Any:
        self.asked.append({"name": name, **how})
        self.seen = iter(next(self.scripts))
        return SimpleNamespace(id=uuid4())

    def read_flow_run(self, _id: object) -> Any:
        self.last = next(self.seen, getattr(self, "last", None))
        return SimpleNamespace(state=self.last)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_end, "_ROUND", 0.0)
    monkeypatch.setattr(run_end, "_SILENCE", 0.0)
    monkeypatch.setattr(run_end, "is_running", lambda _: False)
    monkeypatch.setattr(
        run_end, "is_coming", lambda run: run.state.name == "Running" and run.state.message == "alive"
    )


def played(monkeypatch: pytest.MonkeyPatch, *scripts: list[State]) -> tuple[Server, list[str]]:
    server, told = Server(*scripts), list[str]()
    monkeypatch.setattr(deployed_runs, "run_deployment", server.start)
    DeployedRuns(server, told.append).run(AUDIT, DAY)  # type: ignore[arg-type]
    return server, told


def test_a_run_is_asked_for_by_name_and_day_and_waited_for(
    quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, told = played(monkeypatch, [Running(message="alive"), Running(message="alive"), Completed()])
    (asked,) = server.asked
    assert asked["name"] == "audit/2020-01-b1"
    assert asked["parameters"] == {"as_of": "2019-12-06T00:00:00+08:00"}
    assert len(told) == 1


@pytest.mark.parametrize(
    "died",
    [[Crashed()], [Running(message="its process is gone")], [Completed(name="AlreadyRunning")]],
    ids=["crashed", "shown as running", "another still at it"],
)
def test_a_run_that_died_or_came_too_early_is_started_again(
    died: list[State], quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, told = played(monkeypatch, died, [Completed()])
    assert len(server.asked) == len(told) == 2


def test_a_failed_run_stops_the_replay_with_its_reason(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RunFailed, match="audit/2020-01-b1: no such lot"):
        played(monkeypatch, [Failed(message="no such lot")])


def test_a_run_that_never_completes_is_given_up(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RunFailed, match="4"):
        played(monkeypatch, *([Crashed()] for _ in range(4)))
