"""`biye registry`: packages for CHSI that are uploaded by hand (T4)."""

from typing import Annotated

import typer

from biye.cli.answers import print_json, refusals_told
from biye.cli.instants import instant_option
from biye.cli.registry_fast_track import fast_track
from biye.cli.registry_list import list_
from models.database import migrate
from tasks.registration import mark_sent

app = typer.Typer(no_args_is_help=True, help="学历电子注册 · registration with CHSI")

app.command("list")(list_)
app.command("fast-track")(fast_track)


@app.callback()
def registry() -> None:
    """学历电子注册 · registration with CHSI."""


@app.command()
def sent(
    package: Annotated[int, typer.Argument(metavar="PACKAGE", help="注册数据包编号 · the package's id")],
    by: Annotated[str, typer.Option("--by", help="上报人姓名，不得为审批人 · who uploaded it")],
    at: Annotated[str | None, typer.Option(help="上报时间，默认现在 · when, default now")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="供程序读取 · for programs")] = False,
) -> None:
    """登记已上报 · note that an approved package was uploaded to CHSI."""
    when = instant_option(at)
    migrate()
    with refusals_told():
        rows = mark_sent(package, by, when)
    if as_json:
        print_json({"package": package, "sent": rows})
        return
    typer.echo(
        f"已登记上报 sent · {package} · {rows} 条 rows" if rows else f"此前已登记上报 sent before · {package}"
    )
