"""The option that shows personal data in full, the same in every command that has it."""

import getpass
from typing import Annotated

import typer

Unmasked = Annotated[
    bool,
    typer.Option("--unmasked", help="显示完整个人信息，查看记入日志 · show personal data in full; logged"),
]
AskedBy = Annotated[
    str | None, typer.Option("--by", help="查看人姓名，默认登录名 · who asks, default: the login name")
]


def asker(unmasked: bool, by: str | None) -> str | None:
    """Return who asks for personal data in full, None if nobody does."""
    if not unmasked:
        return None
    return getpass.getuser() if by is None else by
