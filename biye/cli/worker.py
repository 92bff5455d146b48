"""`biye worker`: this machine works for a Prefect server elsewhere, until Ctrl-C."""

import threading
from typing import Annotated

import typer

from biye.cli.answers import refusals_told
from biye.installation import ended_by_signals
from biye.workers import Workers
from deployments.address import api_url
from deployments.pool import LOTS_POOL, POOL
from models.database import check_migrated
from models.settings import settings

app = typer.Typer()


@app.command()
def worker(
    limit: Annotated[int, typer.Option(min=0, max=64, help="同时运行的阶段数 · phases at a time")] = 0,
    shares: Annotated[int, typer.Option(min=1, max=64, help="同时承担的份数 · shares of lots at a time")] = 1,
) -> None:
    """为 PREFECT_API_URL 的服务工作，Ctrl-C 结束 · work for that server, end with Ctrl-C."""
    pools = {POOL: limit or settings().worker_limit, LOTS_POOL: shares}
    with refusals_told(), ended_by_signals():
        check_migrated()
        with Workers(api_url(), pools, typer.echo) as machine:
            typer.echo(f"接口 API      {machine.url}")
            typer.echo(f"日志 logs     {settings().root / 'logs'}")
            typer.echo("就绪；按 Ctrl-C 结束 · ready; end with Ctrl-C")
            threading.Event().wait()
    typer.echo("已停止 · stopped")
