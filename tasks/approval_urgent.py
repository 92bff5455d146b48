"""The approval of an urgent list: whom it overtakes, and the move into the urgent lane (N3, N4).

It does not replace the approval of the audit: the urgent lot that follows is approved like every other.
"""

from typing import Any

from sqlalchemy import ColumnElement, Connection, select, update

from models.case import Case
from models.columns import table_of
from models.event import digest_of, record
from models.urgent import UrgentCase, UrgentList
from rules.order import ORDINARY, URGENT
from rules.states import Audit
from rules.urgent import Overtaking, check_named, check_working
from tasks.approval_list import Frozen, Verdict
from tasks.track import move
from tasks.urgent_plan import lot_names, overtaking, refuse_delays

_CASES, _LISTS, _LISTED = table_of(Case), table_of(UrgentList), table_of(UrgentCase)


def present_urgent(db: Connection, list_id: int) -> Frozen:
    """Return the cases of an urgent list that may still go first, and whom they would overtake now."""
    named = db.execute(select(_LISTS).where(_LISTS.c.id == list_id)).one()
    found = db.execute(select(_CASES.c.id, _CASES.c.batch).where(_may_go_first(list_id))).all()
    ids = sorted(row.id for row in found)
    batches = {row.batch for row in found}
    said = summary_of(overtaking(db, named.season, ids))
    fingerprint = digest_of(ids) if ids else ""
    return Frozen(fingerprint, len(ids), named.season, min(batches) if len(batches) == 1 else None, said)


def _may_go_first(list_id: int) -> ColumnElement[bool]:
    of_list = _CASES.c.id.in_(select(_LISTED.c.case_id).where(_LISTED.c.list_id == list_id))
    return of_list & (_CASES.c.lane == ORDINARY) & (_CASES.c.audit != Audit.APPROVED.value)


def summary_of(found: Overtaking) -> dict[str, str]:
    """Return whom urgent cases overtake, as the approval shows it: how many, of which lots, from where to
    where.
    """
    lots = " ".join(f"{lot}×{count}" for lot, count in found.lots.items())
    places = " ".join(f"{old}→{new}" for old, new in found.moved.items())
    return {"overtakes": str(found.cases), "lots": lots or "–", "places": places or "–"}


def overtaking_of(db: Connection, row: Any) -> dict[str, Any]:
    """Return why the cases are urgent, and the lots that they would overtake as things are now, by name."""
    named = db.execute(select(_LISTS).where(_LISTS.c.id == row["subject_id"])).one()
    ids = list(db.scalars(select(_CASES.c.id).where(_may_go_first(named.id))))
    found = overtaking(db, named.season, ids)
    names = lot_names(db, list(found.lots))
    lots = [{"lot": lot, "name": names[lot], "cases": count} for lot, count in found.lots.items()]
    return {"reason": named.reason, "overtakes": {"cases": found.cases, "lots": lots, "places": found.moved}}


def approve_urgent(db: Connection, yes: Verdict) -> None:
    """Move the cases into the urgent lane; what was audited is audited again, into a lot of its own.

    Raises Refused N4-urgent-off, N4-urgent-over, N4-urgent-vacation, N4-urgent-delays.
    """
    check_named(yes.pack, yes.as_of)
    check_working(yes.pack, yes.as_of)
    list_id = yes.row.subject_id
    ids = list(db.scalars(select(_CASES.c.id).where(_may_go_first(list_id)).order_by(_CASES.c.id)))
    refuse_delays(db, ids, yes.pack, yes.as_of)
    _log(db, yes, ids)
    chosen = _CASES.c.id.in_(ids)
    move(db, Audit.AWAITING, chosen, stream=f"urgent:{list_id}", as_of=yes.as_of, actor=yes.by)
    db.execute(update(_CASES).where(chosen).values(lane=URGENT, lot_id=None))


def _log(db: Connection, yes: Verdict, ids: list[int]) -> None:
    """N3: only who stands here overtakes. Each lot that is overtaken has it in its own stream, too."""
    found, list_id = overtaking(db, yes.row.season, ids), yes.row.subject_id
    lots = {str(lot): count for lot, count in found.lots.items()}
    stream, kind = f"urgent:{list_id}", f"{yes.row.kind}-approved"
    record(db, stream, kind, yes.as_of, actor=yes.by, ids=ids, overtakes=lots, **yes.said)
    for lot, count in found.lots.items():
        by = {"urgent": list_id, "approval": yes.row.id, "cases": count}
        record(db, f"lot:{lot}", "overtaken", yes.as_of, actor=yes.by, ids=ids, **by)
