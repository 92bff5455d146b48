"""The approval of a lot's audit: the list, and what a yes does (G0, T4)."""

from sqlalchemy import ColumnElement, Connection, select, update

from models.case import Case
from models.columns import table_of
from models.event import digest_of
from models.lot import Lot
from rules.clock import day_in_shanghai
from rules.deadlines import season_calendar
from rules.states import Audit
from tasks.approval_list import Frozen, Verdict
from tasks.promise import start_lot_promises
from tasks.track import move

_LOTS, _CASES = table_of(Lot), table_of(Case)


def present_lot(db: Connection, lot_id: int) -> Frozen:
    """Return a lot's passed cases as they are now."""
    lot = db.execute(select(_LOTS).where(_LOTS.c.id == lot_id)).one()
    ids = list(db.scalars(select(_CASES.c.id).where(passed(lot_id))))
    summary = {"branch": lot.branch, "lane": lot.lane, "part": str(lot.part)}
    # A part is approved once: what passes later belongs to the next one.
    fingerprint = digest_of(ids) if lot.approved_at is None else ""
    return Frozen(fingerprint, len(ids), lot.season, lot.batch, summary)


def passed(lot_id: int) -> ColumnElement[bool]:
    """Return the condition that a case of a lot has passed the audit and waits for the approval."""
    return (_CASES.c.lot_id == lot_id) & (_CASES.c.audit == Audit.PASSED.value)


def approve_lot(db: Connection, yes: Verdict) -> None:
    """Freeze the passed cases as this part; whoever did not pass joins a later part with its own clocks."""
    lot_id, as_of = yes.row.subject_id, yes.as_of
    stream = f"lot:{lot_id}"
    ids = move(db, Audit.APPROVED, passed(lot_id), stream=stream, as_of=as_of, actor=yes.by, **yes.said)
    others = (_CASES.c.lot_id == lot_id, _CASES.c.audit != Audit.APPROVED.value)
    db.execute(update(_CASES).where(*others).values(lot_id=None))
    frozen = {"approved_at": as_of, "cases": len(ids), "document_no": yes.document_no}
    db.execute(update(_LOTS).where(_LOTS.c.id == lot_id).values(**frozen))
    calendar = season_calendar(yes.pack, day_in_shanghai(as_of))
    start_lot_promises(db, lot_id, yes.pack, calendar, as_of)
