"""`biye season`: check a policy pack and show the timeline that follows from it."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from biye.cli.answers import AsJson, day_option, print_json, read_text, refusals_told
from biye.cli.milestones import said_days
from biye.cli.season_account import account
from biye.cli.season_amend import amend_season
from biye.cli.season_close import close
from biye.cli.season_deploy import deploy
from biye.cli.season_gaps import gaps
from biye.cli.tables import screen, table_for
from rules.deadlines import season_calendar, waits_for
from rules.milestones import Milestone, milestones
from rules.season import Pack, parse_pack
from tasks.timeline_picture import write_picture

app = typer.Typer(no_args_is_help=True, help="毕业季政策 · season policy")

PackFile = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, help="政策包 YAML · the season's policy pack")
]
KnownOn = Annotated[str | None, typer.Option("--known-on", help="按该日已公布的日历 · as known on this day")]
Picture = Annotated[
    Path | None, typer.Option("--picture", dir_okay=False, help="另存为 .svg 或 .png · draw it as well")
]
SHAPES = {
    "batch": "批次",
    "window": "窗口",
    "cancelled": "取消",
    "vacation": "寒假",
    "date": "日期",
    "due": "到期",
    "safe": "安全日",
}
SOURCES = {"stated": "原文", "carried-over": "沿用", "inferred": "推定"}


app.command()(deploy)
app.command()(account)
app.command("amend")(amend_season)
app.command()(gaps)
app.command()(close)


@app.callback()
def season() -> None:
    """毕业季政策 · season policy."""


@app.command()
def check(file: PackFile, as_json: AsJson = False) -> None:
    """校验政策包 · check a policy pack: every wrong key with its value and what is allowed."""
    with refusals_told():
        pack = parse_pack(read_text(file), str(file))
    waiting = {name: waits for name in pack.dates if (waits := waits_for(pack, name))}
    if as_json:
        batches = [batch.model_dump(include={"number", "label", "status"}) for batch in pack.batches]
        found = {"season": pack.season, "version": pack.version, "hash": pack.hash, "batches": batches}
        print_json({"ok": True, **found, "waits_for": waiting})
        return
    typer.echo(f"通过 OK · {file} · {pack.season} 第 {pack.version} 版 version {pack.version}")
    typer.echo(f"  hash {pack.hash}")
    for batch in pack.batches:
        status = "开放 open" if batch.is_open else f"已取消 cancelled：{batch.reason}"
        typer.echo(f"  批次 batch {batch.number} {batch.label} · {status}")
    for name, waits in waiting.items():
        typer.echo(f"  待定 {pack.dates[name].label} waits for {waits}")


@app.command()
def plan(file: PackFile, picture: Picture = None, known: KnownOn = None, as_json: AsJson = False) -> None:
    """时间安排 · the timeline with computed deadlines; --picture draws it."""
    known_day = day_option(known)
    if picture and picture.suffix.lower() not in (".svg", ".png"):
        raise typer.BadParameter("--picture: .svg 或 or .png")
    with refusals_told():
        pack = parse_pack(read_text(file), str(file))
        calendar = season_calendar(pack, known_day)
        found = milestones(pack, calendar)
    if picture:
        write_picture(pack, found, calendar.version, picture)
    if as_json:
        content = {"season": pack.season, "version": pack.version, "hash": pack.hash}
        print_json({**content, "calendar": calendar.version, "milestones": [vars(one) for one in found]})
        return
    _print_timeline(pack, found, calendar.version)
    if picture:
        typer.echo(f"图 picture: {picture}")


def _print_timeline(pack: Pack, found: list[Milestone], version: str) -> None:
    title = f"{pack.season} · {pack.title} · 第 {pack.version} 版 · 日历 calendar {version}"
    table = table_for(title, ("日期 day", "类别", "事项 milestone", "条款", "来源"))
    for column in table.columns:
        column.no_wrap = column.header != "事项 milestone"
    for one in found:
        table.add_row(said_days(one), SHAPES[one.shape], _said(one), one.clause, SOURCES[one.provenance])
    screen().print(table)


def _said(one: Milestone) -> str:
    waiting = f"waits for {one.waits_for}" if one.waits_for else ""
    notes = [one.en, one.rule, waiting]
    return f"{escape(one.zh)}\n[dim]{escape(' · '.join(filter(None, notes)))}[/dim]"
