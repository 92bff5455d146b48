"""docs/performance.md: what the bench measured, from bench/results-SIZE.json, and how to read it."""

import json
from pathlib import Path
from typing import Any

BENCH = Path(__file__).parents[2] / "bench"
SIZES = {"1m": "1,000,000", "100k": "100,000"}
TEMPLATE = Path(__file__).with_suffix(".template.md")


def page() -> str:
    """Return the page."""
    tables = "\n".join(_table(size, said) for size, said in SIZES.items())
    return TEMPLATE.read_text(encoding="utf-8").replace("{tables}", tables)


def _table(size: str, students: str) -> str:
    title = f"## {students} students\n"
    path = BENCH / f"results-{size}.json"
    if not path.exists():
        return f"{title}\nNot measured yet: `make bench SIZE={size}`.\n"
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    machine: dict[str, str] = json.loads((BENCH / f"results-{size}.machine.json").read_text(encoding="utf-8"))
    on = "; ".join(f"{name} {value}" for name, value in machine.items())
    head = "| row | beside | measured | bound | kept | `python -m bench` |\n|---|---|---|---|---|---|"
    return "\n".join([title, f"Measured on {on}.\n", head, *(_row(one, size) for one in rows), ""])


def _row(one: dict[str, Any], size: str) -> str:
    sign = "≤" if one["better"] == "lower" else "≥"
    ratio = f"{one['ratio']:.3g}" if one["ratio"] < 1000 else f"{one['ratio']:,.0f}"
    kept = "yes" if one["pass"] else "**no**"
    bound, unit = f"{sign} {one['bound']:g}", one["unit"]
    cells = (f"{one['row']} {one['zh']}", one["beside"], f"{ratio} {unit}", f"{bound} {unit}", kept)
    return f"| {' | '.join(cells)} | `{one['part']} --size {size}` |"
