"""What an approval does, and what is left of a list that was turned down or has changed, by its kind."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, update

from models.case import Case
from models.columns import table_of
from models.event import record
from models.lot import Lot
from rules.approvals import ApprovalKind
from rules.clock import day_in_shanghai
from rules.deadlines import season_calendar
from rules.season import Pack
from rules.states import Audit
from tasks.approval_list import Frozen, passed, stream_of
from tasks.correction_rows import confirm, drop_settled, refuse
from tasks.promise import start_lot_promises
from tasks.track import move

_LOTS, _CASES = table_of(Lot), table_of(Case)


def execute(db: Connection, row: Any, by: str, as_of: datetime, document_no: str, pack: Pack) -> None:
    """Do what was approved, in the caller's transaction. row: of approval."""
    said = {"approval": row.id, "list": row.frozen_hash, "document_no": document_no}
    if row.kind == ApprovalKind.LOT_AUDIT:
        _approve_lot(db, row.subject_id, by, as_of, document_no, pack, said)
        return
    if row.kind == ApprovalKind.CORRECTION:
        confirm(db, row, pack, as_of)
    record(db, stream_of(row.kind, row.subject_id), f"{row.kind}-approved", as_of, actor=by, **said)


def _approve_lot(
    db: Connection, lot_id: int, by: str, as_of: datetime, document_no: str, pack: Pack, said: dict[str, Any]
) -> None:
    """Freeze the passed cases as this part; whoever did not pass joins a later part with its own clocks."""
    ids = move(db, Audit.APPROVED, passed(lot_id), stream=f"lot:{lot_id}", as_of=as_of, actor=by, **said)
    others = (_CASES.c.lot_id == lot_id, _CASES.c.audit != Audit.APPROVED.value)
    db.execute(update(_CASES).where(*others).values(lot_id=None))
    frozen = {"approved_at": as_of, "cases": len(ids), "document_no": document_no}
    db.execute(update(_LOTS).where(_LOTS.c.id == lot_id).values(**frozen))
    start_lot_promises(db, lot_id, pack, season_calendar(pack, day_in_shanghai(as_of)), as_of)


def turned_down(db: Connection, row: Any) -> None:
    """Leave what a rejected list leaves: a correction's rows are refused, and the old scores count (N3)."""
    if row.kind == ApprovalKind.CORRECTION:
        refuse(db, row)


def renewed(db: Connection, row: Any, now: Frozen) -> None:
    """Settle what a changed list no longer needs: rows of a correction that say what counts by now (N3)."""
    if row.kind == ApprovalKind.CORRECTION:
        drop_settled(db, row, now.hash)
