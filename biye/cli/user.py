"""`biye user`: accounts of the web application (G2)."""

import getpass
import sys
from typing import Annotated, Any

import typer

from biye.cli.answers import Actor, AsJson, print_json
from biye.cli.tables import print_table
from models.database import migrate
from rules.accounts import CHINESE, Role
from rules.clock import now_in_shanghai
from rules.custody import Tree
from tasks.account import NewSecrets, add_account, disable_account, list_accounts, reset_account
from tasks.policy import current_reference

app = typer.Typer(no_args_is_help=True, help="账号 · accounts")
Name = Annotated[str, typer.Argument(help="账号名 · the account's name")]
PasswordStdin = Annotated[
    bool, typer.Option("--password-stdin", help="从标准输入读口令 · read the password from standard input")
]
HEADINGS = ("账号 name", "角色 role", "单位 unit", "建立 created", "停用 disabled")


@app.callback()
def user() -> None:
    """账号 · accounts of the web application."""


@app.command()
def add(
    name: Name,
    role: Annotated[Role, typer.Option(help="角色 · role")],
    unit: Annotated[str, typer.Option(help="单位代码 · the unit's code")],
    password_stdin: PasswordStdin = False,
    actor: Actor = None,
    as_json: AsJson = False,
) -> None:
    """新建账号，显示一次性口令密钥 · make an account; shows the secret for one-time codes once."""
    migrate()
    reference, by = current_reference(), actor or getpass.getuser()
    password = _password(password_stdin)
    _show(add_account(name, role, unit, password, now_in_shanghai(), by, reference), as_json)


@app.command()
def reset(
    name: Name, password_stdin: PasswordStdin = False, actor: Actor = None, as_json: AsJson = False
) -> None:
    """重设口令和密钥，并结束其会话 · set password and secret anew; its sessions end."""
    migrate()
    password, by = _password(password_stdin), actor or getpass.getuser()
    _show(reset_account(name, password, now_in_shanghai(), by), as_json)


@app.command()
def disable(name: Name, actor: Actor = None, as_json: AsJson = False) -> None:
    """停用账号，立即生效 · let an account in no more, from now on."""
    migrate()
    at = now_in_shanghai()
    disable_account(name, at, actor or getpass.getuser())
    if as_json:
        print_json({"name": name, "disabled_at": at})
    else:
        typer.echo(f"已停用 {name} · disabled")


@app.command("list")
def list_all(as_json: AsJson = False) -> None:
    """列出账号 · list accounts."""
    migrate()
    found = list_accounts()
    if as_json:
        print_json(found)
    elif found:
        tree = current_reference().tree
        print_table(f"账号 accounts {len(found)}", HEADINGS, (_cells(one, tree) for one in found))
    else:
        typer.echo("尚无账号。No accounts yet.")


def _cells(one: dict[str, Any], tree: Tree) -> tuple[str, ...]:
    who = (one["name"], f"{CHINESE[Role(one['role'])]} {one['role']}", tree.said(one["unit"]))
    times = (f"{one[at]:%Y-%m-%d %H:%M}" if one[at] else "" for at in ("created_at", "disabled_at"))
    return (*who, *times)


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    return str(typer.prompt("口令 password", hide_input=True, confirmation_prompt=True))


def _show(made: NewSecrets, as_json: bool) -> None:
    if as_json:
        print_json(vars(made))
        return
    typer.echo(f"账号 account     {made.name}")
    typer.echo(f"一次性密码密钥   {made.totp_secret}（只显示这一次，请录入验证器 · shown once）")
    typer.echo(f"                 {made.uri}")
