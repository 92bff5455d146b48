"""`biye season close`: propose that a season be closed; another person approves it (N5)."""

from typing import Annotated

import typer

from biye.cli.answers import AsJson, print_json, refusals_told
from biye.cli.instants import AsOf, instant_option
from models.database import migrate
from tasks.policy import season_pack
from tasks.proposal import propose_close


def close(
    season: Annotated[str, typer.Argument(metavar="SEASON", help="毕业季，如 2020-01 · the season")],
    by: Annotated[str, typer.Option("--by", help="提出人姓名 · who proposes it")],
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """提请关闭毕业季 · propose to close a season; refused while a gap is unexplained or something waits."""
    when = instant_option(as_of)
    with refusals_told():
        migrate()
        approval = propose_close(season, season_pack(season), by, when)
    if as_json:
        print_json({"season": season, "approval": approval, "state": "proposed"})
        return
    typer.echo(f"已提请关闭 proposed · {season} · 审批事项 approval {approval}")
    typer.echo(f"须由另一人批准 another person approves: biye approval approve {approval} --by …")
