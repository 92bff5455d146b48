"""`biye approval`: see what waits for a decision, approve it or turn it down."""

import sys
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from biye.cli.answers import AsJson, print_json, refusals_told
from biye.cli.tables import table_for
from biye.cli.urgent import said as said_run
from biye.urgent_runs import start_after
from models.database import migrate
from models.lot import ApprovalState
from rules.approvals import CHINESE, STATES_CHINESE, ApprovalKind
from rules.clock import now_in_shanghai
from tasks.approval import approvals, shown
from tasks.approval import approve as approve_list
from tasks.approval import reject as reject_list
from tasks.approval_withdrawal import withdraw as withdraw_approval

app = typer.Typer(no_args_is_help=True, help="审批 · approvals")
PIPE_WIDTH = 160  # columns where nobody looks at a screen

Id = Annotated[int, typer.Argument(metavar="ID", help="审批事项编号 · the approval's id")]
By = Annotated[str, typer.Option("--by", help="审批人姓名 · who decides")]


@app.callback()
def approval() -> None:
    """审批 · approvals: what one person proposed and another decides."""


@app.command("list")
def list_(
    season: Annotated[str | None, typer.Option(help="毕业季 · only this season")] = None,
    everything: Annotated[bool, typer.Option("--all", help="含已处理 · decided ones, too")] = False,
    as_json: AsJson = False,
) -> None:
    """待审批事项 · what waits for a decision."""
    migrate()
    found = approvals(season, None if everything else ApprovalState.PROPOSED)
    if as_json:
        print_json(found)
    elif found:
        _screen().print(approvals_table("审批 approvals", found))
    else:
        typer.echo("没有待审批事项。Nothing waits for a decision.")


@app.command()
def show(approval_id: Id, as_json: AsJson = False) -> None:
    """一项审批 · one approval, and whether its list is still as proposed."""
    migrate()
    with refusals_told():
        found = shown(approval_id)
    if as_json:
        print_json(found)
        return
    screen = _screen()
    screen.print(approvals_table("审批 approval", [found]))
    screen.print(f"名单指纹 SHA-256 {found['frozen_hash']}", highlight=False)
    if found["state"] == ApprovalState.PROPOSED:
        now = "名单未变 unchanged" if found["unchanged"] else "名单已变 changed"
        screen.print(f"{now} · 现有 now {found['count_now']}", highlight=False)
    if found.get("difference"):
        screen.print(_difference_table(found["difference"], found["count"]))
    if found.get("overtakes"):
        screen.print(f"理由 reason：{escape(found['reason'])}", highlight=False)
        _print_overtaken(screen, found["overtakes"])
    if found["note"]:
        screen.print(f"说明 note：{escape(found['note'])}", highlight=False)


@app.command()
def approve(
    approval_id: Id,
    by: By,
    document_no: Annotated[str, typer.Option("--document-no", help="审批文号 · the document's number")] = "",
    as_json: AsJson = False,
) -> None:
    """批准 · approve what another person proposed."""
    migrate()
    with refusals_told():
        count = approve_list(approval_id, by, now_in_shanghai(), document_no)
        urgent = start_after(approval_id)
    if as_json:
        told = {"id": approval_id, "state": "approved", "count": count}
        print_json(told | ({"urgent_run": asdict(urgent)} if urgent else {}))
        return
    typer.echo(f"已批准 approved · {approval_id} · {count} 条 rows")
    if urgent:
        typer.echo(said_run(urgent))


@app.command()
def reject(
    approval_id: Id,
    by: By,
    note: Annotated[str, typer.Option(help="理由 · why")] = "",
    as_json: AsJson = False,
) -> None:
    """否决 · turn a proposal down."""
    migrate()
    with refusals_told():
        reject_list(approval_id, by, now_in_shanghai(), note)
    if as_json:
        print_json({"id": approval_id, "state": "rejected"})
        return
    typer.echo(f"已否决 rejected · {approval_id}")


@app.command()
def withdraw(
    approval_id: Id,
    by: By,
    note: Annotated[str, typer.Option(help="理由 · why")] = "",
    as_json: AsJson = False,
) -> None:
    """撤回 · take a lot's approval back while nobody of it has a certificate number."""
    migrate()
    with refusals_told():
        count = withdraw_approval(approval_id, by, now_in_shanghai(), note)
    if as_json:
        print_json({"id": approval_id, "state": "withdrawn", "count": count})
        return
    typer.echo(f"已撤回 withdrawn · {approval_id} · {count} 人待重新审核 to be audited again")


def approvals_table(title: str, found: list[dict[str, Any]]) -> Table:
    """Return approvals as a table for people."""
    headings = (
        "编号",
        "事项 what",
        "毕业季 season",
        "批次",
        "名单 list",
        "条数 count",
        "提出 proposed",
        "状态",
        "处理 decided",
    )
    table = table_for(f"{title} {len(found)}", headings)
    for one in found:
        kind = f"{CHINESE[ApprovalKind(one['kind'])]} {one['kind']}"
        said = " ".join(f"{name} {value}" for name, value in one["summary"].items())
        proposed = f"{one['proposer']} {one['proposed_at']:%Y-%m-%d}"
        decided = f"{one['decided_by'] or ''} {one['document_no'] or ''}".strip()
        batch = "" if one["batch"] is None else str(one["batch"])  # a season's own
        numbers = (one["season"], batch, said, str(one["count"]), proposed)
        table.add_row(
            str(one["id"]), kind, *map(escape, numbers), STATES_CHINESE[one["state"]], escape(decided)
        )
    return table


def _difference_table(rows: list[dict[str, Any]], count: int) -> Table:
    """N3: what a correction changes; student numbers are masked."""
    more = f"（前 {len(rows)} 条 first {len(rows)}）" if count > len(rows) else ""
    title = f"成绩更正 correction {count}{more}"
    headings = ("学号 student", "课程 course", "考试 exam", "次数 attempt", "原 old", "新 new")
    table = table_for(title, headings)
    for row in rows:
        table.add_row(*(str(row[name]) for name in ("student", "course", "exam", "attempt", "old", "new")))
    return table


def _print_overtaken(screen: Console, passes: dict[str, Any]) -> None:
    """N3, N4: whom urgent cases overtake, lot by lot, and their places in the order of printing."""
    screen.print(f"越过 overtakes {passes['cases']} 人", highlight=False)
    for lot in passes["lots"]:
        screen.print(f"  名单 lot {lot['name']}：{lot['cases']} 人", highlight=False)
    for old, new in passes["places"].items():
        screen.print(f"  打印次序 place {old} → {new}", highlight=False)


def _screen() -> Console:
    return Console(width=None if sys.stdout.isatty() else PIPE_WIDTH)
