"""`biye certificate`: the life of a certificate, from its sheet to its student (N5)."""

import getpass
from typing import Annotated

import typer

from biye.cli.answers import AsJson, print_json, refusals_told
from biye.cli.certificate_position import position
from biye.cli.certificate_problem import correct, dismiss, problem, problems, registry_corrected
from biye.cli.certificate_sheets import ledger, spoil, statement, void
from biye.cli.instants import instant_option
from models.database import migrate
from tasks.hand_over import hand_over as record_hand_over
from tasks.hand_over import latest_season
from tasks.policy import season_pack

app = typer.Typer(no_args_is_help=True, help="毕业证书 · certificates")
for of_sheets in (position, spoil, ledger, void, statement):
    app.command()(of_sheets)
for of_problems in (problem, correct, dismiss, problems, registry_corrected):
    app.command()(of_problems)


@app.callback()
def certificate() -> None:
    """毕业证书 · certificates."""


@app.command("hand-over")
def hand_over(
    student_no: Annotated[str, typer.Argument(help="学号 · student number")],
    by: Annotated[str, typer.Option(help="学习中心代码 · the study centre")],
    season: Annotated[
        str, typer.Option(help="毕业季，默认该生最近一季 · default: the student's latest")
    ] = "",
    at: Annotated[str | None, typer.Option(help="发放时间，默认现在 · when, default now")] = None,
    actor: Annotated[str | None, typer.Option(help="经办人，默认登录名 · who gave it out")] = None,
    as_json: AsJson = False,
) -> None:
    """发放证书 · give a certificate to its student: accepted registration, issue date reached."""
    when = instant_option(at)
    migrate()
    with refusals_told():
        pack = season_pack(season or latest_season(student_no))
        result = record_hand_over(student_no, by, when, actor or getpass.getuser(), pack)
    if as_json:
        print_json(vars(result))
        return
    typer.echo(result.sentence)
    typer.echo(result.sentence_en)
