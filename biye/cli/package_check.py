"""`biye package check`, `found`, `returned`, `findings`: what arrives is checked (R2)."""

import getpass
from collections.abc import Iterable
from typing import Annotated, Any

import typer

from biye.cli.answers import Actor, AsJson, print_json, refusals_told
from biye.cli.instants import At, instant_option
from biye.cli.tables import print_table
from models.database import migrate
from rules.package_check import CHINESE, STATES_CHINESE, FindingKind, FindingState
from tasks.finding_view import FindingSeen
from tasks.finding_view import findings as read_findings
from tasks.package_check import check_package, note_found, note_returned
from tasks.policy import current_reference

Code = Annotated[str, typer.Argument(help="标签上的编号或二维码链接 · code or link on the label")]
Named = Annotated[
    str, typer.Argument(metavar="NUMBER|STUDENT_NO", help="证书编号或学号 · certificate or student number")
]
Numbers = list[str] | None
HEADINGS = (
    *("编号", "证书包 package", "证书 number", "情况 kind", "发现 by", "发出 sender", "责任 owner"),
    *("状态 state", "自 since"),
)


def check(
    code: Code,
    by: Annotated[str, typer.Option(help="核对单位代码 · the unit that checks")],
    missing: Annotated[Numbers, typer.Option(help="缺少的证书编号 · numbers that are missing")] = None,
    extra: Annotated[Numbers, typer.Option(help="多出的证书编号 · numbers too many")] = None,
    damaged: Annotated[Numbers, typer.Option(help="破损的证书编号 · numbers that are damaged")] = None,
    wrong_name: Annotated[
        Numbers, typer.Option("--wrong-name", help="姓名有误的证书编号 · numbers with a wrong name")
    ] = None,
    at: At = None,
    actor: Actor = None,
    as_json: AsJson = False,
) -> None:
    """到货核对：应有与实有，差异逐本登记 · check what arrived; every difference is a finding."""
    when = instant_option(at)
    named = dict(zip(FindingKind, (missing or (), extra or (), damaged or (), wrong_name or ()), strict=True))
    with refusals_told():
        migrate()
        done = check_package(code, by, named, when, actor or getpass.getuser(), current_reference())
    if as_json:
        print_json(vars(done))
        return
    typer.echo(f"证书包 {done.package}：应有 expected {done.expected} 本，实有 found {done.found} 本")
    new = [f"{CHINESE[FindingKind(kind)]} {kind} {count}" for kind, count in done.new.items() if count]
    typer.echo("新登记 new：" + "，".join(new) if new else "没有新的差异 · nothing new was found wrong")


def found(
    named: Named,
    by: Annotated[str, typer.Option(help="找到的单位代码，总部 010 · the unit that found it")],
    at: At = None,
    actor: Actor = None,
    as_json: AsJson = False,
) -> None:
    """登记找到：缺少的证书找到了 · a missing certificate was found."""
    when = instant_option(at)
    with refusals_told():
        migrate()
        number = note_found(named, by, when, actor or getpass.getuser())
    _say({"number": number, "state": "found"}, f"已登记找到 found · 证书 {number} · {by}", as_json)


def returned(
    named: Named,
    by: Annotated[str, typer.Option(help="经办人姓名 · who took it back")],
    at: At = None,
    as_json: AsJson = False,
) -> None:
    """登记退回总部：破损的证书 · a damaged certificate came back to HQ."""
    when = instant_option(at)
    with refusals_told():
        migrate()
        number = note_returned(named, by, when)
    _say({"number": number, "state": "returned"}, f"已登记退回总部 returned to HQ · 证书 {number}", as_json)


def findings(
    season: Annotated[str, typer.Option(help="毕业季 · season")] = "",
    unit: Annotated[str, typer.Option(help="单位代码 · owner, sender or finder")] = "",
    state: Annotated[FindingState | None, typer.Option(help="状态 · state")] = None,
    as_json: AsJson = False,
) -> None:
    """到货核对的差异：责任单位和处理情况 · what checks found, whose it is, and what became of it."""
    with refusals_told():
        migrate()
        listed = read_findings(season, unit, state.value if state else "")
    if as_json:
        print_json([vars(one) for one in listed])
    elif listed:
        print_table(f"核对差异 findings {len(listed)}", HEADINGS, said_findings(listed))
    else:
        typer.echo("没有核对差异。No findings.")


def said_findings(listed: Iterable[FindingSeen]) -> Iterable[tuple[object, ...]]:
    """Return findings as rows of a table under HEADINGS."""
    for one in listed:
        kind = f"{CHINESE[FindingKind(one.kind)]} {one.kind}"
        state = f"{STATES_CHINESE[FindingState(one.state)]} {one.state}"
        whose = (one.by, one.sender, one.owner)
        yield one.finding, one.package, one.number, kind, *whose, state, f"{one.since:%Y-%m-%d %H:%M}"


def _say(told: dict[str, Any], said: str, as_json: bool) -> None:
    if as_json:
        print_json(told)
    else:
        typer.echo(said)
