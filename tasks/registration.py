"""E-registration with the registry (学历电子注册): note what was sent and take the answers (T4)."""

from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, bindparam, exists, or_, select, update

from models.case import Case, Hold
from models.certificate import PackageContent, RegistryPackage, RegistryRow
from models.columns import table_of
from models.database import transaction
from models.event import record
from rules.holds import REJECTED, rejected_hold
from rules.refusals import Refused
from rules.states import Registration
from tasks.hold import settle as settle_holds
from tasks.outbox import close_outgoing
from tasks.promise import settle
from tasks.registry_due import latest_row
from tasks.registry_export import export_lot
from tasks.registry_upload import UPLOAD, check_upload
from tasks.track import move
from tasks.visibility import make_visible

__all__ = ["export_lot", "import_results", "make_visible", "mark_sent"]

_CASES, _HOLDS = table_of(Case), table_of(Hold)
_PACKAGES, _ROWS = table_of(RegistryPackage), table_of(RegistryRow)
_REASON_WIDTH = 80
_OPEN = [Registration.SENT.value, Registration.UNKNOWN.value]


def mark_sent(package_id: int, by: str, as_of: datetime) -> int:
    """Note that a package was uploaded by hand; return how many rows it has. Again: nothing happens, 0.

    by: who uploaded it, not its approver. Raises Refused T4-package-unknown, T4-upload-unapproved,
    T4-upload-same-person, T4-package-altered, approval-nameless.
    """
    with transaction() as db:
        package = locked_package(db, package_id)
        if package.sent_at is not None:
            return 0
        check_upload(db, package, by)
        note_sent(db, package, by, as_of)
        close_outgoing(db, UPLOAD, package_id, as_of, by)
    return int(package.rows)


def locked_package(db: Connection, package_id: int) -> Any:
    """Return a row of registry_package, locked for the caller's transaction; Refused T4-package-unknown."""
    wanted = select(_PACKAGES).where(_PACKAGES.c.id == package_id)
    package = db.execute(wanted.with_for_update()).one_or_none()
    if package is None:
        raise Refused("T4-package-unknown", package=package_id)
    return package


def note_sent(db: Connection, package: Any, by: str, as_of: datetime) -> None:
    """Note that the registry has a package: who waits in it is sent; once noted, nothing happens."""
    if package.sent_at is not None:
        return
    stream, noted = f"lot:{package.lot_id}", update(_PACKAGES).where(_PACKAGES.c.id == package.id)
    db.execute(noted.values(sent_at=as_of, sent_by=by))
    record(db, stream, "registry-package-sent", as_of, actor=by, package=package.id)
    due = _waiting_in(package.id)
    move(db, Registration.SENT, due, stream=stream, as_of=as_of, actor=by, package=package.id)
    settle(db, "registry", "lot", [package.lot_id], as_of)


def note_unsure(db: Connection, package: Any, as_of: datetime) -> None:
    """Note that the registry may or may not have a package: who waits in it is unknown, to be asked first."""
    stream = f"lot:{package.lot_id}"
    move(db, Registration.UNKNOWN, _waiting_in(package.id), stream=stream, as_of=as_of, package=package.id)


def _waiting_in(package_id: int) -> ColumnElement[bool]:
    """Whether a case is in a package that has not certainly been sent."""
    in_package = select(_ROWS.c.case_id).where(_ROWS.c.package_id == package_id, latest_row())
    waiting = [Registration.EXPORTED.value, Registration.UNKNOWN.value]
    return _CASES.c.registration.in_(waiting) & _CASES.c.id.in_(in_package)


def import_results(frame: pd.DataFrame, as_of: datetime) -> dict[str, int]:
    """Take the registry's answers; return how many were accepted and rejected, and how many had no row open.

    frame: number, status ("accepted" or "rejected"), reason, as a judged receipt has them; package, where the
    answer is to one package (0: whichever is open). A row without an answer stays sent; one that was answered
    already, or was never sent, is counted as `unmatched`.
    """
    with transaction() as db:
        return keep_results(db, frame, as_of)


