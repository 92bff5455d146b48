"""Rows in sets: whole frames into and out of tables, without the ORM."""

from collections.abc import Iterable
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Table, bindparam, insert, select, update

CHUNK = 500  # ids in one IN (…): every engine takes that many


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a frame's rows as plain Python values, missing ones as None."""
    columns = {str(name): _plain(frame[name]) for name in frame.columns}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _plain(column: pd.Series) -> list[Any]:
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(object)
    if pd.api.types.is_datetime64_any_dtype(column):
        column = pd.Series(column.dt.to_pydatetime(), dtype=object)
    return column.astype(object).where(column.notna(), None).tolist()


def insert_frame(db: Connection, table: Table, frame: pd.DataFrame) -> int:
    """Insert all rows of a frame; its columns bear the table's names. Returns their number."""
    if len(frame):
        db.execute(insert(table), records(frame))
    return len(frame)


def update_frame(db: Connection, table: Table, frame: pd.DataFrame, key: str = "id") -> int:
    """Write a frame's columns into the rows that its key column names. Returns their number."""
    changed = [str(name) for name in frame.columns if name != key]
    if len(frame):
        statement = update(table).where(table.c[key] == bindparam("_key"))
        statement = statement.values({name: bindparam(f"_{name}") for name in changed})
        renamed = {key: "_key"} | {name: f"_{name}" for name in changed}
        db.execute(statement, records(frame.rename(columns=renamed)))
    return len(frame)


def read_by(
    db: Connection,
    table: Table,
    names: Iterable[str],
    key: str,
    values: Iterable[Any],
    *where: ColumnElement[bool],
) -> pd.DataFrame:
    """Return the named columns of the rows whose key is among the values; where: further conditions."""
    columns, wanted = list(names), list(values)
    rows: list[Any] = []
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        chosen = select(*(table.c[name] for name in columns)).where(table.c[key].in_(part), *where)
        rows += db.execute(chosen).all()
    return pd.DataFrame(rows, columns=columns)
