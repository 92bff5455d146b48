"""`biye today`: what is due, what is late, and what waits for a decision."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import typer
from rich.table import Table

from biye.cli.answers import AsJson, print_json, refusals_told
from biye.cli.approval import approvals_table
from biye.cli.instants import AsOf, instant_option
from biye.cli.package_check import HEADINGS, said_findings
from biye.cli.promises import said_promise
from biye.cli.stocktake import HEADINGS as STOCKTAKE_HEADINGS
from biye.cli.stocktake import said_stocktakes
from biye.cli.tables import print_table, table_for
from biye.cli.tables import screen as make_screen
from models.database import migrate
from models.settings import settings
from rules.promises import BATCH_END, CHINESE, PromiseState
from tasks import today as board
from tasks.promise_standing import Standing

app = typer.Typer(help="今日待办 · what is due, late and waiting")
SHOWN_UNITS = 10
SUBJECTS = {
    "lot": "名单 lot",
    "package": "证书包 package",
    "problem": "证书问题 problem",
    "unit": "单位 unit",
    "season": "全季 season",
}


@app.command()
def today(
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """今日待办 · what is due, what is late, and what waits for a decision."""
    when = instant_option(as_of)
    migrate()
    with refusals_told():
        found = board.today(when)
    if as_json:
        print_json(asdict(found))
        return
    _print(found)


def _print(found: board.Today) -> None:
    screen = make_screen()
    screen.print(f"{found.as_of:%Y-%m-%d %H:%M} 北京时间 Asia/Shanghai", highlight=False)
    for rest in found.vacation:
        said = f"总部寒假 HQ's vacation {rest.season}：{rest.first} … {rest.last}"
        screen.print(f"{said}，暂存待下一批 parked {rest.parked} 行 rows", highlight=False)
    for gone in found.cancelled:
        said = f"已取消 cancelled {gone.season} 第 {gone.batch} 批 {gone.label}"
        screen.print(f"{said}：{gone.reason}", highlight=False)
    for title, promises in (("已逾期 late", found.late), ("临近到期 due", found.due)):
        if promises:
            screen.print(_promises_table(title, promises))
    for title, phases in (
        ("未按时运行 phases missed", found.phases_late),
        ("今日运行 phases", found.phases_due),
    ):
        if phases:
            screen.print(f"{title}：" + "，".join(map(_said_phase, phases)), highlight=False)
    for line in _to_do(found):
        screen.print(line, highlight=False)
    if found.stocktakes:
        title = f"盘点未结束 stocktakes going on {len(found.stocktakes)} → biye stocktake show --by 单位"
        print_table(title, STOCKTAKE_HEADINGS, said_stocktakes(found.stocktakes))
    if found.findings:
        print_table(f"核对差异 findings {len(found.findings)}", HEADINGS, said_findings(found.findings))
    if found.waiting:
        screen.print(approvals_table("待审批 waiting for a decision", found.waiting))
    if not found.seasons:
        screen.print("尚未部署毕业季 · no season yet → biye season deploy 政策包.yaml", highlight=False)
    counts = f"逾期 late {len(found.late)} · 临近 due {len(found.due)} · 待审批 waiting {len(found.waiting)}"
    screen.print(counts, highlight=False)


def _to_do(found: board.Today) -> Iterator[str]:
    """Say what a person has to do, each with its command."""
    for one in found.to_send:
        said = f"已批准待上报 to be sent to CHSI：数据包 package {one['id']}，{one['rows']} 条 rows"
        yield f"{said} → {_sending(one)}"
    for season, count in found.to_amend.items():
        said = f"{season} 放假安排已变，{count} 项时限待改期 promises to be moved by days off published since"
        yield f"{said} → biye season amend 日历.yaml --reason 理由"
    for season, count in found.urgent.items():
        said = f"加急申请待总部提出 urgent requests：{season} {count} 人"
        yield f"{said} → biye urgent list --season {season}"
    for unit in found.scattered:
        yield f"{unit.season} {unit.branch} {unit.zh} {unit.en}"
    for season, units in found.no_cover_estimate.items():
        named = "、".join(units[:SHOWN_UNITS]) + ("…" if len(units) > SHOWN_UNITS else "")
        said = f"{season} 未报封皮征订 no cover estimate yet: {len(units)}（{named}）"
        yield f"{said} → biye cover remind --out 文件夹"


def _sending(package: dict[str, Any]) -> str:
    """Return how an approved package goes: by the next run where the registry has an interface (T4)."""
    if package["upload"] == "refused":
        return f"被拒收 refused: biye registry retry {package['id']} --by 姓名"
    if settings().registry_url:
        return "下次注册运行自动上报 the next run of register sends it"
    return f"biye registry sent {package['id']} --by 姓名"


def _promises_table(title: str, promises: list[Standing]) -> Table:
    headings = (
        "条款",
        "时限 promise",
        "对象 subject",
        "到期 due",
        "剩余工作日 left",
        "未完成 open",
        "责任 holder",
        "状态",
    )
    table = table_for(f"{title} {len(promises)}", headings)
    for one in promises:
        subject = f"{one.season} {one.branch or ''} {SUBJECTS.get(one.subject, one.subject)} {one.subject_id}"
        counts = (str(one.left), f"{one.open}/{one.total}", one.holder, _said_state(one))
        table.add_row(one.clause, said_promise(one.duty, one.label), subject, str(one.due_on), *counts)
    return table


def _said_state(one: Standing) -> str:
    """T1, N1: a certificate that was not done by the end of its batch goes on as its tail."""
    tail = one.duty == BATCH_END and one.state is PromiseState.BREACHED
    return f"{CHINESE[one.state]}·尾批 tail" if tail else CHINESE[one.state]


def _said_phase(one: board.PhaseToday) -> str:
    batch = "" if one.batch is None else f"-b{one.batch}"
    return f"{one.flow}-{one.season}{batch}" + (f" {one.due_at:%H:%M}" if one.due_at else "")
