"""Approvals: a frozen, hashed list is proposed; another person approves it; it is checked again, then done.

Nothing waits for a person: an approval is a row, and what follows from it is the next run's work (DESIGN 10).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from models.case import Case
from models.certificate import RegistryPackage
from models.columns import table_of
from models.database import reading, transaction
from models.event import digest_of, record
from models.lot import Approval, ApprovalState, Lot
from rules.approvals import ApprovalKind, check_document, check_person, same_name
from rules.clock import day_in_shanghai
from rules.deadlines import season_calendar
from rules.refusals import Refused
from rules.season import Pack
from rules.states import Audit
from tasks.policy import season_pack
from tasks.promise import start_lot_promises
from tasks.track import move

_APPROVALS, _LOTS, _CASES, _PACKAGES = (table_of(table) for table in (Approval, Lot, Case, RegistryPackage))


@dataclass(frozen=True)
class Frozen:
    """A list under approval: its fingerprint, its length, and where it belongs."""

    hash: str
    count: int
    season: str
    batch: int
    summary: dict[str, str]


def propose(
    db: Connection,
    kind: str,
    subject_id: int,
    frozen: Iterable[int] | None,
    proposer: str,
    as_of: datetime,
    **summary: str,
) -> int:
    """Propose a list and return the approval's id; an open one of this subject with another list gets stale.

    subject_id: a lot (lot-audit) or a registry package (registry-upload). frozen: the ids of the cases that
    the proposer saw; None takes those of now. A package is its own list, known by its file's hash.
    Proposing the same list again changes nothing.
    """
    now = present(db, kind, subject_id)
    ids = None if frozen is None else list(frozen)
    seen = (now.hash, now.count)
    if ids is not None and kind == ApprovalKind.LOT_AUDIT:
        seen = (digest_of(ids), len(ids))
    waiting = db.execute(_waiting(kind, subject_id)).one_or_none()
    if waiting and waiting.frozen_hash == seen[0]:
        return int(waiting.id)
    if waiting:
        _decide(db, waiting.id, ApprovalState.STALE, as_of)
    said = {**now.summary, **summary}
    return _insert(db, kind, subject_id, now, seen, proposer, as_of, said)


def _waiting(kind: str, subject_id: int) -> Any:
    same = (_APPROVALS.c.kind == kind, _APPROVALS.c.subject_id == subject_id)
    return select(_APPROVALS).where(*same, _APPROVALS.c.state == ApprovalState.PROPOSED.value)


def _insert(
    db: Connection,
    kind: str,
    subject_id: int,
    now: Frozen,
    seen: tuple[str, int],
    proposer: str,
    as_of: datetime,
    summary: dict[str, str],
) -> int:
    row = {
        "season": now.season,
        "batch": now.batch,
        "kind": ApprovalKind(kind).value,
        "subject_id": subject_id,
        "frozen_hash": seen[0],
        "count": seen[1],
        "summary": summary,
        "proposer": proposer,
        "proposed_at": as_of,
        "state": ApprovalState.PROPOSED.value,
        "note": "",
    }
    approval_id = db.execute(insert(_APPROVALS).returning(_APPROVALS.c.id), row).scalar_one()
    data = {"approval": approval_id, "list": seen[0], "cases": seen[1]}
    record(db, _stream(kind, subject_id), f"{kind}-proposed", as_of, actor=proposer, **data)
    return int(approval_id)


def _stream(kind: str, subject_id: int) -> str:
    return f"{'lot' if kind == ApprovalKind.LOT_AUDIT else 'registry-package'}:{subject_id}"


def present(db: Connection, kind: str, subject_id: int) -> Frozen:
    """Return the list as it is now: a lot's passed cases, or a registry package's file."""
    if ApprovalKind(kind) is ApprovalKind.LOT_AUDIT:
        return _present_lot(db, subject_id)
    package = db.execute(select(_PACKAGES).where(_PACKAGES.c.id == subject_id)).one()
    # A package that is sent is no longer what was to be approved.
    fingerprint = package.archived if package.sent_at is None else ""
    summary = {"lot": str(package.lot_id), "rows": str(package.rows)}
    return Frozen(fingerprint, package.rows, package.season, package.batch, summary)


def _present_lot(db: Connection, lot_id: int) -> Frozen:
    lot = db.execute(select(_LOTS).where(_LOTS.c.id == lot_id)).one()
    ids = list(db.scalars(select(_CASES.c.id).where(*_passed(lot_id))))
    summary = {"branch": lot.branch, "lane": lot.lane, "part": str(lot.part)}
    # A part is approved once: what passes later belongs to the next one.
    fingerprint = digest_of(ids) if lot.approved_at is None else ""
    return Frozen(fingerprint, len(ids), lot.season, lot.batch, summary)


def _passed(lot_id: int) -> Any:
    return _CASES.c.lot_id == lot_id, _CASES.c.audit == Audit.PASSED.value


def approve(
    approval_id: int, by: str, as_of: datetime, document_no: str = "", pack: Pack | None = None
) -> int:
    """Approve what another person proposed, do it, and return how many cases (or package rows) it covers.

    A list that has changed since is not done: it becomes stale and is proposed anew (Refused approval-stale
    names the new one). pack: default the season's latest. Raises also Refused approval-unknown, -decided,
    -nameless, -same-person, -document.
    """
    pack = pack or season_pack(shown(approval_id)["season"])
    with transaction() as db:
        row = _undecided(db, approval_id)
        check_person(approval_id, row.proposer, by)
        check_document(approval_id, row.kind, document_no or "")
        now = present(db, row.kind, row.subject_id)
        if now.hash == row.frozen_hash and now.count:
            _execute(db, row, by, as_of, document_no or "", pack)
            return now.count
        renewed = _renew(db, row, now, as_of)
    where = {"count": row.count, "now": now.count, "renewed": renewed or "–"}
    raise Refused("approval-stale", id=approval_id, **where)


def _undecided(db: Connection, approval_id: int) -> Any:
    row = db.execute(select(_APPROVALS).where(_APPROVALS.c.id == approval_id).with_for_update()).one_or_none()
    if row is None:
        raise Refused("approval-unknown", id=approval_id)
    if row.state != ApprovalState.PROPOSED:
        raise Refused("approval-decided", id=approval_id, state=row.state)
    return row


def _execute(db: Connection, row: Any, by: str, as_of: datetime, document_no: str, pack: Pack) -> None:
    said = {"approval": row.id, "list": row.frozen_hash, "document_no": document_no}
    if row.kind == ApprovalKind.LOT_AUDIT:
        _approve_lot(db, row.subject_id, by, as_of, document_no, pack, said)
    else:
        record(db, _stream(row.kind, row.subject_id), f"{row.kind}-approved", as_of, actor=by, **said)
    _decide(db, row.id, ApprovalState.APPROVED, as_of, by, document_no=document_no or None)


def _approve_lot(
    db: Connection, lot_id: int, by: str, as_of: datetime, document_no: str, pack: Pack, said: dict[str, Any]
) -> None:
    """Freeze the passed cases as this part; whoever did not pass joins a later part with its own clocks."""
    condition = (_CASES.c.lot_id == lot_id) & (_CASES.c.audit == Audit.PASSED.value)
    ids = move(db, Audit.APPROVED, condition, stream=f"lot:{lot_id}", as_of=as_of, actor=by, **said)
    others = (_CASES.c.lot_id == lot_id, _CASES.c.audit != Audit.APPROVED.value)
    db.execute(update(_CASES).where(*others).values(lot_id=None))
    frozen = {"approved_at": as_of, "cases": len(ids), "document_no": document_no}
    db.execute(update(_LOTS).where(_LOTS.c.id == lot_id).values(**frozen))
    start_lot_promises(db, lot_id, pack, season_calendar(pack, day_in_shanghai(as_of)), as_of)


def _renew(db: Connection, row: Any, now: Frozen, as_of: datetime) -> int | None:
    _decide(db, row.id, ApprovalState.STALE, as_of)
    if not (now.hash and now.count):
        return None
    seen = (now.hash, now.count)
    return _insert(db, row.kind, row.subject_id, now, seen, row.proposer, as_of, row.summary)


def _decide(
    db: Connection,
    approval_id: int,
    state: ApprovalState,
    as_of: datetime,
    by: str | None = None,
    **also: Any,
) -> None:
    decided = {"state": state.value, "decided_by": by, "decided_at": as_of, **also}
    db.execute(update(_APPROVALS).where(_APPROVALS.c.id == approval_id).values(**decided))


def reject(approval_id: int, by: str, as_of: datetime, note: str = "") -> None:
    """Turn a proposal down (its proposer may, too); nothing of it is done.

    Raises Refused approval-unknown, approval-decided, approval-nameless.
    """
    if not same_name(by):
        raise Refused("approval-nameless")
    with transaction() as db:
        row = _undecided(db, approval_id)
        _decide(db, approval_id, ApprovalState.REJECTED, as_of, by, note=note)
        stream, data = _stream(row.kind, row.subject_id), {"approval": row.id, "list": row.frozen_hash}
        record(db, stream, f"{row.kind}-rejected", as_of, actor=by, **data)


def approvals(season: str | None = None, state: str | None = ApprovalState.PROPOSED) -> list[dict[str, Any]]:
    """Return approvals in the order of their proposal; season, state: None for all."""
    wanted = select(_APPROVALS).order_by(_APPROVALS.c.id)
    if season:
        wanted = wanted.where(_APPROVALS.c.season == season)
    if state:
        wanted = wanted.where(_APPROVALS.c.state == str(state))
    with reading() as db:
        return [dict(row) for row in db.execute(wanted).mappings()]


def shown(approval_id: int) -> dict[str, Any]:
    """Return one approval, and whether its list is still as it was frozen; Refused approval-unknown."""
    with reading() as db:
        row = db.execute(select(_APPROVALS).where(_APPROVALS.c.id == approval_id)).mappings().one_or_none()
        if row is None:
            raise Refused("approval-unknown", id=approval_id)
        now = present(db, row["kind"], row["subject_id"])
        return {**row, "unchanged": now.hash == row["frozen_hash"], "count_now": now.count}
