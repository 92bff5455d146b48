"""`biye season account`: what a season owed and has done by clause, and the counts that must agree."""

from typing import Annotated

import typer
from rich.table import Table

from biye.cli.answers import AsJson, print_json, refusals_told
from biye.cli.instants import AsOf, instant_option
from biye.cli.tables import screen, table_for
from models.database import migrate
from tasks.account_line import Line
from tasks.policy import season_pack
from tasks.reconciliation import Check, reconcile
from tasks.season_account import season_account


def account(
    season: Annotated[str, typer.Argument(metavar="SEASON", help="毕业季，如 2020-01 · the season")],
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """各条款办理情况与核对；有不符时退出码为 1 · the account by clause; exit 1 where counts disagree."""
    when = instant_option(as_of)
    with refusals_told():
        migrate()
        lines, checks = season_account(season, season_pack(season), when), reconcile(season)
    if as_json:
        clauses = [line.facts for line in lines]
        print_json({"season": season, "clauses": clauses, "checks": [vars(check) for check in checks]})
    else:
        print_account(lines, checks)
    if not all(check.agrees for check in checks):
        raise typer.Exit(1)


def print_account(lines: list[Line], checks: list[Check]) -> None:
    """Print the table, then how many counts agree and which do not."""
    out = screen()
    out.print(_table(lines))
    out.print(
        f"核对 counts that agree: {sum(check.agrees for check in checks)}/{len(checks)}", highlight=False
    )
    for check in checks:
        if not check.agrees:
            out.print(f"  不符 differs: {check.what}: {check.one} ≠ {check.other}", highlight=False)


def _table(lines: list[Line]) -> Table:
    headings = ("条款", "事项 what", "应办 due", "按时 done", "迟 late", "暂缓或未到期 held")
    table = table_for("各条款办理情况 · clause by clause", headings)
    for column in table.columns[2:]:
        column.justify, column.no_wrap = "right", True
    for one in lines:
        table.add_row(one.clause, one.what, *map(str, (one.due, one.done, one.late, one.held)))
    return table
