"""Rows in sets: whole frames into and out of tables, column by column, without the ORM."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    Connection,
    LargeBinary,
    Select,
    Table,
    func,
    literal,
    select,
)
from sqlalchemy.sql.schema import ScalarElementColumnDefault
from sqlalchemy.types import TypeEngine

MOST = 30_000  # values in one statement: SQLite takes that many parameters
_AT_ONCE = 30_000  # rows made for the driver: a million at once would take hundreds of megabytes
_Change = Callable[[Any], Any] | None
Columns = pd.DataFrame | Mapping[str, Any]
"""A frame, or its columns alone: series, or arrays of plain values with None for what is missing."""
_Same = Mapping[str, Any]
_NOTHING: _Same = MappingProxyType({})


def insert_frame(db: Connection, table: Table, frame: Columns, same: _Same = _NOTHING) -> int:
    """Insert all rows of a frame; its columns bear the table's names. Returns their number.

    same: further columns, with one value for all rows. A column that is in neither gets its default, if that
    is a plain value.
    """
    if count := _rows(frame):
        columns = _bound(db, table, frame, _defaults(table, frame) | {**same})
        _write(db, table.name, list(columns), list(columns.values()))
    return count


def reserve_ids(db: Connection, table: Table, count: int) -> list[int]:
    """Return ids for so many new rows of a table; nobody else gets them, even where they are not used."""
    if db.dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(table.name, "id")
        return list(db.scalars(select(func.nextval(sequence)).select_from(func.generate_series(1, count))))
    last = int(db.scalar(select(func.max(table.c.id))) or 0)  # SQLite has one writer at a time
    return list(range(last + 1, last + 1 + count))


def update_frame(
    db: Connection, table: Table, frame: Columns, key: str = "id", same: _Same = _NOTHING
) -> int:
    """Write a frame's columns into the rows that its key column names. Returns their number.

    same: further columns, with one value for all rows.
    """
    if count := _rows(frame):
        columns = _bound(db, table, frame, same)
        keys = columns.pop(key)
        change = _change_from_copy if db.dialect.name == "postgresql" else _change_one_by_one
        change(db, table, {**columns, key: keys}, key)
    return count


def _rows(frame: Columns) -> int:
    return len(frame) if isinstance(frame, pd.DataFrame) else len(next(iter(frame.values())))


def _defaults(table: Table, frame: Columns) -> dict[str, Any]:
    lacking = [one for one in table.columns if one.name not in frame]
    return {
        one.name: one.default.arg for one in lacking if isinstance(one.default, ScalarElementColumnDefault)
    }


def _bound(db: Connection, table: Table, frame: Columns, same: _Same) -> dict[str, Sequence[Any]]:
    """Return each column's values as the driver takes them."""
    own = {str(name): _driven(frame[str(name)], _to_driver(db, table.c[str(name)])) for name in frame}
    shared = {name: _changed([value], _to_driver(db, table.c[name])) for name, value in same.items()}
    return own | {name: list(values) * _rows(frame) for name, values in shared.items()}


def _driven(column: Any, change: _Change) -> Sequence[Any]:
    """Return a column's values as the driver takes them; instants converted once each."""
    if not isinstance(column, pd.Series):
        return _changed(column.tolist(), change)
    if not pd.api.types.is_datetime64_any_dtype(column):
        return _changed(_plain(column), change)
    places, different = pd.factorize(column)
    told = [
        *_changed(pd.DatetimeIndex(different).to_pydatetime().tolist(), change),
        None,
    ]  # NaT is -1: the last
    return [told[place] for place in places.tolist()]


def _plain(column: pd.Series) -> list[Any]:
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "bi":
        return column.tolist()
    missing = column.isna()
    values = column.astype(object)
    return (values.where(~missing, None) if missing.any() else values).tolist()


def _changed(values: Sequence[Any], change: _Change) -> Sequence[Any]:
    """Apply a type's conversion, once for each different value where values can be compared."""
    if change is None:
        return values
    try:
        known = {value: change(value) for value in dict.fromkeys(values)}
    except TypeError:  # lists and the like: many rows share one
        shared = {id(value): change(value) for value in {id(value): value for value in values}.values()}
        return [shared[id(value)] for value in values]
    return [known[value] for value in values]


def _to_driver(db: Connection, column: Column[Any]) -> _Change:
    return _of_engine(db, column.type).bind_processor(db.dialect)


def _of_engine(db: Connection, kind: TypeEngine[Any]) -> TypeEngine[Any]:
    return kind.dialect_impl(db.dialect)


