"""Are two databases the same season? Rows are compared by what they say, whatever numbers they go by.

A row refers to others by number; numbers follow the order in which machines happened to work. So each
reference is replaced by what the row it leads to says, and tables are compared as sets of such rows.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Table, select

from models.schema import metadata

# What is left out, and why.
CLOCK = "the machine's clock"
NUMBER = "a number in order of work; rows that refer to it are compared by what it stands for"
LEFT_OUT: dict[str, str] = {
    "id": NUMBER,
    "recorded_at": CLOCK,
    "deployed_at": CLOCK,
    "loaded_at": CLOCK,
    "graduation_case.decision_id": "the decision refers to the case, and is compared itself",
    "student.id_cipher": "a random nonce; its blind index is compared",
    "event.seal": "seals the numbers and the clock",
    "stream_head.seal": "seals the numbers and the clock",
    "event.digest": "of the numbers of its rows; their count is compared",
    "event.data": "may name rows by number",
    "approval.frozen_hash": "of the numbers of its rows; their count is compared",
    "approval.summary": "may name its subject by number",
    "registry_package.archived": "holds the package's own number; the digest of each of its rows is compared",
    "planned_phase.done_at": CLOCK,
}
TABLES_LEFT_OUT = {"lease": "who is at work, and until when"}
REFERS = {  # by number, to a table that another column names
    "promise.subject_id": ("subject", {"lot": "lot", "package": "package", "case": "graduation_case"}),
    "approval.subject_id": (
        "kind",
        {"lot-audit": "lot", "registry-upload": "registry_package", "withdrawal": "withdrawal_list"},
    ),
}
_LAST = {"approval", "promise", "event", "stream_head", "season_closure"}  # they refer without a foreign key
STREAMS = {"lot": "lot", "package": "package", "seal-list": "seal_list"}  # "lot:5" names a lot by number
Says = dict[str, dict[Any, str]]  # table → number → what its row says


def rows_of(db: Connection) -> dict[str, pd.DataFrame]:
    """Return every table as rows of text that two databases of one season have in common."""
    says: Says = {}
    found = {}
    for table in sorted(metadata.sorted_tables, key=lambda table: table.name in _LAST):
        if table.name in TABLES_LEFT_OUT:
            continue
        rows = db.execute(select(table)).mappings().all()
        told = [dict(_told(table, dict(row), says)) for row in rows]
        if "id" in table.c:
            says[table.name] = {row["id"]: _digest(one) for row, one in zip(rows, told, strict=True)}
        found[table.name] = pd.DataFrame(told, columns=compared(table), dtype="str")
    return found


def compared(table: Table) -> list[str]:
    """Return the columns of a table that are compared."""
    return [one.name for one in table.c if not {one.name, f"{table.name}.{one.name}"} & LEFT_OUT.keys()]


def differences(one: Mapping[str, pd.DataFrame], other: Mapping[str, pd.DataFrame]) -> list[str]:
    """Return what differs, a line a table; empty when both are the same season."""
    return [line for name in one for line in _differences(name, one[name], other[name])]


def _differences(name: str, one: pd.DataFrame, other: pd.DataFrame) -> Iterator[str]:
    ordered = [frame.sort_values(list(frame.columns), ignore_index=True) for frame in (one, other)]
    if ordered[0].equals(ordered[1]):
        return
    columns = [str(c) for c in one if sorted(one[c]) != sorted(other[c])]
    yield f"{name}: {len(one)} and {len(other)} rows; differing columns: {', '.join(columns) or 'none alone'}"


def _told(table: Table, row: dict[str, Any], says: Says) -> Iterator[tuple[str, str]]:
    for name in compared(table):
        yield name, _value(table, name, row, says)


def _value(table: Table, name: str, row: dict[str, Any], says: Says) -> str:
    value = row[name]
    if value is None:
        return ""
    if led := _leads_to(table, name, row):
        return says.get(led, {}).get(value, f"no {led}")
    if name == "stream":
        subject, _, number = str(value).partition(":")
        named = STREAMS.get(subject)
        return f"{subject}:{says[named][int(number)]}" if named else str(value)
    if isinstance(value, datetime):
        return f"{value.timestamp():.6f}"
    if isinstance(value, dict | list):
        return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return value.hex() if isinstance(value, bytes) else str(value)


def _leads_to(table: Table, name: str, row: dict[str, Any]) -> str | None:
    for key in table.c[name].foreign_keys:
        return str(key.column.table.name)
    about, tables = REFERS.get(f"{table.name}.{name}", ("", {}))
    return tables.get(str(row[about])) if about else None


def _digest(told: Mapping[str, str]) -> str:
    return hashlib.sha256("\0".join(told.values()).encode()).hexdigest()[:24]
