"""Instants given on the command line."""

from datetime import datetime
from typing import Annotated

import typer

from rules.clock import SHANGHAI, in_shanghai, now_in_shanghai

AsOf = Annotated[str | None, typer.Option("--as-of", help="日期或时刻，默认现在 · default now")]

At = Annotated[str | None, typer.Option("--at", help="时间，默认现在 · when, default now")]


def instant_option(text: str | None) -> datetime:
    """Read an instant, default now; without a time zone it is Shanghai's. Wrong use if it is not ISO 8601."""
    try:
        given = datetime.fromisoformat(text) if text else now_in_shanghai()
    except ValueError:
        raise typer.BadParameter(f"{text!r}: 写作 2020-01-20T09:00 / write 2020-01-20T09:00") from None
    return in_shanghai(given if given.tzinfo else given.replace(tzinfo=SHANGHAI))
