"""`biye urgent`: whom units asked for, whom HQ names, and runs of the urgent lane (N4)."""

from dataclasses import asdict
from typing import Annotated

import typer

from biye.cli.answers import AsJson, print_json, refusals_told
from biye.cli.instants import AsOf, instant_option
from biye.cli.tables import print_table
from biye.cli.unmasking import AskedBy, Unmasked, asker
from biye.urgent_runs import Started, start_run
from models.database import migrate, transaction
from rules.clock import now_in_shanghai
from rules.states import Audit, Certificate, chinese
from tasks.approval import shown
from tasks.policy import season_pack
from tasks.seasons import season_meant
from tasks.unmasking import note_unmasked
from tasks.urgent import propose_urgent
from tasks.urgent_view import UrgentStudent, urgent_students

app = typer.Typer(no_args_is_help=True, help="加急 · urgent cases")
Season = Annotated[str, typer.Option(help="毕业季，只有一个时可不写 · season, when there are several")]
HEADINGS = (
    "学号 student",
    "分部",
    "申请 asked",
    "理由 reason",
    "个案 case",
    "审批 approval",
    "到哪一步 stands",
)
STATES = {"proposed": "待审批", "approved": "已批准", None: "待总部提出 waits for HQ"}


@app.callback()
def urgent() -> None:
    """加急 · urgent cases: branches ask in good time, HQ names them, another person approves (N4)."""


@app.command("list")
def list_(
    season: Season = "", unmasked: Unmasked = False, by: AskedBy = None, as_json: AsJson = False
) -> None:
    """加急学生：谁申请、是否提出、到哪一步 · who asked for whom, and how far they are."""
    with refusals_told():
        migrate()
        known, who = season_pack(season_meant(season)).season, asker(unmasked, by)
        found = urgent_students(known, unmasked=unmasked)
        if who is not None:
            with transaction() as db:
                cases = [one.case for one in found if one.case]
                note_unmasked(db, f"season:{known}", "urgent list", cases, who, now_in_shanghai())
    if as_json:
        print_json([asdict(one) for one in found])
    elif found:
        print_table(f"加急 urgent {len(found)}", HEADINGS, map(_row, found))
    else:
        typer.echo("没有加急学生。No urgent students.")


def _row(one: UrgentStudent) -> tuple[object, ...]:
    asked = f"{one.asked_by} {one.received_at:%Y-%m-%d %H:%M}" if one.received_at else "总部提出 HQ"
    stands = "尚无个案 no case"
    if one.case is not None:
        audit, sheet = Audit(one.tracks["audit"]), Certificate(one.tracks["certificate"])
        stands = f"{chinese(audit)} {audit} · {chinese(sheet)} {sheet}"
    approval = f"{one.approval or ''} {STATES[one.state]}".strip()
    return one.student, one.branch, asked, one.reason, one.case, approval, stands


@app.command()
def propose(
    student_nos: Annotated[list[str], typer.Argument(metavar="STUDENT_NO...", help="学号 · student numbers")],
    by: Annotated[str, typer.Option("--by", help="提出人姓名 · who proposes")],
    reason: Annotated[str, typer.Option(help="理由，默认分部申请中的理由 · default: the unit's own")] = "",
    season: Season = "",
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """提出加急，由另一人批准 · name students as urgent; another person approves."""
    when = instant_option(as_of)
    with refusals_told():
        migrate()
        approval = shown(propose_urgent(season_meant(season), student_nos, by, when, reason))
    if as_json:
        print_json(approval)
        return
    passes = approval["overtakes"]
    typer.echo(f"已提出 proposed · 审批事项 approval {approval['id']} · {approval['count']} 人 students")
    typer.echo(f"  越过 overtakes {passes['cases']} 人")
    for lot in passes["lots"]:
        typer.echo(f"  名单 lot {lot['name']}：{lot['cases']} 人")
    typer.echo(f"  由另一人批准 another person: biye approval approve {approval['id']} --by 姓名")


@app.command()
def start(
    season: Annotated[str, typer.Argument(metavar="SEASON", help="毕业季，如 2020-01 · the season")],
    case_ids: Annotated[
        list[int] | None, typer.Argument(metavar="[CASE]...", help="个案编号，默认全部 · default: all")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """启动一次加急办理 · start an urgent run: audit, then registration, printing and packing."""
    with refusals_told():
        migrate()
        run = start_run(season, case_ids or [])
    if as_json:
        print_json(asdict(run))
    else:
        typer.echo(said(run))


def said(run: Started) -> str:
    """Return what became of an urgent run's start, for people."""
    if run.name:
        return f"已启动加急办理 urgent run started · {run.name}"
    return f"加急办理未启动 urgent run not started：{run.why}\n  → biye urgent start {run.season}"
