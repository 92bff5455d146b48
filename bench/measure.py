"""Both sides of a bench in turn on the same bytes; of several turns the fastest counts.

The people are taken in once; every turn goes on from a copy of that installation.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil

from bench.data import DATA, season_folder
from bench.pandas_side import PandasSide
from bench.plain_side import SqliteDriver, Timed, grade_files, read_text, score_files, sum_grades

ROOT = Path(__file__).parents[1]
_LOOK_EVERY = 0.05  # seconds between two looks at the memory of all processes
Seconds = dict[str, float]
Tell = Callable[[object], None]


class SidesDiffer(Exception):
    """Both sides did not see the same rows: nothing that was measured can be compared."""


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

    def take(self, told: dict[str, Any]) -> None:
        """Keep what a turn of Biye's side told."""
        _keep_faster(self.biye, told["cpu"])
        _keep_faster(self.biye_wall, told["wall"])
        self.rows |= told["rows"]
        self.peak = max(self.peak, told["peak"])

    def note(self, name: str, timed: Timed, rows: int) -> None:
        """Keep a turn of the plain side; raises SidesDiffer unless it saw as many rows."""
        if timed.rows != rows:
            raise SidesDiffer(f"{name}: Biye {rows}, plain side {timed.rows}")
        _keep_faster(self.plain, {name: timed.cpu})
        _keep_faster(self.plain_wall, {name: timed.wall})


def _keep_faster(kept: Seconds, turn: Seconds) -> None:
    for name, seconds in turn.items():
        kept[name] = min(seconds, kept.get(name, seconds))


def measure(
    students: int,
    turns: int,
    tell: Tell,
    folder: Path | None = None,
    *,
    alone: bool = False,
    look: Callable[[Path, Path], None] | None = None,
) -> Measured:
    """Measure a season of so many students. folder: of its files, default that of the bench.

    alone: without the plain side. look: given the season's folder and the installation after the first turn.
    """
    tell(f"{students} 名学生 students …")
    folder = folder or season_folder(students)
    measured = Measured(students)
    with people_taken_in(measured, folder) as people:
        for turn in range(1, turns + 1):
            with TemporaryDirectory(prefix="biye-bench-", dir=people.parent) as work:
                home = Path(work) / "home"
                shutil.copytree(people, home)
                measured.take(run_part("season", folder, home))
                if not alone:
                    plain_turn(measured, folder, home)
                if look and turn == 1:
                    look(folder, home)
            tell(f"  第 {turn} 轮 turn {turn} of {turns}")
    return measured


def remember(measured: Measured) -> None:
    """Keep what was measured for the parts of the bench that are set beside it."""
    _memory(measured.students).write_text(json.dumps(asdict(measured)))


def measured_before(students: int, tell: Tell) -> Measured:
    """Return what was measured last of a season of so many students; measures it once if it never was."""
    if _memory(students).exists():
        return Measured(**json.loads(_memory(students).read_text()))
    measured = measure(students, 1, tell, alone=True)
    remember(measured)
    return measured


def _memory(students: int) -> Path:
    return DATA / f"measured-{students}.json"


@contextmanager
def people_taken_in(measured: Measured, folder: Path) -> Iterator[Path]:
    """Make an installation that has taken in all files but the score sheets; it is gone afterwards."""
    with TemporaryDirectory(prefix="biye-bench-") as work:
        measured.take(run_part("people", folder, Path(work) / "people"))
        yield Path(work) / "people"


def run_part(part: str, folder: Path, home: Path, **settings: str) -> dict[str, Any]:
    """Run a part of Biye's side in an installation and return what it tells, with the memory of all its
    processes together.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BIYE_")}
    environment |= {"BIYE_HOME": str(home), **settings}
    command = [sys.executable, "-m", "bench.biye_side", part, str(folder.resolve())]
    started = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    peak = _watch(started)
    said = started.communicate()[0]
    if started.returncode:
        raise subprocess.CalledProcessError(started.returncode, command)
    told: dict[str, Any] = json.loads(said.splitlines()[-1])
    return told | {"peak": max(told["peak"], peak)}


def _watch(started: "subprocess.Popen[str]") -> int:
    """Wait for a process; return the largest resident size seen of it and its children together."""
    peak = 0
    while True:
        try:
            started.wait(_LOOK_EVERY)
            return peak
        except subprocess.TimeoutExpired:
            peak = max(peak, _resident(started.pid))


def _resident(process: int) -> int:
    try:
        first = psutil.Process(process)
        return sum(one.memory_info().rss for one in (first, *first.children(recursive=True)))
    except psutil.NoSuchProcess:
        return 0


def plain_turn(measured: Measured, folder: Path, home: Path) -> None:
    """Do beside an installation what Biye did in it, the plainest way."""
    rows = measured.rows
    measured.note("intake", read_text(score_files(folder)), rows["intake"])
    measured.note("audit", sum_grades(grade_files(home)), rows["accepted"])
    _pandas_turn(measured, folder, home)
    driver = SqliteDriver(home / "biye.db", home.parent / "plain.db")
    measured.note("decisions", driver.decisions(), rows["written"])
    measured.note("numbers", driver.numbers(), rows["numbers"])
    measured.note("registry", driver.registry(), rows["registry"])
    driver.close()


def _pandas_turn(measured: Measured, folder: Path, home: Path) -> None:
    """Take some units' score sheets in with pandas, and compare every row with what Biye made of it."""
    (out := home.parent / "pandas").mkdir()
    side = PandasSide(folder, home, out)
    timed = side.take_in()
    if different := side.differences():
        raise SidesDiffer(f"pandas: {different}")
    measured.note("pandas", timed, timed.rows)
    measured.rows["pandas"] = timed.rows
    measured.biye["pandas"] = sum(measured.biye[f"intake {unit}"] for unit in side.units)
    measured.biye_wall["pandas"] = sum(measured.biye_wall[f"intake {unit}"] for unit in side.units)
