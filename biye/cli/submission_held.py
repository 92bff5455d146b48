"""`biye submission held`, `settle`: rows that wait for a person (N5)."""

from typing import Annotated, Any

import typer

from biye.cli.answers import AsJson, print_json, refusals_told
from biye.cli.instants import At, instant_option
from biye.cli.tables import print_table
from models.database import migrate
from rules.submission import KINDS
from tasks.held_rows import held_rows, settle_held

HEADINGS = ("回执", "收到 received", "单位", "种类 kind", "文件 file", "行 row", "列 column", "代码 code")


def held(
    season: Annotated[str, typer.Option(help="毕业季 · season")] = "",
    branch: Annotated[str, typer.Option(help="上报单位代码 · the sending unit")] = "",
    as_json: AsJson = False,
) -> None:
    """待人工核实的行 · rows that wait for a person; what each says stands in its error workbook."""
    with refusals_told():
        migrate()
        found = held_rows(season, branch)
    if as_json:
        print_json(found)
        return
    print_table(f"待人工核实 held for a person {len(found)}", HEADINGS, map(_cells, found))


def _cells(one: dict[str, Any]) -> tuple[object, ...]:
    received, kind = f"{one['received_at']:%Y-%m-%d %H:%M}", KINDS[one["kind"]].zh
    file = (f"{one['receipt']:06d}", received, one["branch"], kind, one["filename"])
    return (*file, one["row"], one["column"], one["code"])


def settle(
    receipt: Annotated[int, typer.Argument(metavar="RECEIPT", help="回执编号 · the receipt's number")],
    by: Annotated[str, typer.Option(help="核实人姓名，记入日志 · who settled it; logged")],
    note: Annotated[str, typer.Option(help="核实结果，不写个人信息 · what was found; nothing personal")],
    row: Annotated[
        list[int] | None, typer.Option(help="行号，可多次；不写则为全部 · rows; none: all that wait")
    ] = None,
    corrected_by: Annotated[
        int | None, typer.Option(help="更正文件的回执编号 · the receipt of the file that put it right")
    ] = None,
    at: At = None,
    as_json: AsJson = False,
) -> None:
    """登记核实结果：该行不再等待，不改动数据 · note that held rows wait no more; changes no data."""
    when = instant_option(at)
    with refusals_told():
        migrate()
        count = settle_held(receipt, row or [], by, note, when, corrected_by)
    if as_json:
        print_json({"settled": count})
    else:
        typer.echo(f"已登记核实结果 {count} 行 · rows settled: {count}")
