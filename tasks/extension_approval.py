"""The approval of a unit's extensions: applications with their scans, and what a decision does (N8)."""

import hashlib
import json
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, update

from models.columns import table_of
from models.extension import Extension, ExtensionList
from rules.clock import day_in_shanghai
from rules.extension import ExtensionState
from tasks.approval_list import Frozen, Verdict

_EXTENSIONS, _LISTS = table_of(Extension), table_of(ExtensionList)


def waiting_with_scan(db: Connection, list_id: int) -> list[Any]:
    """Return a list's applications that wait and whose written application is there."""
    names = ("id", "student_id", "applied_on", "reason", "scan")
    wanted = select(*(_EXTENSIONS.c[name] for name in names)).where(_complete(list_id))
    return list(db.execute(wanted.order_by(_EXTENSIONS.c.id)))


def _complete(list_id: int) -> ColumnElement[bool]:
    waits = _EXTENSIONS.c.state == ExtensionState.PENDING.value
    return (_EXTENSIONS.c.list_id == list_id) & waits & _EXTENSIONS.c.scan.is_not(None)


def present_extensions(db: Connection, list_id: int) -> Frozen:
    """Return a unit's applications as they are now: who, why, and on what paper."""
    unit = db.execute(select(_LISTS).where(_LISTS.c.id == list_id)).one()
    rows = waiting_with_scan(db, list_id)
    said = json.dumps([list(map(str, row)) for row in rows], ensure_ascii=False)
    fingerprint = hashlib.sha256(said.encode()).hexdigest() if rows else ""
    summary = {"branch": unit.branch, "rows": str(len(rows))}
    return Frozen(fingerprint, len(rows), unit.season, None, summary)


def approve_extensions(db: Connection, yes: Verdict) -> None:
    """Extend: the approval's number and date stay with each application."""
    decided: dict[str, Any] = {"state": ExtensionState.APPROVED.value, "document_no": yes.document_no}
    decided["decided_on"] = day_in_shanghai(yes.as_of)
    db.execute(update(_EXTENSIONS).where(_complete(yes.row.subject_id)).values(**decided))
    yes.tell(db, f"extension-list:{yes.row.subject_id}")


def reject_extensions(db: Connection, row: Any) -> None:
    """Turn a unit's applications down: the cleanup applies to them."""
    rejected = {"state": ExtensionState.REJECTED.value}
    db.execute(update(_EXTENSIONS).where(_complete(row.subject_id)).values(**rejected))
