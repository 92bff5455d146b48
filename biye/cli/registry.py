"""`biye registry`: packages for CHSI that are uploaded by hand (T4)."""

from typing import Annotated

import typer

from biye.cli.answers import AsJson, print_json, refusals_told
from biye.cli.instants import At, instant_option
from biye.cli.registry_fast_track import fast_track
from biye.cli.registry_list import list_
from biye.cli.registry_show import show
from models.database import migrate
from rules.clock import now_in_shanghai
from tasks.registration import mark_sent
from tasks.registry_again import export_again
from tasks.registry_exchange import retry_upload

app = typer.Typer(no_args_is_help=True, help="学历电子注册 · registration with CHSI")

app.command("list")(list_)
app.command("fast-track")(fast_track)
app.command()(show)
Package = Annotated[int, typer.Argument(metavar="PACKAGE", help="注册数据包编号 · the package's id")]


@app.callback()
def registry() -> None:
    """学历电子注册 · registration with CHSI."""


@app.command()
def sent(
    package: Package,
    by: Annotated[str, typer.Option("--by", help="上报人姓名，不得为审批人 · who uploaded it")],
    at: At = None,
    as_json: AsJson = False,
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


@app.command()
def retry(
    package: Package,
    by: Annotated[str, typer.Option("--by", help="决定人姓名 · who decides it")],
    as_json: AsJson = False,
) -> None:
    """再次上报被接口拒收的数据包 · let a package that the registry's interface refused go again."""
    migrate()
    with refusals_told():
        retry_upload(package, by, now_in_shanghai())
    if as_json:
        print_json({"package": package, "upload": "unknown"})
        return
    typer.echo(f"下次注册运行先查询再上报 the next run of register asks, then sends · {package}")


@app.command()
def again(
    package: Package,
    by: Annotated[str, typer.Option("--by", help="决定人姓名 · who decides it")],
    as_json: AsJson = False,
) -> None:
    """未经更正再次导出被退回者 · export who was rejected by the registry's fault again, uncorrected."""
    migrate()
    with refusals_told():
        made, approval = export_again(package, by, now_in_shanghai())
    if as_json:
        print_json({"package": made, "approval": approval})
        return
    typer.echo(f"已导出 exported · 数据包 package {made} · 待审批 approval {approval}")