def keep_results(db: Connection, frame: pd.DataFrame, as_of: datetime) -> dict[str, int]:
    """Take the registry's answers in the caller's transaction; see import_results."""
    columns = ["number", "status", "reason", "package"]
    answers = _open_rows(db).merge(frame.reindex(columns=columns, fill_value=0), on="number")
    answers = answers[answers["package"].isin([0]) | (answers["package"] == answers["package_id"])]
    if not answers.empty:
        _keep_answers(db, answers, as_of)
    counts = {
        state.value: _move_answered(db, state, sorted(set(answers["lot_id"])), as_of)
        for state in (Registration.ACCEPTED, Registration.REJECTED)
    }
    for lot in sorted(set(answers["lot_id"])):
        _hold_rejected(db, lot, as_of)
    return counts | {"unmatched": len(frame) - len(answers)}


def _open_rows(db: Connection) -> pd.DataFrame:
    """Return the rows that wait for an answer, a case's last alone."""
    photos = (_PACKAGES.c.content == PackageContent.PHOTOS.value) & _PACKAGES.c.sent_at.is_not(None)
    wanted = (
        select(_ROWS.c.id, _ROWS.c.number, _ROWS.c.package_id, _CASES.c.lot_id)
        .join(_CASES, _CASES.c.id == _ROWS.c.case_id)
        .join(_PACKAGES, _PACKAGES.c.id == _ROWS.c.package_id)
        .where(_ROWS.c.result == "", or_(_CASES.c.registration.in_(_OPEN), photos))
    )
    return pd.DataFrame(list(db.execute(wanted)), columns=["row_id", "number", "package_id", "lot_id"])


def _keep_answers(db: Connection, answers: pd.DataFrame, as_of: datetime) -> None:
    answered = update(_ROWS).where(_ROWS.c.id == bindparam("row_id"))
    values = {"result": bindparam("status"), "reason": bindparam("why"), "answered_at": as_of}
    columns = zip(answers["row_id"], answers["status"], answers["reason"].fillna(""), strict=True)
    rows = [{"row_id": row, "status": status, "why": why[:_REASON_WIDTH]} for row, status, why in columns]
    db.execute(answered.values(**values), rows)


def _hold_rejected(db: Connection, lot: int, as_of: datetime) -> None:
    """Hold the dispatch of who is rejected, and release it once they are accepted (R2, N5)."""
    of_lot = _CASES.c.lot_id == lot
    standing = exists().where(
        _HOLDS.c.case_id == _CASES.c.id, _HOLDS.c.reason == REJECTED, _HOLDS.c.released_at.is_(None)
    )
    rejected = _CASES.c.registration == Registration.REJECTED.value
    accepted = _CASES.c.registration == Registration.ACCEPTED.value
    due = select(_CASES.c.id).where(of_lot, or_(rejected, standing & ~accepted))  # sent again is not accepted
    wanted = [rejected_hold(case_id) for case_id in db.scalars(due)]
    settle_holds(db, of_lot, [REJECTED], wanted, stream=f"lot:{lot}", as_of=as_of)


def _move_answered(db: Connection, state: Registration, lots: list[int], as_of: datetime) -> int:
    """Move the answered cases, an event a lot."""
    values = {"registered_at": as_of} if state is Registration.ACCEPTED else {}
    of_case = exists().where(_ROWS.c.case_id == _CASES.c.id, _ROWS.c.result == state.value, latest_row())
    answered = _CASES.c.registration.in_(_OPEN) & of_case
    moved = [
        move(db, state, answered & (_CASES.c.lot_id == lot), stream=f"lot:{lot}", as_of=as_of, values=values)
        for lot in lots
    ]
    return sum(map(len, moved))