def _write(db: Connection, name: str, names: list[str], columns: list[Sequence[Any]]) -> None:
    """Hand rows to the driver: COPY on PostgreSQL, executemany on SQLite."""
    listed = ", ".join(map(_quoted, names))
    if db.dialect.name == "postgresql":
        driver: Any = db.connection
        with driver.cursor() as cursor, cursor.copy(f"COPY {_quoted(name)} ({listed}) FROM STDIN") as copy:
            for row in zip(*columns, strict=True):
                copy.write_row(row)
        return
    places = ", ".join("?" * len(names))
    _each(db, f"INSERT INTO {_quoted(name)} ({listed}) VALUES ({places})", columns)


def _change_one_by_one(db: Connection, table: Table, columns: dict[str, Sequence[Any]], key: str) -> None:
    """Update by key with one prepared statement: on SQLite nothing travels, so nothing is faster."""
    changed = ", ".join(f"{_quoted(name)} = ?" for name in columns if name != key)
    _each(db, f"UPDATE {_quoted(table.name)} SET {changed} WHERE {_quoted(key)} = ?", list(columns.values()))


def _each(db: Connection, statement: str, columns: list[Sequence[Any]]) -> None:
    """Run a statement for each row."""
    rows = zip(*columns, strict=True)
    while some := list(islice(rows, _AT_ONCE)):
        db.exec_driver_sql(statement, some)


def _change_from_copy(db: Connection, table: Table, columns: dict[str, Sequence[Any]], key: str) -> None:
    """Copy the new values beside the table and update from there, in one statement."""
    name, target = f"new_{table.name}", _quoted(table.name)
    listed = ", ".join(map(_quoted, columns))
    changed = ", ".join(f"{_quoted(one)} = new.{_quoted(one)}" for one in columns if one != key)
    db.exec_driver_sql(f"CREATE TEMP TABLE {name} AS SELECT {listed} FROM {target} WITH NO DATA")
    _write(db, name, list(columns), list(columns.values()))
    where = f"{target}.{_quoted(key)} = new.{_quoted(key)}"
    db.exec_driver_sql(f"UPDATE {target} SET {changed} FROM {name} AS new WHERE {where}")
    db.exec_driver_sql(f"DROP TABLE {name}")


def _quoted(name: str) -> str:
    return f'"{name}"'


def read_frame(db: Connection, chosen: Select[Any], given: Mapping[str, Any] | None = None) -> pd.DataFrame:
    """Return a statement's rows as columns of Python values (dtype object), missing ones as None.

    given: values of the statement's parameters.
    """
    columns, rows = list(chosen.selected_columns), read_rows(db, chosen, given)
    values = np.empty((len(columns), len(rows)), dtype=object)
    for place, (column, read) in enumerate(zip(columns, zip(*rows, strict=True), strict=bool(rows))):
        values[place] = _changed(read, _from_driver(db, column))
    # One block of objects: nothing is inferred, nothing copied.
    names = _index_of(tuple(str(column.key) for column in columns))
    return pd.DataFrame(values.T, columns=names, dtype=object, copy=False)


@lru_cache
def _index_of(names: tuple[str, ...]) -> pd.Index:
    """Return the names of columns: to make and to search them anew each time costs more than a small lot."""
    return pd.Index(names, dtype=object)


def read_rows(
    db: Connection, chosen: Select[Any], given: Mapping[str, Any] | None = None
) -> list[tuple[Any, ...]]:
    """Return a statement's rows as the driver has them, without the conversions of their types."""
    found = db.execute(chosen, given)
    driver: Any = found.cursor
    rows: list[tuple[Any, ...]] = driver.fetchall()
    found.close()
    return rows


def _from_driver(db: Connection, column: ColumnElement[Any]) -> _Change:
    return _of_engine(db, column.type).result_processor(db.dialect, None)


def read_by(
    db: Connection,
    table: Table,
    names: Iterable[str],
    key: str,
    values: Iterable[Any],
    *where: ColumnElement[bool],
) -> pd.DataFrame:
    """Return the named columns of the rows whose key is among the values; where: further conditions.

    Types are inferred: numbers are numbers, everything else is an object.
    """
    columns, wanted = [table.c[name] for name in names], list(values)
    parts = [
        read_frame(db, select(*columns).where(among(db, table.c[key], wanted[start : start + MOST]), *where))
        for start in range(0, len(wanted), MOST)
    ]
    nobody = pd.DataFrame(columns=[str(column.key) for column in columns], dtype=object)
    return pd.concat(parts, ignore_index=True).infer_objects() if parts else nobody


def among(db: Connection, column: Column[Any], values: list[Any]) -> ColumnElement[bool]:
    """Return the condition that a column's value is one of many, as few parameters as the engine can."""
    if db.dialect.name == "postgresql":
        return column == func.any(literal(values, ARRAY(column.type)))
    if isinstance(column.type, LargeBinary):  # JSON has no bytes
        return column.in_(values)
    return column.in_(select(func.json_each(json.dumps(values)).table_valued("value").c.value))
