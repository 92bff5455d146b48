"""`biye calendar`: count workdays on the versioned statutory calendar."""

from pathlib import Path
from typing import Annotated

import typer

from biye.cli.answers import AsJson, day_option, print_json, read_text, refusals_told
from rules.calendar import known_on, workdays_after
from rules.calendar_file import load_calendar_file

app = typer.Typer(no_args_is_help=True, help="工作日历 · the versioned workday calendar")

YearFile = Annotated[
    Path | None,
    typer.Option(
        "--file", exists=True, dir_okay=False, help="补充年份的 YAML · a YAML file with further years"
    ),
]
KnownOn = Annotated[str | None, typer.Option("--known-on", help="按该日已公布的日历 · as known on this day")]


@app.callback()
def calendar() -> None:
    """工作日历 · the versioned workday calendar."""


@app.command()
def after(
    day: Annotated[
        str, typer.Argument(metavar="DATE", help="起算日（第 0 天）· the day of the event, day 0")
    ],
    n: Annotated[int, typer.Argument(metavar="N", min=0, max=5000, help="工作日数 · workdays")],
    known: KnownOn = None,
    file: YearFile = None,
    as_json: AsJson = False,
) -> None:
    """起算日之后第 N 个工作日 · the N-th workday after a day."""
    start, known_day = day_option(day), day_option(known)
    if start is None:
        raise typer.BadParameter("DATE")
    with refusals_told():
        years = load_calendar_file(read_text(file), str(file)) if file else ()
        calendar = known_on(known_day, years)
        due = workdays_after(start, n, calendar)
    if as_json:
        print_json(
            {"from": start, "workdays": n, "due": due, "calendar": calendar.version, "known_on": known_day}
        )
    else:
        typer.echo(f"{due}  （{start} + {n} 个工作日 workdays，日历 calendar {calendar.version}）")
