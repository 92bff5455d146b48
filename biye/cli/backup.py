"""`biye backup`: a consistent copy of database, archive and keys."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from biye.cli.answers import AsJson, print_json, refusals_told
from models.database import migrate
from rules.clock import now_in_shanghai
from tasks.backup import POSTGRES, back_up

app = typer.Typer()


@app.command()
def backup(
    destination: Annotated[
        Path, typer.Argument(metavar="DEST", help="新文件夹 · the folder to make, outside BIYE_HOME")
    ],
    as_json: AsJson = False,
) -> None:
    """备份数据库、归档和密钥，运行中也可以 · copy database, archive and keys, even while Biye runs."""
    with refusals_told():
        migrate()
        made = back_up(destination, now_in_shanghai())
    if as_json:
        print_json(asdict(made))
        return
    typer.echo(f"已备份到 backed up to {made.folder}")
    typer.echo(f"  数据库 database {made.database}（{made.revision}）")
    typer.echo(f"  归档 archive {made.files} 个文件 files，{made.bytes} 字节 bytes · 密钥 keys {made.keys}")
    typer.echo("  含密钥和个人信息，请妥善保管 · it holds keys and personal data: keep it safe")
    typer.echo(f"恢复 to restore: {_restoring(made.database)}")


def _restoring(database: str) -> str:
    if database == POSTGRES:
        return f"pg_restore --dbname=… {POSTGRES}；archive、keys → BIYE_HOME"
    return "把文件夹内容复制到新的 BIYE_HOME · copy the folder's content to a new BIYE_HOME, then biye verify"
