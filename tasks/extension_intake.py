"""Extension lists as rows: applications that wait for HQ, nil returns, and earlier extensions (N8)."""

from typing import Any

import pandas as pd
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from models.bulk import insert_frame, read_by, update_frame
from models.columns import table_of
from models.event import record
from models.extension import Extension, ExtensionList
from models.student import Student
from rules.approvals import ApprovalKind
from rules.extension import ExtensionState
from rules.submission import Judged
from tasks.approval import propose
from tasks.extension_approval import waiting_with_scan
from tasks.policy import season_pack
from tasks.promise_season import list_received
from tasks.proposal import PROPOSER

_EXTENSIONS, _LISTS, _STUDENTS = table_of(Extension), table_of(ExtensionList), table_of(Student)
_SAID = ["student_id", "applied_on", "reason", "attachment", "scan"]
_NOBODY = 0  # the student of a nil return


def store_extension(db: Connection, sent: Any, judged: Judged, _batch: int | None) -> Judged:
    """Keep a unit's applications, or its nil return, and lay what is complete before HQ.

    A row about an application that waits, or was rejected, takes its place; the scan that came before stays.
    """
    rows = judged.accepted
    if (rows["student_id"] == _NOBODY).any():
        _put_list(db, sent, sent.branch, nil=True)
        return judged
    students = read_by(db, _STUDENTS, ("id", "branch"), "id", rows["student_id"].tolist())
    branches = rows["student_id"].map(students.set_index("id")["branch"])
    for branch, own in rows.groupby(branches):
        list_id = _put_list(db, sent, str(branch), nil=False)
        _put_applications(db, sent, own[_SAID], list_id)
        if waiting_with_scan(db, list_id):
            propose(db, ApprovalKind.EXTENSION, list_id, None, PROPOSER, sent.received_at)
    return judged


def _put_list(db: Connection, sent: Any, branch: str, *, nil: bool) -> int:
    """Return the unit's list of the season, made when missing; by it the unit's promise is kept."""
    said = {"nil": nil, "submission_id": sent.id}
    made = sqlite.insert(_LISTS) if db.dialect.name == "sqlite" else postgresql.insert(_LISTS)
    row = {"season": sent.season, "branch": branch, "received_at": sent.received_at, **said}
    put = made.values(**row).on_conflict_do_update(index_elements=["season", "branch"], set_=said)
    list_id = int(db.execute(put.returning(_LISTS.c.id)).scalar_one())
    what = "nil-returned" if nil else "listed"
    record(db, f"extension-list:{list_id}", what, sent.received_at, actor=sent.branch, receipt=sent.id)
    list_received(db, sent.season, branch, sent.received_at)
    return list_id


def _put_applications(db: Connection, sent: Any, rows: pd.DataFrame, list_id: int) -> None:
    extension = season_pack(sent.season, db).extension
    assert extension is not None  # else its window refused the file
    until = extension.until.replace("-", "")
    ids = rows["student_id"].tolist()
    known = read_by(
        db, _EXTENSIONS, ("student_id", "id", "scan"), "student_id", ids, _EXTENSIONS.c.valid_until == until
    ).set_index("student_id")
    new = rows.assign(list_id=list_id, submission_id=sent.id, state=ExtensionState.PENDING.value)
    is_known = new["student_id"].isin(known.index)
    insert_frame(db, _EXTENSIONS, new[~is_known].assign(valid_until=until))
    again = new[is_known].assign(id=new["student_id"][is_known].map(known["id"]).astype(int))
    again["scan"] = again["scan"].where(again["scan"].notna(), again["student_id"].map(known["scan"]))
    update_frame(db, _EXTENSIONS, again.drop(columns="student_id"))


def store_extension_history(db: Connection, sent: Any, judged: Judged, _batch: int | None) -> Judged:
    """Keep earlier extensions as approved ones; a later file corrects number and date."""
    rows = judged.accepted.drop(columns="row").assign(submission_id=sent.id)
    ids = rows["student_id"].tolist()
    known = read_by(db, _EXTENSIONS, ("id", "student_id", "valid_until"), "student_id", ids)
    found = rows.merge(known, on=["student_id", "valid_until"], how="left")
    approved = {"state": ExtensionState.APPROVED.value}
    insert_frame(db, _EXTENSIONS, found[found["id"].isna()].drop(columns="id").assign(**approved))
    there = found[found["id"].notna()].astype({"id": int})
    update_frame(db, _EXTENSIONS, there[["id", "document_no", "decided_on"]].assign(**approved))
    record(db, f"submission:{sent.id}", "extensions-known", sent.received_at, ids=ids)
    return judged
