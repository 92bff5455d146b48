"""`biye registry`: packages for CHSI that are uploaded by hand (T4)."""

import typer

from biye.cli.registry_list import list_

app = typer.Typer(no_args_is_help=True, help="学历电子注册 · registration with CHSI")

app.command("list")(list_)


@app.callback()
def registry() -> None:
    """学历电子注册 · registration with CHSI."""
