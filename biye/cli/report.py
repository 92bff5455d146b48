"""`biye report`: registrars' reports, as workbooks or as PDFs to sign; personal data in files only (G2)."""

from pathlib import Path
from typing import Annotated

import typer

from biye.cli.answers import AsJson, print_json, refusals_told
from biye.cli.instants import AsOf, instant_option
from biye.cli.tables import print_table
from models.database import migrate
from models.settings import settings
from rules.clock import now_in_shanghai
from rules.reference import HQ
from rules.reports import Asked
from tasks.policy import current_reference, season_pack
from tasks.reports import REPORTS, Made, make_report, save_report

app = typer.Typer(no_args_is_help=True, help="报表 · reports")
By = Annotated[str, typer.Option("--by", help="制表人姓名，记入日志 · who makes it; logged")]


@app.callback()
def report() -> None:
    """报表 · the registrars' reports."""


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """全部报表 · what reports there are."""
    if as_json:
        shown = ("zh", "en", "clause", "personal", "needs")
        print_json(
            [{"name": name} | {key: getattr(one, key) for key in shown} for name, one in REPORTS.items()]
        )
        return
    rows = [
        (
            name,
            one.zh,
            one.en,
            one.clause,
            "有 yes" if one.personal else "无 no",
            one.needs and f"--{one.needs}",
        )
        for name, one in REPORTS.items()
    ]
    headings = ("名称 name", "报表", "what", "条款", "个人信息 personal", "须指明 needs")
    print_table(f"报表 reports {len(rows)}", headings, rows)


@app.command()
def make(
    name: Annotated[str, typer.Argument(metavar="NAME", help="报表名称，见 biye report list · the report")],
    season: Annotated[str, typer.Argument(metavar="SEASON", help="毕业季，如 2020-01 · the season")],
    by: By,
    branch: Annotated[str, typer.Option("--branch", help="只做一个分部 · only this unit")] = "",
    lot: Annotated[int, typer.Option("--lot", help="名单编号 · the lot, for its approval form")] = 0,
    student: Annotated[str, typer.Option("--student", help="学号，用于登记表 · for a student's form")] = "",
    out: Annotated[
        Path | None, typer.Option("--out", dir_okay=False, help="写到此文件，默认 out/010 · the file")
    ] = None,
    pdf: Annotated[bool, typer.Option("--pdf", help="PDF，供签字 · as PDF, to be signed")] = False,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """生成报表 · make a report; nothing personal is shown on the screen."""
    when = instant_option(as_of)
    with refusals_told():
        migrate()
        asked = Asked(season_pack(season), current_reference(), when, branch, lot, student)
        made = make_report(name, asked, by, now_in_shanghai(), pdf)
        file = save_report(made, out or _usual_place(made, asked))
    if as_json:
        print_json({"report": made.name, "title": made.title, "rows": made.rows, "file": file})
        return
    typer.echo(f"{made.title} · {made.rows} 条 rows · 文件 file: {file}")


def _usual_place(made: Made, asked: Asked) -> Path:
    """Return where a report lies if no place was named: with the unit that it is about, without a student."""
    about = [made.title, asked.season, asked.branch, f"名单{asked.lot}" if asked.lot else ""]
    about.append(f"{now_in_shanghai():%Y%m%d%H%M%S}")
    return settings().folder("out", asked.branch or HQ) / ("-".join(filter(None, about)) + made.suffix)
