"""`biye submission`: templates for units, and files sent by hand."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from biye.cli.answers import print_json, refusals_told
from models.database import migrate
from rules.clock import in_shanghai, now_in_shanghai
from rules.refusals import Refused
from rules.submission import KINDS
from tasks.intake import take_in, waiting_submissions
from tasks.policy import current_reference, season_pack
from tasks.receiving import receive
from tasks.template import template as make_template

app = typer.Typer(no_args_is_help=True, help="上报 · submissions")
Season = Annotated[str, typer.Option(help="毕业季 · season")]
AsJson = Annotated[bool, typer.Option("--json", help="供程序读取 · for programs")]


@app.callback()
def submission() -> None:
    """上报 · submissions."""


@app.command()
def template(
    kind: Annotated[str, typer.Argument(help="上报种类 · kind of submission")],
    out: Annotated[Path | None, typer.Option(dir_okay=False, help="另存为 · file to write")] = None,
) -> None:
    """生成模板 · write the template of a kind of submission."""
    with refusals_told():
        if kind not in KINDS:
            raise Refused("file-kind", kind=kind, allowed=", ".join(KINDS))
    target = out or Path(f"{KINDS[kind].zh}.xlsx")
    target.write_bytes(make_template(kind))
    typer.echo(f"模板已写入 template written to {target}")


@app.command()
def send(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="文件 · the file")],
    kind: Annotated[str, typer.Option(help="上报种类 · kind of submission")],
    branch: Annotated[str, typer.Option(help="上报单位代码 · code of the sending unit")],
    season: Season = "2020-01",
    received_at: Annotated[
        datetime | None, typer.Option(help="收到时间，仅总部可用 · time of receipt, HQ only, logged")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """接收并审查一个文件 · receive a file and judge every row of it."""
    migrate()
    at = in_shanghai(received_at.astimezone()) if received_at else now_in_shanghai()
    with refusals_told():
        pack, reference = season_pack(season), current_reference()
        receipt = receive(season, kind, branch, file.name, file.read_bytes(), at)
        counts = {number: take_in(number, pack, reference, at) for number in waiting_submissions(season, at)}
    answer = {"receipt": receipt, **counts.get(receipt, {})}
    if as_json:
        print_json(answer)
        return
    typer.echo(
        f"回执编号 receipt {receipt}：" + "，".join(f"{name} {n}" for name, n in counts[receipt].items())
    )
