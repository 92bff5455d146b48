"""How commands answer: for people in Chinese first, as JSON for programs, and a refusal in two languages."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from rules.pack_yaml import decode_text
from rules.refusals import BiyeError

Actor = Annotated[str | None, typer.Option("--actor", help="经办人，默认登录名 · who does it")]
AsJson = Annotated[bool, typer.Option("--json", help="供程序读取 · for programs")]


@contextmanager
def refusals_told() -> Iterator[None]:
    """Turn a refusal into its text on standard error and exit code 1."""
    try:
        yield
    except BiyeError as refusal:
        typer.echo(str(refusal), err=True)
        raise typer.Exit(1) from None


def print_json(content: object) -> None:
    """Print an answer for programs; days and instants in ISO form."""
    typer.echo(json.dumps(content, ensure_ascii=False, indent=2, default=_as_text))


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def read_text(file: Path) -> str:
    """Return a policy file's text; Refused pack-unreadable if it is not UTF-8."""
    return decode_text(file.read_bytes(), str(file))


def day_option(text: str | None) -> date | None:
    """Read a day given on the command line; wrong use if it is not YYYY-MM-DD."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise typer.BadParameter(f"{text!r}: 日期写作 YYYY-MM-DD / a day as YYYY-MM-DD") from None
