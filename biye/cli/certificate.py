"""`biye certificate`: the life of a certificate, from its sheet to its student (N5)."""

import getpass
from typing import Annotated

import typer

from biye.cli.answers import Actor, AsJson, print_json, refusals_told
from biye.cli.certificate_confirm import confirm_record, confirm_records_of
from biye.cli.certificate_position import position
from biye.cli.certificate_problem import correct, dismiss, problem, problems, registry_corrected
from biye.cli.certificate_sheets import ledger, spoil, statement, void
from biye.cli.instants import At, instant_option
from models.database import migrate
from tasks.hand_over import hand_over as record_hand_over
from tasks.hand_over import latest_season, refuse_certificate
from tasks.policy import season_pack

app = typer.Typer(no_args_is_help=True, help="毕业证书 · certificates")
for of_sheets in (position, spoil, ledger, void, statement):
    app.command()(of_sheets)
app.command()(confirm_record)
app.command("confirm-records")(confirm_records_of)
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
    at: At = None,
    actor: Actor = None,
    problem: Annotated[
        list[str] | None,
        typer.Option(help="学生发现证书有误的栏目，可重复；不发放 · what is wrong on it: not handed over"),
    ] = None,
    found: Annotated[str, typer.Option(help="发现的问题 · what was found")] = "领取时发现有误",
    record_later: Annotated[
        bool, typer.Option("--record-later", help="学信网信息稍后核对 · the student has yet to look at CHSI")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """发放证书，学生确认证书及已公开的学信网信息 · hand over what the student finds right."""
    when, who = instant_option(at), actor or getpass.getuser()
    migrate()
    with refusals_told():
        pack = season_pack(season or latest_season(student_no))
        if problem:
            opened = refuse_certificate(student_no, problem, found, by, when, who, pack)
            _print_problems(opened, as_json)
            return
        result = record_hand_over(student_no, by, when, who, pack, record_later=record_later)
    if as_json:
        print_json(vars(result))
        return
    typer.echo(result.sentence)
    typer.echo(result.sentence_en)


def _print_problems(opened: list[int], as_json: bool) -> None:
    if as_json:
        print_json({"problems": opened})
        return
    named = "、".join(map(str, opened))
    typer.echo(f"未发放：已登记证书问题 {named}，由总部处理 · not handed over: problems {named}, for HQ")
