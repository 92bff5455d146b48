"""`biye migrate`: bring the database up to date."""

import typer

from biye.cli.answers import AsJson, print_json, refusals_told
from models import database
from models.keys import make_keys

app = typer.Typer()


@app.command()
def migrate(
    as_json: AsJson = False,
) -> None:
    """升级数据库结构，重复执行不变 · bring the database up to date; again, nothing changes."""
    with refusals_told():
        before, after = database.migrate()
        if before is None:  # new: the machines that join share the keys of the first
            make_keys()
    if as_json:
        print_json({"before": before, "after": after, "database": database.database_address()})
        return
    said = "已是最新 up to date" if before == after else f"已升级 migrated {before or '–'} →"
    typer.echo(f"{said} {after} · {database.database_address()}")
