"""`biye sandbox`: labelled stand-ins for what a season needs outside the university."""

from pathlib import Path
from typing import Annotated

import typer

from biye.sandbox.registry_rows import USUAL, Check
from biye.sandbox.registry_server import Fault, RegistryServer

app = typer.Typer(no_args_is_help=True, help="演示替身 · labelled stand-ins")


@app.callback()
def sandbox() -> None:
    """演示替身，不是真实系统 · labelled stand-ins, never the real thing."""


@app.command()
def registry(
    port: Annotated[int, typer.Option(min=0, max=65535, help="端口，0＝任选 · port, 0: any")] = 8085,
    folder: Annotated[
        Path, typer.Option(file_okay=False, help="数据目录，重启后保留 · where it keeps what it took")
    ] = Path("sandbox-registry"),
    token: Annotated[
        str, typer.Option(envvar="BIYE_REGISTRY_TOKEN", help="要求的令牌 · the token to ask for")
    ] = "",
    reject: Annotated[
        list[Check], typer.Option(help="检查项，可多次 · what is rejected, may be repeated")
    ] = sorted(USUAL),
    misbehave: Annotated[
        list[Fault] | None, typer.Option(help="随后各次上报的故障 · how the next uploads go wrong")
    ] = None,
) -> None:
    """学信网的演示替身，Ctrl-C 结束 · a stand-in for CHSI's registry on this machine, end with Ctrl-C."""
    try:
        server = RegistryServer(port, folder, token, reject, misbehave or ())
    except OSError as error:
        raise typer.BadParameter(f"{port}: 端口不可用 / port unavailable ({error.strerror})") from None
    typer.echo("这是演示替身，不是学信网 · this is a sandbox, not CHSI")
    typer.echo(f"BIYE_REGISTRY_URL={server.url}")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        typer.echo("已停止 · stopped")
    finally:
        server.server_close()
