"""`biye up`: everything on one machine, until Ctrl-C."""

import threading
from typing import Annotated

import typer

from biye.cli.answers import refusals_told
from biye.installation import ended_by_signals, running
from models.settings import settings

app = typer.Typer()


@app.command()
def up(
    port: Annotated[
        int,
        typer.Option(min=0, max=65535, help="服务端口，被占用时另选 · port; another one when it is taken"),
    ] = 0,
    limit: Annotated[int, typer.Option(min=0, max=64, help="同时运行数 · runs at a time")] = 0,
) -> None:
    """启动服务与执行器，Ctrl-C 结束 · start server and worker, end with Ctrl-C."""
    with refusals_told(), ended_by_signals():
        typer.echo(f"正在启动 · starting in {settings().root} …")
        with running(port, limit, typer.echo) as engine:
            typer.echo(f"界面 UI       http://127.0.0.1:{engine.port}")
            typer.echo(f"网页 pages    http://127.0.0.1:{engine.web_port}")
            typer.echo(f"接口 API      {engine.url}")
            typer.echo(f"日志 logs     {settings().root / 'logs'}")
            typer.echo("就绪；按 Ctrl-C 结束 · ready; end with Ctrl-C")
            threading.Event().wait()
    typer.echo("已停止 · stopped")
