"""Every command with its arguments and options, from the command line itself."""

from collections.abc import Iterator
from enum import Enum
from typing import Any

import typer.main

from biye.cli import app
from docs.pages.text import head, table

_HEADINGS = ("参数 parameter", "须填 required", "默认 default", "说明 what it says")
_OF_ALL = "--help"


def page() -> str:
    """Return docs/cli.md."""
    said = (
        "Every command of `biye`. Exit codes: 0 done, 1 refused, 2 wrong use. `--json` answers for programs."
    )
    return head("命令 · Commands", said) + "".join(map(_section, commands()))


def commands() -> list[tuple[str, Any]]:
    """Return every command that does something, by its whole name, in the order of the names."""
    return sorted(_below("biye", typer.main.get_command(app)))


def _below(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    names = command.list_commands(None) if hasattr(command, "list_commands") else []
    for one in names:
        yield from _below(f"{name} {one}", command.get_command(None, one))
    if not names or command.invoke_without_command:
        yield name, command


def _section(one: tuple[str, Any]) -> str:
    name, command = one
    rows = [_row(parameter) for parameter in command.params if _OF_ALL not in parameter.opts]
    said = " ".join((command.help or "").split())
    return f"\n## {name}\n\n{said}\n" + (f"\n{table(_HEADINGS, rows)}" if rows else "")


def _row(parameter: Any) -> tuple[str, str, str, str]:
    argument = parameter.param_type_name == "argument"
    names = [parameter.metavar or parameter.name.upper()] if argument else sorted(parameter.opts, key=len)
    written = ", ".join(f"`{name}`" for name in names)
    return written, "是 yes" if parameter.required else "", _default(parameter.default), _help(parameter)


def _help(parameter: Any) -> str:
    kind: Any = parameter.type_descriptor.annotation if parameter.type_descriptor else None
    words = list(kind) if isinstance(kind, type) and issubclass(kind, Enum) else []
    return (parameter.help or "") + (f"（{'、'.join(map(_said, words))}）" if words else "")


def _default(value: Any) -> str:
    return "" if value in (None, (), False) or callable(value) else _said(value)


def _said(value: Any) -> str:
    return str(getattr(value, "value", value))
