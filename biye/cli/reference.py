"""`biye reference`: organisations, programmes, courses and score codes."""

from pathlib import Path
from typing import Annotated

import typer

from biye.cli.answers import refusals_told
from models.database import migrate
from rules.clock import now_in_shanghai
from tasks.policy import load_reference

app = typer.Typer(no_args_is_help=True, help="基础数据 · reference data")


@app.callback()
def reference() -> None:
    """基础数据 · reference data."""


@app.command()
def load(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="基础数据文件夹 · the folder")],
) -> None:
    """载入一版基础数据 · load a version; the same files again change nothing."""
    migrate()
    with refusals_told():
        loaded = load_reference(folder, now_in_shanghai())
    counts = {"机构": loaded.organisations, "专业": loaded.programmes, "课程": loaded.courses}
    said = "，".join(f"{name} {len(rows)}" for name, rows in counts.items())
    typer.echo(f"已载入基础数据 {loaded.version[:12]}：{said} · reference data loaded")
