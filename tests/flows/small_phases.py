"""Small flows under the real phases' names, for tests of what starts them: each writes when it ran."""

import time
from datetime import datetime
from pathlib import Path

from prefect import State

from flows.each import each, failure
from flows.phase import phase
from flows.step import step
from models.settings import settings
from rules.refusals import Refused

MODULES = dict.fromkeys(("open", "intake", "close", "audit", "register", "certify", "watch"), __name__)


def trace() -> Path:
    """The file with one line a start and one an end."""
    return settings().root / "trace.txt"


def marked(season: str) -> list[str]:
    """What the flows of a season wrote so far, in order."""
    lines = trace().read_text().splitlines() if trace().exists() else []
    return [line.partition(" ")[2] for line in lines if line.startswith(f"{season} ")]


def _mark(season: str, what: str) -> None:
    with trace().open("a") as file:
        file.write(f"{season} {what}\n")


def _work(season: str, name: str) -> None:
    _mark(season, f"{name} starts")
    dawdle = settings().root / f"dawdle-{season}-{name}"
    while dawdle.exists():
        time.sleep(0.1)
    _mark(season, f"{name} ends")


@phase("open", clause="T1")
def open_batch(season: str, batch: int, as_of: datetime) -> None:
    """Write that it ran."""
    _work(season, "open")


@phase("intake", clause="T1")
def intake(season: str, batch: int, as_of: datetime) -> None:
    """Write that it ran, later than the others would."""
    time.sleep(1)
    _work(season, "intake")


@phase("close", clause="T1")
def close(season: str, batch: int, as_of: datetime) -> None:
    """Write that it ran."""
    _work(season, "close")


@phase("audit", clause="T1")
def audit(season: str, batch: int, as_of: datetime) -> None:
    """Write that it ran."""
    _work(season, "audit")


@phase("register", clause="T4")
def register(season: str, batch: int, as_of: datetime) -> None:
    """Write that it ran."""
    _work(season, "register")


@step(task_run_name="print lot {lot}")
def print_lot(lot: int, season: str) -> int:
    """Refuse the first lot; write that the others were done."""
    if lot == 1:
        raise Refused("season-unknown", season="of lot 1")
    time.sleep(0.5)
    _mark(season, f"lot {lot}")
    return lot


@phase("certify", clause="R2")
def certify(season: str, batch: int, as_of: datetime) -> State | None:
    """Print six lots, one of which fails."""
    return failure(each("批 lot", print_lot, range(1, 7), season=season))


@phase("watch", clause="G2")
def watch(season: str, as_of: datetime) -> None:
    """Write that it ran."""
    _work(season, "watch")
