"""`biye reference`: organisations, programmes, courses and score codes."""

from pathlib import Path
from typing import Annotated

import typer

from biye.cli.answers import AsJson, print_json, refusals_told
from models.database import migrate
from rules.clock import now_in_shanghai
from rules.reference import Reference
from tasks.policy import current_reference, load_reference

app = typer.Typer(no_args_is_help=True, help="基础数据 · reference data")


@app.callback()
def reference() -> None:
    """基础数据 · reference data."""


@app.command()
def load(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="基础数据文件夹 · the folder")],
    as_json: AsJson = False,
) -> None:
    """载入一版基础数据 · load a version; the same files again change nothing."""
    with refusals_told():
        migrate()
        loaded = load_reference(folder, now_in_shanghai())
    _tell(loaded, "已载入基础数据 reference data loaded", as_json)


@app.command()
def show(as_json: AsJson = False) -> None:
    """现行基础数据 · the reference data in force."""
    with refusals_told():
        migrate()
        found = current_reference()
    _tell(found, "现行基础数据 reference data in force", as_json)


def _tell(reference: Reference, said: str, as_json: bool) -> None:
    counts = {
        "organisations": len(reference.organisations),
        "programmes": len(reference.programmes),
        "courses": len(reference.courses),
        "score_codes": len(reference.score_codes),
    }
    if as_json:
        print_json({"version": reference.version, **counts})
        return
    labels = zip(("机构", "专业", "课程", "成绩代码"), counts.items(), strict=True)
    told = "，".join(f"{zh} {name} {count}" for zh, (name, count) in labels)
    typer.echo(f"{said} {reference.version[:12]}：{told}")
