"""`biye stocktake`: a unit counts the certificates that it holds (N5)."""

import getpass
from collections.abc import Iterable
from dataclasses import asdict
from typing import Annotated

import typer

from biye.cli.answers import Actor, AsJson, print_json, refusals_told
from biye.cli.instants import At, instant_option
from biye.cli.tables import print_table
from models.database import migrate
from rules.states import Custody, chinese
from rules.stocktake import CHINESE, NEXT, REASONS_ZH, Counts, Explanation, Verdict, next_act
from tasks.policy import current_reference
from tasks.stocktake import Scanned, close_stocktake, explain_stock, open_stocktake, scan_stock
from tasks.stocktake_view import StockLine, StocktakeSeen, show_stocktake, stocktakes

app = typer.Typer(no_args_is_help=True, help="盘点 · stocktakes")
By = Annotated[str, typer.Option(help="盘点单位代码，总部 010 · the unit that takes stock")]
HEADINGS = ("编号", "单位 place", "开始 opened", "结束 closed", "应有", "实有", "缺少", "多出", "已说明")
LINES = (
    *("结果 verdict", "证书包 package", "证书 number", "保管记录 custody"),
    *("原因 reason", "说明 note", "下一步 next"),
)


@app.command("open")
def open_one(by: By, actor: Actor = None, at: At = None, as_json: AsJson = False) -> None:
    """开始盘点 · begin to take stock of all that the unit holds."""
    when = instant_option(at)
    with refusals_told():
        migrate()
        made = open_stocktake(by, when, actor or getpass.getuser(), current_reference())
    if as_json:
        print_json(asdict(made))
        return
    typer.echo(f"盘点 stocktake {made.stocktake} 已开始 opened · {by}")
    typer.echo(f"应有 expected：证书 {made.expected} 本 certificates，证书包 {made.packages} 个 packages")


@app.command()
def scan(
    codes: Annotated[
        list[str],
        typer.Argument(metavar="CODE…", help="证书包标签或 18 位证书编号 · labels or certificate numbers"),
    ],
    by: By,
    actor: Actor = None,
    at: At = None,
    as_json: AsJson = False,
) -> None:
    """扫描清点 · count what lies there; each code is noted by itself, the first refused ends it."""
    when, done = instant_option(at), list[Scanned]()
    with refusals_told():
        migrate()
        reference, who = current_reference(), actor or getpass.getuser()
        for code in codes:
            done.append(scan_stock(code, by, when, who, reference))
            if not as_json:
                typer.echo(f"{done[-1].sentence}\n{done[-1].sentence_en}")
    if as_json:
        print_json([asdict(one) for one in done])


@app.command()
def explain(
    code: Annotated[str, typer.Argument(help="证书包标签或 18 位证书编号 · a label or a certificate number")],
    reason: Annotated[Explanation, typer.Option(help="原因 · why it is missing or unexpected")],
    by: By,
    note: Annotated[str, typer.Option(help="情况说明 · what is known about it")] = "",
    actor: Actor = None,
    at: At = None,
    as_json: AsJson = False,
) -> None:
    """说明缺少或多出的证书 · say why something is missing or unexpected."""
    when = instant_option(at)
    with refusals_told():
        migrate()
        said, count = explain_stock(code, by, reason, note, when, actor or getpass.getuser())
    if as_json:
        print_json({"code": said, "certificates": count, "reason": reason.value})
        return
    typer.echo(f"已说明 explained · {said}（{count} 本）：{REASONS_ZH[reason]} {reason}")
    if NEXT[reason]:
        typer.echo(f"下一步 next：{NEXT[reason]}")


@app.command()
def close(by: By, actor: Actor = None, at: At = None, as_json: AsJson = False) -> None:
    """结束盘点 · end it, once nothing missing or unexpected is unexplained."""
    when = instant_option(at)
    with refusals_told():
        migrate()
        stocktake, counts = close_stocktake(by, when, actor or getpass.getuser())
    if as_json:
        print_json({"stocktake": stocktake, "place": by, "counts": asdict(counts)})
        return
    typer.echo(f"盘点 stocktake {stocktake} 已结束 closed · {by}：{said_counts(counts)}")


@app.command()
def show(
    by: By,
    stocktake: Annotated[
        int | None, typer.Option(help="盘点编号，默认最近一次 · which, default the last")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """查看盘点：应有、实有、缺少、多出 · expected against found, and what is to be explained."""
    with refusals_told():
        migrate()
        seen, lines = show_stocktake(by, stocktake)
    if as_json:
        print_json({**asdict(seen), "lines": [asdict(one) for one in lines]})
        return
    ended = f"{seen.closed_at:%Y-%m-%d %H:%M} 结束 closed" if seen.closed_at else "进行中 going on"
    typer.echo(
        f"盘点 stocktake {seen.stocktake} · {seen.place} · {seen.opened_at:%Y-%m-%d %H:%M} 开始 · {ended}"
    )
    typer.echo(said_counts(seen.counts))
    if lines:
        print_table(f"逐本 certificates {len(lines)}", LINES, map(_cells, lines))


@app.command("list")
def list_all(
    by: Annotated[str, typer.Option(help="盘点单位代码 · the unit that takes stock")] = "",
    as_json: AsJson = False,
) -> None:
    """列出盘点 · list stocktakes."""
    with refusals_told():
        migrate()
        found = stocktakes(by)
    if as_json:
        print_json([asdict(one) for one in found])
    elif found:
        print_table(f"盘点 stocktakes {len(found)}", HEADINGS, said_stocktakes(found))
    else:
        typer.echo("没有盘点。No stocktakes.")


def said_counts(counts: Counts) -> str:
    """Return a stocktake's numbers in one line."""
    return (
        f"应有 expected {counts.expected} · 实有 found {counts.found} · 缺少 missing {counts.missing} · "
        f"缺少已说明 explained {counts.explained} · 多出 unexpected {counts.unexpected} · "
        f"多出已说明 sighted {counts.sighted} · 盘点中移出 left {counts.left}"
    )


def said_stocktakes(found: Iterable[StocktakeSeen]) -> Iterable[tuple[object, ...]]:
    """Return stocktakes as rows of a table under HEADINGS."""
    for one in found:
        ended = f"{one.closed_at:%Y-%m-%d %H:%M}" if one.closed_at else "进行中"
        open_ones = (one.counts.missing, one.counts.unexpected, one.counts.explained + one.counts.sighted)
        numbers = (one.counts.expected, one.counts.found, *open_ones)
        yield one.stocktake, one.place, f"{one.opened_at:%Y-%m-%d %H:%M}", ended, *numbers


def _cells(one: StockLine) -> tuple[object, ...]:
    units = " → ".join(unit for unit in (one.holder, one.expected) if unit)
    reason = Explanation(one.reason) if one.reason else None
    custody, said = Custody(one.custody), f"{REASONS_ZH[reason]} {reason}" if reason else ""
    act = next_act(reason, custody) if reason else ""
    verdict = f"{CHINESE[Verdict(one.verdict)]} {one.verdict}"
    return verdict, one.package, one.number, f"{chinese(custody)} {units}", said, one.note, act
