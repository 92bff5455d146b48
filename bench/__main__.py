"""`python -m bench [PART …] --size 100k`: measure all parts or some, say which bounds are kept."""

import json
import os
import platform
import sqlite3
import time
import traceback
from pathlib import Path
from typing import Annotated

import duckdb
import typer
from rich.console import Console
from rich.table import Table

from bench import (
    case_view,
    certificates,
    engine,
    events,
    labels,
    photos,
    postgresql,
    proof,
    registry_files,
    season,
    workbooks,
)
from bench.figure import Figure, Measure
from bench.picture import picture

HERE = Path(__file__).parent
PARTS: dict[str, Measure] = {
    "season": season.figures,
    "engine": engine.figures,
    "postgresql": postgresql.figures,
    "registry-files": registry_files.figures,
    "workbooks": workbooks.figures,
    "labels": labels.figures,
    "events": events.figures,
    "case-view": case_view.figures,
    "certificates": certificates.figures,
    "photos": photos.figures,
    "proof": proof.figures,
}

WITHIN = {"proof"}  # what the season's part does as well


def main(
    parts: Annotated[
        list[str] | None, typer.Argument(help="部分，默认全部 · which parts, default all")
    ] = None,
    size: Annotated[str, typer.Option(help="学生人数 · students: 20k, 100k, 1m")] = "20k",
    turns: Annotated[int, typer.Option(min=1, help="轮数，取最快 · turns, the fastest counts")] = 3,
    slack: Annotated[
        float | None,
        typer.Option(help="超过上限这么多倍时返回 1 · exit 1 where a bound is missed this many times"),
    ] = None,
) -> None:
    """把 Biye 与最简单的做法相比 · compare Biye with the plainest thing that could be done."""
    students, console = students_of(size), Console()
    found: list[Figure] = []
    failed = False
    for part in named(parts):
        began = time.monotonic()
        try:
            measured = PARTS[part](students, turns, console.print)
        except Exception as error:  # what the other parts measured is kept
            failed = True
            console.print(f"[red]{part} 失败 failed[/red]", traceback.format_exc(), f"{error}", markup=True)
            continue
        found += measured
        keep(measured, size.lower(), part)
        console.print(f"[dim]{part}: {time.monotonic() - began:.0f} s[/dim]")
    console.print(bounds_table(found))
    console.print("；".join(f"{name} {value}" for name, value in machine().items()))
    missed = slack is not None and any(one.off > slack for one in found)
    raise typer.Exit(1 if failed or missed else 0)


def named(parts: list[str] | None) -> list[str]:
    """Return the parts to measure."""
    if unknown := set(parts or ()) - PARTS.keys():
        raise typer.BadParameter(f"{'、'.join(sorted(unknown))}: {'、'.join(PARTS)}")
    return parts or [part for part in PARTS if part not in WITHIN]


def students_of(size: str) -> int:
    """Return how many students a size names.

    >>> students_of("100k")
    100000
    """
    unit = {"k": 1000, "m": 1_000_000}.get(size[-1].lower(), 1)
    try:
        students = int(size if unit == 1 else size[:-1]) * unit
    except ValueError:
        raise typer.BadParameter(f"{size}: 20k, 100k, 500") from None
    if students < 500:
        raise typer.BadParameter(f"{size}: 至少 at least 500")
    return students


def bounds_table(found: list[Figure]) -> Table:
    """Return each bound, and whether it is kept."""
    table = Table()
    for heading in ("项目 what", "对照 beside", "结果 found", "界限 bound", ""):
        table.add_column(heading)
    for one in found:
        sign = "≤" if one.row.better == "lower" else "≥"
        verdict = "[green]达到 met[/green]" if one.met else "[red]未达到 not met[/red]"
        said = (f"{one.row.name} {one.row.zh}", one.row.beside)
        table.add_row(
            *said, f"{one.ratio:.2f} {one.row.unit}", f"{sign} {one.row.bound:g} {one.row.unit}", verdict
        )
    return table


def keep(found: list[Figure], size: str, part: str) -> None:
    """Write what a part measured into the results of a size, in the place of what it measured before."""
    path, told = HERE / f"results-{size}.json", [one.as_json() | {"part": part} for one in found]
    known = {one["row"]: one for one in json.loads(path.read_text(encoding="utf-8"))} if path.exists() else {}
    known |= {one["row"]: one for one in told}
    rows = list(known.values())
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    on = json.dumps(machine(), ensure_ascii=False, indent=1)
    (HERE / f"results-{size}.machine.json").write_text(on + "\n", encoding="utf-8")
    (HERE / f"results-{size}.svg").write_text(picture([Figure.of(one) for one in rows]), encoding="utf-8")


def machine() -> dict[str, str]:
    """Return on what was measured."""
    cpu = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    return {
        "CPU": f"{cpu[0].partition(':')[2].strip() if cpu else platform.machine()} × {os.cpu_count()}",
        "内存 memory": f"{memory:.0f} GB",
        "负载 load": f"{os.getloadavg()[0]:.1f}",
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
        "DuckDB": duckdb.__version__,
    }


if __name__ == "__main__":
    typer.run(main)
