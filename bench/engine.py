"""Prefect's share of a run; and the audit beside a task, and a session, for each student."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.certificates import draw
from bench.data import STUDENTS_A_UNIT, manifest, season_folder, units_of
from bench.figure import Figure, Row, processor_seconds
from bench.measure import ROOT, Measured, measured_before, run_part
from tasks.certificate import PAGES

MILLION = 1_000_000
PHASES = 8  # of both batches: intake, audit, registration, certificates
STUDENTS, UNITS = 600, 20  # many small lots: what a step costs whatever its size
SHARE = Row("orchestration", "Prefect 编排所占", "", 0.05, unit="of the run")
TASK = Row("audit-task", "毕业审核", "", 300, "higher")
SESSION = Row("audit-session", "毕业审核", "", 150, "higher")
_PARTS = (
    "people",
    "intake",
    "audit",
    "decisions",
    "numbers",
    "package",
    "certificates",
)  # of a run, as measured


def figures(students: int, turns: int, tell: Callable[[object], None]) -> list[Figure]:
    """Measure what a step, a task and a session cost, and set them beside the season of this size."""
    season, told = measured_before(students, tell), engine_side(turns)
    season.biye["certificates"] = page_seconds(turns) * season.rows["numbers"]
    seconds, sampled = told["seconds"], told["students"]
    step = (seconds["flow"] - seconds["empty"] - seconds["plain"]) / told["steps"]
    return [
        share(season, Costs(step, seconds["empty"]), steps_of(students), tell),
        *(
            _alone(row, seconds[side], sampled, season, tell)
            for row, side in ((TASK, "task"), (SESSION, "session"))
        ),
    ]


@dataclass(frozen=True)
class Costs:
    """Processor seconds that the engine takes for a step, and for a phase whatever its steps."""

    step: float
    phase: float


def share(season: Measured, costs: Costs, steps: int, tell: Callable[[object], None]) -> Figure:
    """Return the engine's part of a run from the first file to the last certificate, reckoned for a million
    students: a smaller season has fewer units, so fewer steps, but as many phases.
    """
    times = MILLION / season.students
    run, steps = times * sum(season.biye[name] for name in _PARTS), round(times * steps)
    engine = steps * costs.step + PHASES * costs.phase
    said = f"{steps} steps of {costs.step * 1000:.0f} ms, {PHASES} phases of {costs.phase * 1000:.0f} ms"
    tell(f"  {MILLION:,}: {said} = {engine:.1f} s，其余 the rest {run:.1f} s")
    return Figure(_beside(SHARE, f"{said} in a run of a million"), engine / (engine + run))


def steps_of(students: int) -> int:
    """Return the steps of a season: each file judged; in both batches each lot audited, exported, printed and
    packed, what passed proposed and numbered.
    """
    files = manifest(season_folder(students))
    units = {row["branch"] for row in files if row["kind"] == "audit-data"}
    return len(files) + 2 * (4 * len(units) + 2)


def page_seconds(turns: int) -> float:
    """Return what a certificate costs, of a lot of many."""
    return min(processor_seconds(lambda: draw(PAGES)) for _ in range(turns)) / PAGES


def _alone(
    row: Row, seconds: float, sampled: int, season: Measured, tell: Callable[[object], None]
) -> Figure:
    each, students = seconds / sampled, season.rows["audit"]
    hours = f"{each * 1000:.1f} ms × {students:,} = {each * students / 60:.1f} min"
    tell(f"  {row.name}: {hours}，Biye {season.biye['audit']:.1f} s")
    what = "one Prefect task" if row is TASK else "one ORM session"
    beside = f"{what} a student: {sampled} sampled, {hours}"
    return Figure(_beside(row, beside), each * students / season.biye["audit"])


def _beside(row: Row, beside: str) -> Row:
    return Row(row.name, row.zh, beside, row.bound, row.better, row.unit)


def engine_side(turns: int) -> dict[str, Any]:
    """Take in a small season of many units and measure in a process of its own; returns what it tells."""
    folder = season_folder(STUDENTS, units_of(UNITS * STUDENTS_A_UNIT))
    with TemporaryDirectory(prefix="biye-bench-") as work:
        home = Path(work) / "home"
        for part in ("people", "intake"):
            run_part(part, folder, home)
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("BIYE_", "PREFECT_"))
        }
        command = [sys.executable, "-m", "bench.engine_side", str(folder.resolve()), str(turns)]
        environment |= {"BIYE_HOME": str(home), "DO_NOT_TRACK": "1"}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr[-4000:])
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told
