"""`biye season gaps`: who misses the next step, why, and whose turn it is (N5)."""

from pathlib import Path
from typing import Annotated, Any

import typer

from biye.cli.answers import AsJson, print_json, refusals_told
from biye.cli.instants import AsOf, instant_option
from biye.cli.report import By
from biye.cli.tables import print_table, screen
from models.database import migrate
from rules.clock import now_in_shanghai
from rules.gap_causes import CHINESE, OWNERS_ZH, said_cause
from rules.reports import Asked
from tasks.gap import Gap, Gaps, season_gaps
from tasks.gap_picture import write_gap_picture
from tasks.policy import current_reference, season_pack
from tasks.reports import make_report, save_report


def gaps(
    season: Annotated[str, typer.Argument(metavar="SEASON", help="毕业季，如 2020-01 · the season")],
    branch: Annotated[str, typer.Option("--branch", help="只看一个分部 · only this unit")] = "",
    out: Annotated[
        Path | None, typer.Option("--out", dir_okay=False, help="逐人名单 .xlsx，须 --by · people, by name")
    ] = None,
    picture: Annotated[
        Path | None, typer.Option("--picture", dir_okay=False, help="另存为 .svg 或 .png · draw it as well")
    ] = None,
    by: By = "",
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """查缺补漏 · how far everyone has come, and for each gap its cause and owner."""
    when = instant_option(as_of)
    if picture and picture.suffix.lower() not in (".svg", ".png"):
        raise typer.BadParameter("--picture: .svg 或 or .png")
    with refusals_told():
        migrate()
        pack = season_pack(season)
        asked = Asked(pack, current_reference(), when, branch)
        found = season_gaps(season, pack, when, branch)
        if out:
            save_report(make_report("gaps", asked, by, now_in_shanghai()), out)
        if picture:
            write_gap_picture(found, pack.title, picture)
    if as_json:
        print_json(_facts(found))
        return
    _print_gaps(found, asked.units)
    for file in filter(None, (out, picture)):
        typer.echo(f"文件 file: {file}")


def _facts(found: Gaps) -> dict[str, Any]:
    """Return the check for programs: the waterfall, every gap, certificates nobody fetched by holder (G3)."""
    steps = [{"step": step, "zh": CHINESE[step], "people": people} for step, people in found.waterfall()]
    told = {
        "season": found.season,
        "as_of": found.as_of,
        "steps": steps,
        "gaps": list(map(vars, found.missing)),
    }
    return told | {"unexplained": found.unexplained, "not_picked_up": found.not_fetched()}


def _print_gaps(found: Gaps, units: dict[str, str]) -> None:
    steps = found.waterfall()
    title = f"查缺补漏 gap check · {found.season} · {found.as_of:%Y-%m-%d %H:%M}"
    whole = max(1, steps[0][1])
    rows = [(CHINESE[step], step, people, f"{100 * people / whole:.1f} %") for step, people in steps]
    print_table(title, ("步骤", "step", "人数 people", "占应毕业"), rows)
    headings = ("分部", "缺 missing", "原因", "cause", "人数 people", "责任方 owner", "责任单位 unit")
    print_table(
        f"缺口 gaps {steps[0][1] - steps[-1][1]}", headings, (_line(one, units) for one in found.missing)
    )
    screen().print(f"原因不明 unexplained: {found.unexplained}")


def _line(one: Gap, units: dict[str, str]) -> tuple[object, ...]:
    why = (said_cause(one.cause, one.detail), one.cause, one.people)
    return (one.branch, CHINESE[one.missing], *why, OWNERS_ZH[one.owner], units.get(one.unit, one.unit))
