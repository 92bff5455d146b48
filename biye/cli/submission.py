"""`biye submission`: templates for units, files sent by hand, and what became of each."""

import getpass
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from biye.cli.answers import AsJson, print_json, refusals_told
from biye.cli.instants import instant_option
from biye.cli.submission_held import held, settle
from biye.cli.submission_page import STATES, submission_page, submission_rows
from biye.cli.tables import print_table
from models.database import migrate
from models.submission import SubmissionState
from rules.submission import KINDS
from tasks.pull import source_by_hand
from tasks.sending import known_kind, pull_file, send_file
from tasks.submission_view import SubmissionSeen, list_submissions, show_submission
from tasks.template import Form
from tasks.template import template as make_template

app = typer.Typer(no_args_is_help=True, help="上报 · submissions")
LISTED = ("回执", "收到 received", "单位", "种类 kind", "文件 file", "状态 state")
COUNTED = ("行数 rows", "接收", "退回", "待核实", "暂存", "重复", "批次")


app.command()(held)
app.command()(settle)


@app.callback()
def submission() -> None:
    """上报 · submissions."""


@app.command()
def template(
    kind: Annotated[str, typer.Argument(help="上报种类，中文或英文 · kind of submission")],
    out: Annotated[Path | None, typer.Option(dir_okay=False, help="另存为 · file to write")] = None,
    form: Annotated[Form, typer.Option("--format", help="格式 · form of the file")] = Form.XLSX,
) -> None:
    """生成模板 · write the template of a kind of submission."""
    with refusals_told():
        known = known_kind(kind)
        made = make_template(known, form)
    target = out or Path(f"{KINDS[known].zh}.{form}")
    target.write_bytes(made)
    typer.echo(f"模板已写入 template written to {target}")


@app.command()
def send(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="文件 · the file")],
    kind: Annotated[str, typer.Option(help="上报种类，中文或英文 · kind of submission")],
    branch: Annotated[str, typer.Option(help="上报单位代码 · code of the sending unit")],
    season: Annotated[
        str, typer.Option(help="毕业季，只有一个时可不写 · season, when there are several")
    ] = "",
    received_at: Annotated[
        str | None,
        typer.Option(help="收到时间，仅总部可用，须写明 --by · time of receipt, by HQ only, logged"),
    ] = None,
    by: Annotated[str | None, typer.Option(help="指定收到时间的人 · who states the time")] = None,
    as_json: AsJson = False,
) -> None:
    """接收并审查一个文件，整份退回时退出码为 1 · receive a file, judge it; exit 1 if it is refused whole."""
    if received_at and not (by or "").strip():
        raise typer.BadParameter("--received-at: 须用 --by 写明姓名 / say who you are with --by")
    at = instant_option(received_at) if received_at else None
    with refusals_told():
        migrate()
        found = show_submission(send_file(file, kind, branch, season, at, by or getpass.getuser()))
    _tell(found, as_json)


@app.command()
def pull(
    url: Annotated[str, typer.Argument(help="文件网址，须为 HTTPS · the file's address")],
    kind: Annotated[str, typer.Option(help="上报种类，中文或英文 · kind of submission")],
    branch: Annotated[str, typer.Option(help="上报单位代码 · code of the sending unit")],
    season: Annotated[
        str, typer.Option(help="毕业季，只有一个时可不写 · season, when there are several")
    ] = "",
    token_env: Annotated[
        str, typer.Option(help="存放令牌的环境变量名 · environment variable that holds the token")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """从网址拉取并审查一个文件，未变的不再接收 · fetch a file and judge it, once."""
    with refusals_told():
        migrate()
        pulled = pull_file(source_by_hand(url, known_kind(kind), branch, token_env), season)
        found = show_submission(pulled.receipt)
    if not pulled.new and not as_json:
        typer.echo(f"文件未变，已有回执 {pulled.receipt:06d} · unchanged, already received")
    _tell(found, as_json)


def _tell(found: SubmissionSeen, as_json: bool) -> None:
    """Show what became of a file; exit code 1 where it was refused whole."""
    if as_json:
        print_json(asdict(found))
    else:
        for line in submission_page(found):
            typer.echo(line)
    if found.state == SubmissionState.QUARANTINED:
        raise typer.Exit(1)


@app.command("list")
def list_(
    branch: Annotated[str, typer.Option(help="上报单位代码 · the sending unit")] = "",
    state: Annotated[SubmissionState | None, typer.Option(help="状态 · state")] = None,
    kind: Annotated[str, typer.Option(help="上报种类 · kind of submission")] = "",
    season: Annotated[str, typer.Option(help="毕业季 · season")] = "",
    as_json: AsJson = False,
) -> None:
    """列出上报 · what came in, and what became of it."""
    with refusals_told():
        migrate()
        wanted = known_kind(kind) if kind else ""
        found = list_submissions(season, branch, state.value if state else "", wanted)
    if as_json:
        print_json(found)
    elif found:
        print_table(f"上报 submissions {len(found)}", (*LISTED, *COUNTED), submission_rows(found))
    else:
        said = f"（{STATES[state]}）" if state else ""
        typer.echo(f"没有上报{said}。No submissions.")


@app.command()
def show(
    receipt: Annotated[int, typer.Argument(metavar="RECEIPT", help="回执编号 · the receipt's number")],
    as_json: AsJson = False,
) -> None:
    """一份上报：各结果行数、代码、答复在哪里 · one submission: counts, codes, where its answer lies."""
    with refusals_told():
        migrate()
        found = show_submission(receipt)
    if as_json:
        print_json(asdict(found))
        return
    for line in submission_page(found):
        typer.echo(line)
