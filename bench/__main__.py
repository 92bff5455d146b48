"""`python -m bench --size 100k [--json FILE]`: measure a fifth of the students and all, say what holds."""

import json
import os
import platform
import sqlite3
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import duckdb
import typer
from rich.console import Console
from rich.table import Table

from bench.bounds import UNBOUND, Finding, all_met, findings, growth
from bench.measure import Measured, measure


def main(
    size: Annotated[str, typer.Option(help="学生人数 · students: 20k, 100k")] = "20k",
    turns: Annotated[int, typer.Option(min=1, help="轮数，取最快 · turns, the fastest counts")] = 3,
    strict: Annotated[
        bool, typer.Option("--strict", help="未达到时返回 1 · exit 1 if one is not met")
    ] = False,
    write_json: Annotated[Path | None, typer.Option("--json", help="结果写入 · write results to")] = None,
) -> None:
    """把 Biye 与最简单的做法相比 · compare Biye with the plainest thing that could be done."""
    students = students_of(size)
    console = Console()
    smaller, larger = (measure(count, turns, console.print) for count in (students // 5, students))
    found = [*findings(larger.biye, larger.plain, larger.peak), *growth(smaller.biye, larger.biye)]
    for table in (seconds_table(larger), bounds_table(found)):
        console.print(table)
    console.print("；".join(f"{name} {value}" for name, value in machine().items()))
    if write_json:
        write_json.write_text(json.dumps(report(smaller, larger, found), ensure_ascii=False, indent=1))
    raise typer.Exit(1 if strict and not all_met(found) else 0)


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


def seconds_table(measured: Measured) -> Table:
    """Return what both sides took."""
    table = Table(title=f"{measured.students} 名学生 students")
    for heading in ("项目 what", "行数 rows", "Biye CPU s", "对照 plain CPU s", "Biye s", "对照 plain s"):
        table.add_column(heading, justify="left" if heading.startswith("项目") else "right")
    sides = (measured.biye, measured.plain, measured.biye_wall, measured.plain_wall)
    for name in measured.biye:
        rows = measured.rows.get(name, measured.rows["registry"])
        said = f"{name} {UNBOUND[name]}" if name in UNBOUND else name
        table.add_row(said, f"{rows:,}", *(f"{side[name]:.2f}" if name in side else "" for side in sides))
    return table


def bounds_table(found: list[Finding]) -> Table:
    """Return each bound, and whether it holds."""
    table = Table()
    for heading in ("项目 what", "结果 found", "上限 bound", ""):
        table.add_column(heading)
    for one in found:
        verdict = "[green]达到 met[/green]" if one.met else "[red]未达到 not met[/red]"
        table.add_row(one.zh, f"{one.found:.1f} {one.unit}", f"≤ {one.bound:g} {one.unit}", verdict)
    return table


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


def report(smaller: Measured, larger: Measured, found: list[Finding]) -> dict[str, Any]:
    """Return everything that was measured, for a file."""
    said = [asdict(one) | {"met": one.met} for one in found]
    return {"machine": machine(), "measured": [asdict(smaller), asdict(larger)], "bounds": said}


if __name__ == "__main__":
    typer.run(main)
