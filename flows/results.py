"""What a phase shows in the Prefect UI: a table of numbers, never a person."""

from collections.abc import Mapping, Sequence
from typing import Any

from prefect.artifacts import create_table_artifact


def show(phase: str, season: str, batch: int | None, rows: Sequence[Mapping[str, Any]], said: str) -> None:
    """Publish a phase's result as a table under a key that every later run of the phase continues.

    rows: ids, units and counts only; said: what the table is, in Chinese and English.
    """
    key = f"{phase}-{season}" + ("" if batch is None else f"-b{batch}")
    table = [dict(row) for row in rows] or [{"结果": "无 nothing"}]
    create_table_artifact(key=key.lower(), table=table, description=said)
