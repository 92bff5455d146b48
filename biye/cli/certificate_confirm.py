"""`biye certificate confirm-record`, `confirm-records`: students looked at their public records (N5, N7)."""

import getpass
from pathlib import Path
from typing import Annotated

import typer

from biye.cli.answers import Actor, AsJson, print_json, refusals_told
from biye.cli.certificate_sheets import OfSeason
from biye.cli.instants import At, instant_option
from models.database import migrate
from tasks.confirmation import Entered, Word, confirm_records
from tasks.confirmation_list import enter_list
from tasks.hand_over import latest_season
from tasks.policy import current_reference, season_pack

By = Annotated[
    str, typer.Option("--by", help="学习中心或上级单位代码 · the study centre, or a unit above it")
]


def confirm_record(
    student_no: Annotated[str, typer.Argument(help="学号 · student number")],
    by: By,
    problem: Annotated[
        str, typer.Option(help="有误的栏目，如姓名 · the field that is wrong, if one is")
    ] = "",
    found: Annotated[str, typer.Option(help="学信网上的内容 · what CHSI shows")] = "",
    season: OfSeason = "",
    actor: Actor = None,
    at: At = None,
    as_json: AsJson = False,
) -> None:
    """登记学生确认学信网信息；有误的转总部处理 · the student finds the CHSI record right, or wrong."""
    when = instant_option(at)
    with refusals_told():
        migrate()
        pack = season_pack(season or latest_season(student_no))
        word = Word(student_no, problem, found)
        done = confirm_records([word], by, when, actor or getpass.getuser(), pack, current_reference())
    _print(done, as_json)


def confirm_records_of(
    file: Annotated[
        Path,
        typer.Argument(
            exists=True,
            dir_okay=False,
            help="签收名单 CSV：学号，有误的加 有误栏目、说明 · CSV of student numbers, with what is wrong",
        ),
    ],
    season: Annotated[str, typer.Option("--season", help="毕业季，如 2020-01 · the season")],
    by: By,
    actor: Actor = None,
    at: At = None,
    as_json: AsJson = False,
) -> None:
    """按纸质签收名单成批登记学信网信息确认 · enter a signed paper list, whole or not at all."""
    when = instant_option(at)
    with refusals_told():
        migrate()
        facts = (season_pack(season), current_reference())
        done = enter_list(file.read_bytes(), file.name, by, when, actor or getpass.getuser(), *facts)
    _print(done, as_json)


def _print(done: Entered, as_json: bool) -> None:
    if as_json:
        print_json(vars(done))
        return
    counts = f"确认无误 confirmed {done.confirmed} · 重复 repeated {done.repeated} · 有误 wrong {done.wrong}"
    typer.echo(f"学信网信息 CHSI records：{counts}")
    if done.wrong:
        typer.echo("有误的由总部处理 · HQ sees to what is wrong → biye certificate problems 毕业季")
