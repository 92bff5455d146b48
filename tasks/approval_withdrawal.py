"""A lot's approval taken back before a number is allocated: its cases are audited again (MODEL, Tracks)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from models.case import Case
from models.columns import table_of
from models.database import transaction
from models.event import record
from models.lot import Approval, ApprovalState, Lot
from models.promise import Promise
from rules.approvals import ApprovalKind, same_name
from rules.refusals import Refused
from rules.states import Audit, Certificate
from tasks.numbers import lock_numbering
from tasks.track import move

_APPROVALS, _CASES, _LOTS, _PROMISES = (table_of(table) for table in (Approval, Case, Lot, Promise))


def withdraw(approval_id: int, by: str, as_of: datetime, note: str = "") -> int:
    """Withdraw the approval of a lot's audit; returns how many cases wait for their audit again.

    The part is open again, its clocks are gone, and the next audit puts its cases where they belong. Who
    approved stays written; who withdrew is in the log. Raises Refused approval-nameless, approval-unknown,
    approval-not-in-force, and approval-numbered once one of the cases has a certificate number.
    """
    if not same_name(by):
        raise Refused("approval-nameless")
    with transaction() as db:
        lock_numbering(db)  # a running allocation ends first, and the next one sees what is withdrawn
        row = _in_force(db, approval_id)
        _refuse_numbered(db, row)
        lot_id = row.subject_id
        said = {"approval": row.id, "list": row.frozen_hash}
        approved = (_CASES.c.lot_id == lot_id) & (_CASES.c.audit == Audit.APPROVED.value)
        stream = f"lot:{lot_id}"
        ids = move(
            db,
            Audit.AWAITING,
            approved,
            stream=stream,
            as_of=as_of,
            actor=by,
            values={"lot_id": None},
            **said,
        )
        _open_again(db, lot_id)
        withdrawn = {"state": ApprovalState.WITHDRAWN.value, "note": note}
        db.execute(update(_APPROVALS).where(_APPROVALS.c.id == row.id).values(**withdrawn))
        record(db, stream, f"{row.kind}-withdrawn", as_of, actor=by, ids=ids, **said)
    return len(ids)


def _in_force(db: Connection, approval_id: int) -> Any:
    row = db.execute(select(_APPROVALS).where(_APPROVALS.c.id == approval_id).with_for_update()).one_or_none()
    if row is None:
        raise Refused("approval-unknown", id=approval_id)
    if row.kind != ApprovalKind.LOT_AUDIT or row.state != ApprovalState.APPROVED:
        raise Refused("approval-not-in-force", id=approval_id, state=f"{row.kind} {row.state}")
    return row


def _refuse_numbered(db: Connection, row: Any) -> None:
    numbered = (_CASES.c.lot_id == row.subject_id, _CASES.c.certificate != Certificate.NONE.value)
    count = db.scalar(select(func.count()).select_from(_CASES).where(*numbered))
    if count:
        raise Refused("approval-numbered", id=row.id, count=count)


def _open_again(db: Connection, lot_id: int) -> None:
    """The part is as before its approval; a promise made with it is no promise any more (T4, R2, G3)."""
    opened = {"approved_at": None, "document_no": None, "cases": 0}
    db.execute(update(_LOTS).where(_LOTS.c.id == lot_id).values(**opened))
    db.execute(delete(_PROMISES).where(_PROMISES.c.subject == "lot", _PROMISES.c.subject_id == lot_id))
