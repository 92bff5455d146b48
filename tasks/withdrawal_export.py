"""Approved withdrawals leave for CHSI: checked again, exported, and noted as sent (N8)."""

from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, exists, insert, select, update

import rules.refusals_cleanup  # noqa: F401  registers its codes
from models import archive
from models.bulk import read_by
from models.cleanup import Withdrawal, WithdrawalList, WithdrawalPackage
from models.columns import table_of
from models.database import transaction
from models.keys import decrypt_ids
from models.lot import Approval, ApprovalState
from models.student import Student
from models.submission import Submission
from rules.approvals import ApprovalKind, same_name
from rules.clock import day_in_shanghai
from rules.refusals import Refused
from rules.season import Pack
from rules.withdrawal import FIELDS, WithdrawalState, withdrawal_fields
from tasks.cleanup_list import lists_of
from tasks.dbf import write_dbf
from tasks.policy import season_pack
from tasks.withdrawal import move
from tasks.withdrawal_approval import rows_with_finding, to_withdraw, withdrawal_list

_ROWS, _STUDENTS, _SUBMISSIONS = table_of(Withdrawal), table_of(Student), table_of(Submission)
_PACKAGES, _APPROVALS, _LISTS = table_of(WithdrawalPackage), table_of(Approval), table_of(WithdrawalList)
ENCODING = "gb18030"
_OF_STUDENT = ("id", "student_no", "name", "exam_no", "id_cipher")


def export_withdrawals(season: str, pack: Pack, as_of: datetime, again: bool = False) -> list[int]:
    """Export every list's approved withdrawals as a package each; returns the packages.

    Who is protected meanwhile, or no candidate any more, drops out. A rejected one goes again once a later
    roster corrected it; `again`: also without that. Raises Refused T4-dbf-…
    """
    with transaction() as db:
        units = lists_of(db, season)
        made = [_export(db, unit, pack, as_of, again) for unit in units]
    return [package for package in made if package is not None]


def _export(db: Connection, unit: Any, pack: Pack, as_of: datetime, again: bool) -> int | None:
    rows = rows_with_finding(db, unit, pack, WithdrawalState.APPROVED, WithdrawalState.REJECTED)
    rows = rows[drop_protected(db, rows, unit.id, as_of)]
    corrected = set(db.scalars(select(_ROWS.c.id).where(_ROWS.c.list_id == unit.id, _corrected())))
    rejected = rows["state"] == WithdrawalState.REJECTED.value
    rows = rows[~rejected | rows["id"].isin(corrected) | again]
    if rows.empty:
        return None
    table = write_dbf(_fields(db, rows), FIELDS, ENCODING, day_in_shanghai(as_of))
    package = {"list_id": unit.id, "archived": archive.keep(table), "rows": len(rows), "exported_at": as_of}
    made = insert(_PACKAGES).values(**package, sent_by="", void=False).returning(_PACKAGES.c.id)
    package_id = int(db.execute(made).scalar_one())
    values = {"package_id": package_id, "answered_at": None, "reason": ""}
    ids = rows["id"].tolist()
    move(db, WithdrawalState.EXPORTED, ids, unit.id, as_of, values=values, package=package_id)
    return package_id


def drop_protected(db: Connection, rows: pd.DataFrame, list_id: int, as_of: datetime) -> "pd.Series[bool]":
    """Put back on the list who may not be withdrawn by the finding of now; returns who may."""
    stay = to_withdraw(rows)
    for finding, dropped in rows[~stay].groupby("finding"):
        values = {"package_id": None} | ({"finding": finding} if finding else {})
        ids = dropped["id"].tolist()
        move(db, WithdrawalState.LISTED, ids, list_id, as_of, values=values, because=str(finding))
    return stay


def _corrected() -> Any:
    """Whether a roster came after CHSI's answer about the row."""
    return exists().where(
        _STUDENTS.c.id == _ROWS.c.student_id,
        _SUBMISSIONS.c.id == _STUDENTS.c.submission_id,
        _SUBMISSIONS.c.received_at > _ROWS.c.answered_at,
    )


def _fields(db: Connection, rows: pd.DataFrame) -> pd.DataFrame:
    approvals = read_by(db, _ROWS, ("id", "approved_on", "document_no"), "id", rows["id"].tolist())
    students = read_by(db, _STUDENTS, _OF_STUDENT, "id", rows["student_id"].tolist())
    students["id_number"] = decrypt_ids(students["id_cipher"])
    joined = rows.merge(approvals, on="id").merge(
        students.rename(columns={"id": "student_id"}), on="student_id"
    )
    return withdrawal_fields(joined.sort_values("student_no", ignore_index=True))


def mark_withdrawals_sent(package_id: int, by: str, as_of: datetime) -> int:
    """Note that a package was uploaded to CHSI; returns its rows. Again: nothing happens, 0.

    by: not the list's approver. A package with somebody who is protected by now becomes void; the others are
    exported anew. Raises Refused N8-package-unknown, N8-package-void, N8-package-altered,
    N8-sent-same-person, N8-nameless.
    """
    with transaction() as db:
        wanted = select(_PACKAGES).where(_PACKAGES.c.id == package_id)
        package = db.execute(wanted.with_for_update()).one_or_none()
        if package is None:
            raise Refused("N8-package-unknown", package=package_id)
        if package.sent_at is not None:
            return 0
        _check_sender(db, package, by)
        rows = _exported(db, package)
        protected = 0 if package.void else int((~to_withdraw(rows)).sum())
        if protected:
            _make_void(db, package, rows, as_of)
        elif not package.void:
            said = {"sent_at": as_of, "sent_by": by}
            db.execute(update(_PACKAGES).where(_PACKAGES.c.id == package_id).values(**said))
            ids = rows["id"].tolist()
            move(db, WithdrawalState.SENT, ids, package.list_id, as_of, actor=by, package=package_id)
    if protected or package.void:
        raise Refused("N8-package-void", package=package_id, count=protected or "—")
    return len(rows)


def _check_sender(db: Connection, package: Any, by: str) -> None:
    if not same_name(by):
        raise Refused("N8-nameless")
    if not archive.is_whole(package.archived):
        raise Refused("N8-package-altered", package=package.id)
    approvers = select(_APPROVALS.c.decided_by).where(
        _APPROVALS.c.kind == ApprovalKind.WITHDRAWAL_LIST.value,
        _APPROVALS.c.subject_id == package.list_id,
        _APPROVALS.c.state == ApprovalState.APPROVED.value,
    )
    if same_name(by) in {same_name(name or "") for name in db.scalars(approvers)}:
        raise Refused("N8-sent-same-person", by=by)


def _exported(db: Connection, package: Any) -> pd.DataFrame:
    unit = withdrawal_list(db, package.list_id)
    rows = rows_with_finding(db, unit, season_pack(unit.season, db), WithdrawalState.EXPORTED)
    mine = set(db.scalars(select(_ROWS.c.id).where(_ROWS.c.package_id == package.id)))
    return rows[rows["id"].isin(mine)]


def _make_void(db: Connection, package: Any, rows: pd.DataFrame, as_of: datetime) -> None:
    """Take a package back: who is protected drops out, the others wait for the next one."""
    db.execute(update(_PACKAGES).where(_PACKAGES.c.id == package.id).values(void=True))
    others = rows.loc[drop_protected(db, rows, package.list_id, as_of), "id"].tolist()
    move(db, WithdrawalState.APPROVED, others, package.list_id, as_of, values={"package_id": None})
