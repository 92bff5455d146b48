"""`biye exemption`: applications for exemption, and withdrawing a late one (R3)."""

from dataclasses import asdict
from typing import Annotated

import typer

from biye.cli.answers import AsJson, print_json, refusals_told
from biye.cli.tables import print_table
from models.database import migrate
from rules.clock import now_in_shanghai
from tasks.exemption_view import ApplicationSeen, list_applications
from tasks.exemption_withdrawal import propose_withdrawal
from tasks.seasons import season_meant

app = typer.Typer(no_args_is_help=True, help="免修免考申请 · exemption applications")
Season = Annotated[str, typer.Option(help="毕业季，只有一个时可不写 · season, when there are several")]
HEADINGS = ("单位", "学号 student", "课程 course", "类型", "收到 received", "回执 receipt", "行 row", "状态")


@app.callback()
def exemption() -> None:
    """免修免考申请 · exemption applications."""


@app.command("list")
def list_(
    season: Season = "",
    branch: Annotated[str, typer.Option(help="只看一个单位 · only this unit")] = "",
    late: Annotated[bool, typer.Option("--late", help="只看逾期 · only late ones")] = False,
    as_json: AsJson = False,
) -> None:
    """列出免修免考申请，逾期的写明转入哪一季 · applications; a late one names the later season."""
    with refusals_told():
        migrate()
        found = list_applications(season_meant(season), branch, late)
    if as_json:
        print_json([asdict(one) for one in found])
    elif found:
        print_table(f"免修免考申请 applications {len(found)}", HEADINGS, map(_row, found))
    else:
        typer.echo("没有免修免考申请。No applications.")


def _row(one: ApplicationSeen) -> tuple[object, ...]:
    received = f"{one.received_at:%Y-%m-%d %H:%M:%S}"
    return (
        one.branch,
        one.student_no,
        one.course,
        one.kind,
        received,
        f"{one.receipt:06d}",
        one.row,
        said(one),
    )


def said(one: ApplicationSeen) -> str:
    """Say whether an application stands, and what a late one means."""
    if one.withdrawn_at:
        return f"已撤回 withdrawn {one.withdrawn_at:%Y-%m-%d}"
    return f"逾期，转入 late → {one.later_season}" if one.late else "按时 in time"


@app.command()
def withdraw(
    student_no: Annotated[str, typer.Argument(metavar="STUDENT_NO", help="学号 · student number")],
    course: Annotated[str, typer.Option(help="课程ID · the course")],
    by: Annotated[str, typer.Option("--by", help="提出人姓名 · who asks")],
    branch: Annotated[str, typer.Option(help="提出单位代码 · the student's branch")],
    season: Season = "",
    as_json: AsJson = False,
) -> None:
    """分部提出撤回逾期申请，待总部另一人批准 · ask to withdraw a late application; HQ decides."""
    with refusals_told():
        migrate()
        meant = season_meant(season)
        approval = propose_withdrawal(meant, student_no, course, branch, by, now_in_shanghai())
    if as_json:
        print_json({"approval": approval, "state": "proposed"})
        return
    typer.echo(f"已提交总部审批 proposed · {approval}（biye approval approve {approval} --by …）")
