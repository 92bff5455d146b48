"""`biye certificate problem`, `correct`, `dismiss`, `problems`, `registry-corrected`: what is wrong (N5)."""

import getpass
from pathlib import Path
from typing import Annotated

import typer

from biye.cli.answers import Actor, AsJson, print_json, refusals_told
from biye.cli.certificate_sheets import By, Named, OfSeason
from biye.cli.instants import At, instant_option
from biye.cli.tables import print_table
from biye.cli.unmasking import AskedBy, Unmasked, asker
from models.database import migrate
from rules.certificate_problem import CHINESE, ProblemState
from tasks.certificate_named import season_of
from tasks.certificate_problem import (
    dismiss_problem,
    note_registry_corrected,
    propose_correction,
    season_of_problem,
)
from tasks.policy import current_reference, season_pack
from tasks.problem_opening import open_problem
from tasks.problem_view import problems as read_problems

Problem = Annotated[int, typer.Argument(metavar="PROBLEM", help="证书问题编号 · the problem's id")]
HEADINGS = (
    *("编号", "证书 number", "栏目 field", "发现 found", "应为 right", "单位 by", "责任 owner"),
    *("状态 state", "到期 due", "学信网更正 registry"),
)


def problem(
    named: Named,
    field: Annotated[str, typer.Option(help="栏目，如姓名 · the field, such as name")],
    found: Annotated[str, typer.Option(help="发现的问题 · what was found")],
    by: Annotated[str, typer.Option("--by", help="发现单位代码 · the unit that found it")],
    season: OfSeason = "",
    actor: Actor = None,
    at: At = None,
    as_json: AsJson = False,
) -> None:
    """登记证书问题，暂停发放 · note what is wrong on a certificate; its hand-over waits."""
    when = instant_option(at)
    with refusals_told():
        migrate()
        pack = season_pack(season or season_of(named))
        made = open_problem(named, field, found, by, when, actor or getpass.getuser(), pack, pack.season)
    if as_json:
        print_json({"problem": made})
    else:
        typer.echo(f"已登记证书问题 problem {made}，由总部处理 · HQ sees to it")


def correct(
    problem_id: Problem,
    evidence: Annotated[
        Path, typer.Option(exists=True, dir_okay=False, help="证明材料扫描件 · a scan of the evidence")
    ],
    by: By,
    right: Annotated[
        str, typer.Option(help="正确内容；记录无误只重印时不写 · the right value; none: only print again")
    ] = "",
    at: At = None,
    as_json: AsJson = False,
) -> None:
    """提出更正，由第二人审批后以同一编号重印 · propose a correction for a second person to approve."""
    when = instant_option(at)
    with refusals_told():
        migrate()
        approval = propose_correction(problem_id, right, evidence.read_bytes(), by, when)
    if as_json:
        print_json({"problem": problem_id, "approval": approval})
    else:
        typer.echo(f"已提出更正，待审批 waits for approval → biye approval approve {approval} --by 姓名")


def dismiss(problem_id: Problem, by: By, at: At = None, as_json: AsJson = False) -> None:
    """经核实无误，恢复发放 · nothing is wrong after all; the hand-over goes on."""
    when = instant_option(at)
    with refusals_told():
        migrate()
        dismiss_problem(problem_id, by, when)
    if as_json:
        print_json({"problem": problem_id, "state": "dismissed"})
    else:
        typer.echo(f"证书问题 {problem_id} 经核实无误 · dismissed")


def registry_corrected(
    problem_id: Problem,
    document: Annotated[str, typer.Option(help="学信网更正文号 · CHSI's document")],
    by: By,
    at: At = None,
    as_json: AsJson = False,
) -> None:
    """登记学信网已更正，证书随后重印 · note that CHSI corrected its record; then the sheet is printed."""
    when = instant_option(at)
    with refusals_told():
        migrate()
        pack = season_pack(season_of_problem(problem_id))
        note_registry_corrected(problem_id, document, by, when, pack, current_reference())
    if as_json:
        print_json({"problem": problem_id, "registry": "done"})
    else:
        typer.echo(f"证书问题 {problem_id}：学信网已更正 · corrected at CHSI")


def problems(
    season: Annotated[str, typer.Argument(help="毕业季 · season")],
    registry: Annotated[
        bool, typer.Option("--registry", help="只看待学信网更正的 · only what CHSI has to correct")
    ] = False,
    unmasked: Unmasked = False,
    by: AskedBy = None,
    as_json: AsJson = False,
) -> None:
    """证书问题：栏目、责任单位、期限 · what was found wrong, whose it is, and until when."""
    with refusals_told():
        migrate()
        found = read_problems(season, "wanted" if registry else "", asker(unmasked, by))
    if as_json:
        print_json([vars(one) for one in found])
    elif not found:
        typer.echo("没有证书问题。No problems.")
    else:
        rows = [
            (
                *(one.problem, one.number, f"{one.about_zh}{one.field_zh} {one.about}/{one.field}"),
                *(one.found, one.correct),
                *(one.found_by, one.owner, f"{CHINESE[ProblemState(one.state)]} {one.state}"),
                *(one.due_on, one.registry),
            )
            for one in found
        ]
        print_table(f"证书问题 problems {len(found)}", HEADINGS, rows)
