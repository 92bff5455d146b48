"""The invented season of a bench: written once for each size, and used again."""

import json
from pathlib import Path
from typing import Any

from biye.sandbox.season import write_season
from biye.sandbox.sheets import Style

DATA = Path(__file__).parent / "data"
SEED = 1
DIRTY = SPOILED = 0.005  # rows to be normalised, and further score rows to be refused
STYLES = (Style("gb18030"), Style("utf-8"))  # what DuckDB can read as well
SCORE_SHEETS = frozenset({"grade-history", "practice", "final-exam"})
_MADE_AS = {"seed": SEED, "dirty": DIRTY, "spoiled": SPOILED, "styles": len(STYLES), "form": 1}


def season_folder(students: int, units: list[str] | None = None, data: Path = DATA) -> Path:
    """Return the folder of a season of so many students, written when it is not there. units: default all."""
    folder = data / f"season-{students}" if units is None else data / f"season-{students}-{'-'.join(units)}"
    stamp = folder / "made-as.json"
    if not stamp.exists() or json.loads(stamp.read_text()) != _MADE_AS:
        write_season(
            folder,
            students,
            SEED,
            photos=False,
            branches=units,
            dirty=DIRTY,
            spoiled=SPOILED,
            styles=STYLES,
        )
        stamp.write_text(json.dumps(_MADE_AS))
    return folder


def expected(folder: Path) -> dict[str, Any]:
    """Return how a season should end."""
    found: dict[str, Any] = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    return found
