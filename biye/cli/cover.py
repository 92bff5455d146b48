"""`biye cover`: estimates of certificate covers, reminders, and the summary to order from (N6)."""

import getpass
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from biye.cli.answers import AsJson, print_json, refusals_told
from biye.cli.instants import AsOf, instant_option
from biye.cli.tables import print_table
from models.database import migrate
from rules.cover import CHINESE
from tasks.cover import CoverStanding, cover_standings
from tasks.cover_papers import totals, unit_names, write_reminders, write_summary
from tasks.policy import current_reference, season_pack
from tasks.seasons import season_meant

app = typer.Typer(no_args_is_help=True, help="毕业证封皮征订 · certificate covers")
Season = Annotated[str, typer.Option(help="毕业季，只有一个时可不写 · season, when there are several")]
HEADINGS = (
    "单位",
    "名称 unit",
    "层次",
    "征订 estimate",
    "毕业生 graduates",
    "相差 %",
    "状态 state",
    "说明 note",
)


@app.callback()
def cover() -> None:
    """毕业证封皮征订 · certificate covers."""


@app.command("list")
def list_(
    season: Annotated[str, typer.Argument(metavar="SEASON", help="毕业季，如 2020-01 · the season")] = "",
    as_json: AsJson = False,
) -> None:
    """各单位征订数量与毕业生人数 · each unit's estimate beside its approved graduates."""
    with refusals_told():
        migrate()
        found = cover_standings(season_pack(season_meant(season)))
        names = unit_names(current_reference())
    if as_json:
        print_json([asdict(one) | {"name": names.get(one.unit, "")} for one in found])
        return
    print_table(f"封皮征订 covers {len(found)}", HEADINGS, (_row(one, names) for one in found))
    for level, quantity, graduates in totals(found):
        typer.echo(f"合计 total {level}：征订 {quantity} · 毕业生 {graduates}")


def _row(one: CoverStanding, names: dict[str, str]) -> tuple[object, ...]:
    difference = None if one.difference is None else f"{one.difference:+}"
    counts = (one.estimate, one.graduates, difference)
    return (one.unit, names.get(one.unit), one.level, *counts, f"{CHINESE[one.state]} {one.state}", one.note)


@app.command()
def remind(
    out: Annotated[Path, typer.Option(file_okay=False, help="存放提醒函的文件夹 · where the letters go")],
    season: Season = "",
    by: Annotated[str | None, typer.Option(help="经办人，默认登录名 · who reminds")] = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """为未报或待说明的单位各写一份提醒函 · a letter for each unit that owes an estimate or a reason."""
    when = instant_option(as_of)
    with refusals_told():
        migrate()
        pack = season_pack(season_meant(season))
        letters = write_reminders(pack, current_reference(), out, when, by or getpass.getuser())
    if as_json:
        print_json([str(letter) for letter in letters])
        return
    typer.echo(f"提醒函 letters: {len(letters)} · {out}")


@app.command()
def summary(
    out: Annotated[Path, typer.Option(dir_okay=False, help="封皮汇总表 .xlsx · the workbook")],
    season: Season = "",
    as_json: AsJson = False,
) -> None:
    """封皮汇总表，供总部订购 · the workbook that HQ orders from."""
    with refusals_told():
        migrate()
        found = write_summary(season_pack(season_meant(season)), current_reference(), out)
    counts = [{"level": level, "estimate": sent, "graduates": of} for level, sent, of in totals(found)]
    if as_json:
        print_json({"file": str(out), "totals": counts})
        return
    said = "，".join(f"{one['level']} {one['estimate']}" for one in counts)
    typer.echo(f"封皮汇总表 summary: {out} · {said or '尚无征订 no estimates yet'}")
