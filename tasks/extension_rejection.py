"""One application for an extension turned down by itself (N8)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

import rules.refusals_cleanup  # noqa: F401  registers its codes
from models.columns import table_of
from models.database import transaction
from models.event import record
from models.extension import Extension, ExtensionList
from models.student import Student
from rules.approvals import ApprovalKind, same_name
from rules.extension import ExtensionState
from rules.refusals import Refused
from tasks.approval import propose
from tasks.extension_approval import waiting_with_scan
from tasks.proposal import PROPOSER

_EXTENSIONS, _LISTS, _STUDENTS = table_of(Extension), table_of(ExtensionList), table_of(Student)


def reject_application(season: str, student_no: str, by: str, note: str, as_of: datetime) -> None:
    """Turn one application down; what is left of its list is laid before HQ anew.

    Raises Refused N8-no-application, N8-nameless.
    """
    if not (same_name(by) and note.strip()):
        raise Refused("N8-nameless")
    with transaction() as db:
        row = _waiting(db, season, student_no)
        rejected = {"state": ExtensionState.REJECTED.value}
        db.execute(update(_EXTENSIONS).where(_EXTENSIONS.c.id == row.id).values(**rejected))
        stream = f"extension-list:{row.list_id}"
        record(db, stream, "application-rejected", as_of, actor=by, ids=[row.id], note=note)
        if waiting_with_scan(db, row.list_id):
            propose(db, ApprovalKind.EXTENSION, row.list_id, None, PROPOSER, as_of)


def _waiting(db: Connection, season: str, student_no: str) -> Any:
    wanted = (
        select(_EXTENSIONS.c.id, _EXTENSIONS.c.list_id)
        .join(_LISTS, _LISTS.c.id == _EXTENSIONS.c.list_id)
        .join(_STUDENTS, _STUDENTS.c.id == _EXTENSIONS.c.student_id)
        .where(_LISTS.c.season == season, _STUDENTS.c.student_no == student_no)
        .where(_EXTENSIONS.c.state == ExtensionState.PENDING.value)
    )
    row = db.execute(wanted).first()
    if row is None:
        raise Refused("N8-no-application", student_no=student_no)
    return row
