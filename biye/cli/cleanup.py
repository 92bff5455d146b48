"""`biye cleanup`: enrolments past their validity, from the list of candidates to CHSI's receipt (N8)."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from biye.cli.answers import AsJson, day_option, print_json, refusals_told
from biye.cli.instants import instant_option
from biye.cli.tables import print_table
from biye.cli.unmasking import AskedBy, Unmasked, asker
from models.database import migrate
from rules.clock import now_in_shanghai
from tasks.cleanup_proposal import propose_list, record_notice, set_dispute
from tasks.cleanup_view import list_lists, list_packages, package_table, show_list
from tasks.policy import season_pack
from tasks.seasons import season_meant
from tasks.withdrawal_export import export_withdrawals, mark_withdrawals_sent

app = typer.Typer(no_args_is_help=True, help="学籍清理 · enrolments past their validity")
Season = Annotated[str, typer.Option(help="毕业季，只有一个时可不写 · season, when there are several")]
SeasonNamed = Annotated[
    str, typer.Argument(metavar="SEASON", help="毕业季，只有一个时可不写 · season, when there are several")
]
Branch = Annotated[str, typer.Argument(metavar="BRANCH", help="单位代码，或 all · unit's code, or all")]
Package = Annotated[int, typer.Argument(metavar="PACKAGE", help="退学数据包编号 · the package's id")]
StudentNo = Annotated[str, typer.Argument(metavar="STUDENT_NO", help="学号 · student number")]
By = Annotated[str, typer.Option("--by", help="经办人姓名 · who acts")]
Note = Annotated[str, typer.Option(help="依据 · on what ground")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="按哪一刻办理，默认现在 · default now")]
LISTED = ("名单", "清理", "单位", "告知 notified", "候选 candidates", "受保护 protected", "待定 to decide")
PROGRESS = ("已批准", "已导出", "已上报", "成功", "退回", "审批 approval")
SHOWN = (
    "学号",
    "姓名",
    "入学学期",
    "有效期至",
    "清理依据或保留原因",
    "办理状态",
    "文号",
    "退回原因",
    "退学日期",
)
PACKAGES = (
    "编号",
    "单位",
    "行数 rows",
    "导出 exported",
    "上报 sent",
    "上报人 by",
    "未反馈 open",
    "作废 void",
)


@app.callback()
def cleanup() -> None:
    """学籍清理 · enrolments past their validity."""


@app.command("list")
def list_(season: SeasonNamed = "", as_json: AsJson = False) -> None:
    """各单位清理进展与退学数据包 · how far each unit's list is, and the packages for CHSI."""
    with refusals_told():
        migrate()
        named = season_meant(season)
        lists, packages = list_lists(named), list_packages(named)
    if as_json:
        print_json({"season": named, "lists": lists, "packages": packages})
        return
    if not lists:
        typer.echo("没有退学名单。No lists.")
        return
    rows = [tuple(value for name, value in one.items() if name != "notice") for one in lists]
    print_table(f"退学名单 lists {len(lists)}", (*LISTED, *PROGRESS), rows)
    if packages:
        names = ("id", "branch", "rows", "exported_at", "sent_at", "sent_by", "unanswered", "void")
        cells = [
            [f"{one[n]:%Y-%m-%d %H:%M}" if n.endswith("_at") and one[n] else one[n] for n in names]
            for one in packages
        ]
        print_table(f"退学数据包 packages {len(packages)}", PACKAGES, cells)


@app.command()
def show(
    branch: Branch,
    season: Season = "",
    unmasked: Unmasked = False,
    by: AskedBy = None,
    as_json: AsJson = False,
) -> None:
    """一个单位的退学名单 · one unit's candidates, each with its finding and progress."""
    with refusals_told():
        migrate()
        rows = show_list(season_meant(season), branch, asker(unmasked, by), now_in_shanghai())
    if as_json:
        print_json(rows)
        return
    print_table(f"退学名单 {branch} · {len(rows)}", SHOWN, [[row[name] for name in SHOWN] for row in rows])


