"""Both sides of a bench in turn on the same bytes; of several turns the fastest counts."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.data import season_folder
from bench.plain_side import Driver, Timed, grade_files, read_text, score_files, sum_grades

ROOT = Path(__file__).parents[1]


class SidesDiffer(Exception):
    """Both sides did not see the same rows: nothing that was measured can be compared."""


Seconds = dict[str, float]


@dataclass
class Measured:
    """Fastest seconds by name of both sides, rows by name, the largest peak memory in bytes.

    biye, plain: seconds of the processor, which other work on the machine does not change; …_wall: by the
    clock.
    """

    students: int
    biye: Seconds = field(default_factory=dict)
    plain: Seconds = field(default_factory=dict)
    biye_wall: Seconds = field(default_factory=dict)
    plain_wall: Seconds = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    peak: int = 0


def _keep_faster(kept: Seconds, turn: Seconds) -> None:
    for name, seconds in turn.items():
        kept[name] = min(seconds, kept.get(name, seconds))


def measure(
    students: int, turns: int, tell: Callable[[object], None], folder: Path | None = None
) -> Measured:
    """Measure a season of so many students. folder: of its files, default that of the bench."""
    tell(f"{students} 名学生 students …")
    folder = folder or season_folder(students)
    measured = Measured(students)
    for turn in range(1, turns + 1):
        with TemporaryDirectory(prefix="biye-bench-") as home:
            _biye_turn(measured, folder, Path(home) / "home")
            _plain_turn(measured, folder, Path(home))
        tell(f"  第 {turn} 轮 turn {turn} of {turns}")
    return measured


def _biye_turn(measured: Measured, folder: Path, home: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BIYE_")}
    environment |= {"BIYE_HOME": str(home)}
    command = [sys.executable, "-m", "bench.biye_side", str(folder.resolve())]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    told = json.loads(done.stdout.splitlines()[-1])
    _keep_faster(measured.biye, told["cpu"])
    _keep_faster(measured.biye_wall, told["wall"])
    measured.rows, measured.peak = told["rows"], max(measured.peak, told["peak"])


def _plain_turn(measured: Measured, folder: Path, work: Path) -> None:
    home, rows = work / "home", measured.rows
    _note(measured, "intake", read_text(score_files(folder)), rows["intake"])
    _note(measured, "audit", sum_grades(grade_files(home)), rows["accepted"])
    driver = Driver(home / "biye.db", work / "plain.db")
    _note(measured, "decisions", driver.decisions(), rows["written"])
    _note(measured, "numbers", driver.numbers(), rows["numbers"])
    _note(measured, "registry", driver.registry(), rows["registry"])
    driver.close()


def _note(measured: Measured, name: str, timed: Timed, rows: int) -> None:
    if timed.rows != rows:
        raise SidesDiffer(f"{name}: Biye {rows}, plain side {timed.rows}")
    _keep_faster(measured.plain, {name: timed.cpu})
    _keep_faster(measured.plain_wall, {name: timed.wall})
