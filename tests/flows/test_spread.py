"""Lots spread over processes and machines: a killed one costs its share a rerun, nothing else."""

import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from prefect import flow

from flows.each import ATTEMPTS, each
from flows.step import step
from models.settings import settings
from tasks.policy import season_pack


def marks() -> Path:
    return settings().root / "marks"


@step(task_run_name="lot {lot}")
def work_on(lot: int, season: str, dies: int) -> int:
    """Write down which process did it; the lot `dies` kills its process, the first time or always."""
    if lot == 1:
        season_pack(season)  # nobody deployed it: refused
    once = marks() / "killed"
    if lot == abs(dies) and (dies < 0 or not once.exists()):
        once.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.3)
    (marks() / f"{lot}-{os.getpid()}").touch()
    return lot * 10


@flow(name="spreading", persist_result=False)
def spread(season: str, dies: int) -> Any:
    done = each("批 lot", work_on, range(1, 7), season=season, dies=dies)
    return done.done, done.failed


@pytest.fixture
def two_processes(prefect_server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIYE_LOT_PROCESSES", "2")
    settings.cache_clear()
    marks().mkdir(exist_ok=True)
    for file in marks().iterdir():
        file.unlink()


def done_in() -> dict[str, str]:
    """Lot → the process that did it."""
    return dict(file.name.split("-") for file in marks().glob("*-*"))


@pytest.mark.prefect
def test_lots_spread_over_processes_and_one_that_is_killed_costs_a_rerun(two_processes: None) -> None:
    done, failed = spread("2093-02", dies=4)
    assert done == {lot: lot * 10 for lot in range(2, 7)}
    assert list(failed) == [1]
    assert failed[1].startswith("season-unknown")
    assert (marks() / "killed").exists()
    assert done_in().keys() == {str(lot) for lot in range(2, 7)}
    assert str(os.getpid()) not in done_in().values()


@pytest.mark.prefect
def test_a_lot_that_kills_its_process_each_time_is_named_and_the_others_are_done(two_processes: None) -> None:
    done, failed = spread("2093-03", dies=-6)
    assert set(failed) == {1, 6}
    assert f"{ATTEMPTS} times" in failed[6]
    assert set(done) == {2, 3, 4, 5}
