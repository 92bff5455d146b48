"""The invented season of a bench: written once for each size, and used again.

A season of a million has 50 units of about 20,000 students. A smaller one has fewer units, not smaller ones:
what a file and a lot cost whatever their size weighs as much in it as it does in a million.
"""

import csv
import json
from pathlib import Path
from typing import Any

from biye.sandbox.season import SEASONS, write_season
from biye.sandbox.sheets import Style
from biye.sandbox.students import reporting_units
from models.reference import read_reference

DATA = Path(__file__).parent / "data"
SEED = 1
DIRTY = SPOILED = 0.005  # rows to be normalised, and further score rows to be refused
STYLES = (Style("gb18030"), Style("utf-8"))  # what DuckDB can read as well
SCORE_SHEETS = frozenset({"grade-history", "practice", "final-exam"})
STUDENTS_A_UNIT = 20_000
_MADE_AS = {"seed": SEED, "dirty": DIRTY, "spoiled": SPOILED, "styles": len(STYLES), "form": 2}


def season_folder(students: int, units: list[str] | None = None, data: Path = DATA) -> Path:
    """Return the folder of a season of so many students, written when it is not there.

    units: default as many as such a season has (see units_of).
    """
    units = units or units_of(students)
    folder, made_as = data / f"season-{students}-{len(units)}", {**_MADE_AS, "units": units}
    stamp = folder / "made-as.json"
    if not stamp.exists() or json.loads(stamp.read_text()) != made_as:
        how: dict[str, Any] = {"dirty": DIRTY, "spoiled": SPOILED, "styles": STYLES}
        write_season(folder, students, SEED, photos=False, branches=units, **how)
        stamp.write_text(json.dumps(made_as))
    return folder


def units_of(students: int) -> list[str]:
    """Return the units that send: all in a season of a million, some from all over the list in a smaller.

    >>> len(units_of(1_000_000)), len(units_of(100_000)), len(units_of(20_000))
    (50, 5, 1)
    """
    every = reporting_units(read_reference(SEASONS / "reference"), students, None)
    wanted = min(max(students // STUDENTS_A_UNIT, 1), len(every))
    return [every[place * len(every) // wanted] for place in range(wanted)]


def manifest(folder: Path) -> list[dict[str, str]]:
    """Return the files that a season's units send: file, kind, branch, received_at."""
    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def expected(folder: Path) -> dict[str, Any]:
    """Return how a season should end."""
    found: dict[str, Any] = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    return found