@app.command()
def notified(
    branch: Branch,
    on: Annotated[str, typer.Option("--date", help="告知日期 · day of the notice, YYYY-MM-DD")],
    by: By,
    document: Annotated[str, typer.Option(help="告知文件 · the notice's document")],
    season: Season = "",
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """登记已告知学生 · record the notice to the students, before which nothing is proposed."""
    day, when = _day(on), instant_option(as_of)
    with refusals_told():
        migrate()
        units = record_notice(season_meant(season), branch, day, by, document, when)
    _say({"notified": units}, f"已登记告知 notified · {'、'.join(units)}", as_json)


def _day(text: str) -> date:
    day = day_option(text)
    if day is None:
        raise typer.BadParameter("--date: 日期不能为空 / a day is needed")
    return day


@app.command()
def propose(branch: Branch, by: By, season: Season = "", as_of: AsOf = None, as_json: AsJson = False) -> None:
    """提交退学名单审批 · lay a unit's withdrawals before another person."""
    when = instant_option(as_of)
    with refusals_told():
        migrate()
        named = season_meant(season)
        made = propose_list(named, branch, season_pack(named), by, when)
    said = "、".join(map(str, made)) or "无 none"
    _say({"approvals": made}, f"待审批 approvals · {said} → biye approval show ID", as_json)


@app.command()
def export(
    season: SeasonNamed = "",
    again: Annotated[bool, typer.Option("--again", help="含被退回者 · rejected ones, too")] = False,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """导出已批准的退学 · build the packages of what is approved; the cleanup phase does the same."""
    when = instant_option(as_of)
    with refusals_told():
        migrate()
        named = season_meant(season)
        made = export_withdrawals(named, season_pack(named), when, again)
    _say({"packages": made}, f"退学数据包 packages · {'、'.join(map(str, made)) or '无 none'}", as_json)


@app.command()
def save(
    package: Package,
    by: By,
    out: Annotated[Path | None, typer.Option(dir_okay=False, help="另存为 · file to write")] = None,
    as_json: AsJson = False,
) -> None:
    """取出退学数据包（DBF），记入日志 · write a package's table, to upload it to CHSI; logged."""
    with refusals_told():
        migrate()
        table = package_table(package, by, now_in_shanghai())
    target = out or Path(f"退学-{package}.dbf")
    target.write_bytes(table)
    _say({"package": package, "file": str(target)}, f"已写入 written to {target}", as_json)


@app.command()
def sent(package: Package, by: By, as_of: AsOf = None, as_json: AsJson = False) -> None:
    """登记已上报学信网 · note that a package was uploaded to CHSI."""
    when = instant_option(as_of)
    with refusals_told():
        migrate()
        rows = mark_withdrawals_sent(package, by, when)
    said = f"已登记上报 sent · {package} · {rows} 条 rows" if rows else f"此前已登记 sent before · {package}"
    _say({"package": package, "sent": rows}, said, as_json)


@app.command()
def dispute(
    student_no: StudentNo,
    by: By,
    note: Note,
    season: Season = "",
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """登记异议，异议未结前不退学 · record an objection: a disputed student is protected."""
    _dispute(student_no, True, note, by, season, as_of)
    _say({"disputed": True}, "已登记异议 disputed", as_json)


@app.command()
def settle(
    student_no: StudentNo,
    by: By,
    note: Note,
    season: Season = "",
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """登记异议已结 · record that a dispute is settled."""
    _dispute(student_no, False, note, by, season, as_of)
    _say({"disputed": False}, "异议已结 settled", as_json)


def _dispute(student_no: str, disputed: bool, note: str, by: str, season: str, as_of: str | None) -> None:
    when = instant_option(as_of)
    with refusals_told():
        migrate()
        set_dispute(season_meant(season), student_no, disputed, note, by, when)


def _say(found: dict[str, object], said: str, as_json: bool) -> None:
    if as_json:
        print_json(found)
    else:
        typer.echo(said)
