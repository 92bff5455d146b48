"""`biye verify`: is what is recorded still as it was recorded."""

from dataclasses import asdict
from typing import Annotated

import typer

from biye.cli.answers import AsJson, print_json, refusals_told
from models.database import migrate
from rules.refusals import Refused
from tasks.verification import Broken, Verified
from tasks.verification import verify as verify_all

app = typer.Typer()
SHOWN = 20  # lines of what is broken; --json has all


@app.command()
def verify(
    files: Annotated[
        bool, typer.Option("--archive", help="同时核对归档文件 · look at every archived file as well")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """核验事件链：有无改动、缺失、错序 · find altered, missing or reordered events."""
    with refusals_told():
        migrate()
        found = verify_all(files)
        if as_json:
            print_json({"ok": not found.broken, **asdict(found)})
        else:
            _print(found)
        if found.broken:
            raise Refused("verify-broken", count=len(found.broken), first=_place(found.broken[0]))


def _print(found: Verified) -> None:
    files = "" if found.files is None else f"，归档文件 files {found.files} 个"
    typer.echo(f"已核验 {found.streams} 条事件链 streams，{found.events} 个事件 events{files}")
    if found.sealed:
        day, seal = found.sealed
        typer.echo(f"最近每日封存 last daily seal {day}：{seal[:16]}（请另行抄存 · note it elsewhere）")
    for one in found.broken[:SHOWN]:
        typer.echo(f"✗ {_place(one)}：{one.problem} {one.problem_en}")
    if len(found.broken) > SHOWN:
        typer.echo(f"… 另有 {len(found.broken) - SHOWN} 处 more")
    if not found.broken:
        typer.echo("全部一致 · everything is as it was recorded")


def _place(one: Broken) -> str:
    return one.where if one.seq is None else f"{one.where} #{one.seq}"
