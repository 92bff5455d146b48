"""`biye extension`: applications for longer validity, nil returns, and single refusals (N8)."""

from typing import Annotated

import typer

from biye.cli.answers import AsJson, print_json, refusals_told
from biye.cli.instants import instant_option
from biye.cli.tables import print_table
from biye.cli.unmasking import AskedBy, Unmasked, asker
from models.database import migrate
from rules.clock import now_in_shanghai
from tasks.cleanup_view import list_extensions, show_extensions
from tasks.extension_nil import send_nil
from tasks.extension_rejection import reject_application as reject_one
from tasks.seasons import season_meant

app = typer.Typer(no_args_is_help=True, help="学籍延期 · extensions of enrolment validity")
Season = Annotated[str, typer.Option(help="毕业季，只有一个时可不写 · season, when there are several")]
SHOWN = ("分部", "学号", "姓名", "入学学期", "申请日期", "申请书", "审批结果", "延期至", "文号", "批准日期")
UNITS = ("单位", "零报告 nil", "收到 received", "待审批", "已批准", "未批准", "缺申请书", "审批 approval")


@app.callback()
def extension() -> None:
    """学籍延期 · extensions of enrolment validity."""


@app.command("list")
def list_(
    season: Annotated[str, typer.Argument(metavar="SEASON", help="毕业季 · season")] = "",
    branch: Annotated[str, typer.Option(help="只看一个单位 · only this unit")] = "",
    unmasked: Unmasked = False,
    by: AskedBy = None,
    as_json: AsJson = False,
) -> None:
    """各单位延期名单、零报告与申请 · each unit's list or nil return, and its applications."""
    with refusals_told():
        migrate()
        named = season_meant(season)
        units = list_extensions(named, branch)
        rows = show_extensions(named, branch, asker(unmasked, by), now_in_shanghai())
    if as_json:
        print_json({"season": named, "units": units, "applications": rows})
        return
    names = ("branch", "nil", "received_at", "pending", "approved", "rejected", "without_scan", "approval")
    cells = [[_said(one[name]) for name in names] for one in units]
    print_table(f"学籍延期 extensions {len(units)}", UNITS, cells)
    shown = [[row[name] for name in SHOWN] for row in rows]
    print_table(f"申请 applications {len(rows)}", SHOWN, shown)


def _said(value: object) -> object:
    if isinstance(value, bool):
        return "是" if value else ""
    return f"{value:%Y-%m-%d %H:%M}" if hasattr(value, "strftime") else value


@app.command()
def nil(
    branch: Annotated[str, typer.Option(help="上报单位代码 · code of the sending unit")],
    by: Annotated[str, typer.Option("--by", help="上报人姓名 · who returns nil")],
    season: Season = "",
    received_at: Annotated[
        str | None, typer.Option(help="收到时间，仅总部可用 · time of receipt, by HQ only, logged")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """零报告：本单位无延期学生 · say that the unit has nobody to extend."""
    at = instant_option(received_at) if received_at else None
    with refusals_told():
        migrate()
        receipt = send_nil(season_meant(season), branch, by, at)
    if as_json:
        print_json({"receipt": receipt})
        return
    typer.echo(f"已收到零报告，回执 receipt {receipt:06d} · biye submission show {receipt}")


@app.command()
def reject(
    student_no: Annotated[str, typer.Argument(metavar="STUDENT_NO", help="学号 · student number")],
    by: Annotated[str, typer.Option("--by", help="经办人姓名 · who rejects")],
    note: Annotated[str, typer.Option(help="理由 · why")],
    season: Season = "",
    as_of: Annotated[str | None, typer.Option("--as-of", help="默认现在 · default now")] = None,
    as_json: AsJson = False,
) -> None:
    """否决一名学生的延期申请 · turn one application down; the others stay before HQ."""
    when = instant_option(as_of)
    with refusals_told():
        migrate()
        reject_one(season_meant(season), student_no, by, note, when)
    if as_json:
        print_json({"rejected": 1})
        return
    typer.echo("已否决 rejected")
