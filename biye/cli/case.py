"""`biye case`: one student's case as a whole."""

from dataclasses import asdict
from typing import Annotated

import typer

from biye.cli.answers import AsJson, print_json, refusals_told
from biye.cli.case_page import case_page
from biye.cli.instants import AsOf, instant_option
from biye.cli.unmasking import AskedBy, Unmasked, asker
from models.database import migrate
from tasks.case_view import case_view

app = typer.Typer(no_args_is_help=True, help="毕业个案 · cases of students")


@app.callback()
def case() -> None:
    """毕业个案 · cases of students."""


@app.command()
def show(
    student_no: Annotated[str, typer.Argument(metavar="STUDENT_NO", help="学号 · student number")],
    season: Annotated[
        str, typer.Option(help="毕业季，默认该生最近一季 · default: the student's latest")
    ] = "",
    as_of: AsOf = None,
    unmasked: Unmasked = False,
    by: AskedBy = None,
    as_json: AsJson = False,
) -> None:
    """一名学生的毕业个案：到哪一步、为什么、何时到期 · where a case stands, why, and what is due."""
    when = instant_option(as_of)
    with refusals_told():
        migrate()
        found = case_view(student_no, when, season, asker(unmasked, by))
    if as_json:
        print_json(asdict(found))
        return
    for line in case_page(found):
        typer.echo(line)
