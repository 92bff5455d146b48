"""Approvals: a frozen, hashed list is proposed; another person approves it; it is checked again, then done.

Nothing waits for a person: an approval is a row, and what follows from it is the next run's work (DESIGN 10).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from models.columns import table_of
from models.database import reading, transaction
from models.event import digest_of, record
from models.lot import Approval, ApprovalState
from rules.approvals import ApprovalKind, check_document, check_person, same_name
from rules.refusals import Refused
from rules.season import Pack
from tasks.answering import answer
from tasks.approval_kinds import MATTERS, stream_of
from tasks.approval_list import Frozen, Verdict
from tasks.policy import season_pack

_APPROVALS = table_of(Approval)


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
    Proposing the same list again changes nothing. A correction is proposed by what intake set aside.
    """
    now = MATTERS[kind].present(db, subject_id)
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
    return insert_proposal(db, kind, subject_id, now, seen, proposer, as_of, said)


def _waiting(kind: str, subject_id: int) -> Any:
    same = (_APPROVALS.c.kind == kind, _APPROVALS.c.subject_id == subject_id)
    return select(_APPROVALS).where(*same, _APPROVALS.c.state == ApprovalState.PROPOSED.value)


def insert_proposal(
    db: Connection,
    kind: str,
    subject_id: int,
    now: Frozen,
    seen: tuple[str, int],
    proposer: str,
    as_of: datetime,
    summary: dict[str, str],
) -> int:
    """Lay a list before a second person; returns the approval's id. seen: hash and length that it froze."""
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
    record(db, stream_of(kind, subject_id), f"{kind}-proposed", as_of, actor=proposer, **data)
    return int(approval_id)


def approve(
    approval_id: int, by: str, as_of: datetime, document_no: str = "", pack: Pack | None = None
) -> int:
    """Approve what another person proposed, do it, and return how many cases (or package rows) it covers.

    A list that has changed since is not done: it becomes stale and is proposed anew (Refused approval-stale
    names the new one). pack: default the season's latest. Raises also Refused approval-unknown, -decided,
    -nameless, -same-person, -document.
    """
    pack = pack or season_pack(_season_of(approval_id))
    with transaction() as db:
        row = _undecided(db, approval_id)
        check_person(approval_id, row.proposer, by)
        check_document(approval_id, row.kind, document_no or "")
        now = MATTERS[row.kind].present(db, row.subject_id)
        unchanged = now.hash == row.frozen_hash and bool(now.count)
        if unchanged:
            MATTERS[row.kind].approve(db, Verdict(row, by, as_of, document_no or "", pack))
            _decide(db, row.id, ApprovalState.APPROVED, as_of, by, document_no=document_no or None)
        anew = None if unchanged else _renew(db, row, now, as_of)
    _answer(row, pack)
    if unchanged:
        return now.count
    raise Refused("approval-stale", id=approval_id, count=row.count, now=now.count, renewed=anew or "–")


def _season_of(approval_id: int) -> str:
    with reading() as db:
        season = db.scalar(select(_APPROVALS.c.season).where(_APPROVALS.c.id == approval_id))
    if season is None:
        raise Refused("approval-unknown", id=approval_id)
    return str(season)


def _answer(row: Any, pack: Pack | None = None) -> None:
    """Tell the unit anew what became of its rows."""
    if MATTERS[row.kind].answers:
        answer(row.subject_id, pack or season_pack(row.season))


def _undecided(db: Connection, approval_id: int) -> Any:
    row = db.execute(select(_APPROVALS).where(_APPROVALS.c.id == approval_id).with_for_update()).one_or_none()
    if row is None:
        raise Refused("approval-unknown", id=approval_id)
    if row.state != ApprovalState.PROPOSED:
        raise Refused("approval-decided", id=approval_id, state=row.state)
    return row


def _renew(db: Connection, row: Any, now: Frozen, as_of: datetime) -> int | None:
    _decide(db, row.id, ApprovalState.STALE, as_of)
    MATTERS[row.kind].renew(db, row, now)
    if not (now.hash and now.count):
        return None
    seen = (now.hash, now.count)
    return insert_proposal(db, row.kind, row.subject_id, now, seen, row.proposer, as_of, now.summary)


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
        MATTERS[row.kind].reject(db, row)
        stream, data = stream_of(row.kind, row.subject_id), {"approval": row.id, "list": row.frozen_hash}
        record(db, stream, f"{row.kind}-rejected", as_of, actor=by, **data)
    _answer(row)


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
    """Return one approval, and whether its list is still as it was frozen; Refused approval-unknown.

    What its kind says more is there, too: a correction's difference (N3), whom urgent cases overtake (N4).
    """
    with reading() as db:
        row = db.execute(select(_APPROVALS).where(_APPROVALS.c.id == approval_id)).mappings().one_or_none()
        if row is None:
            raise Refused("approval-unknown", id=approval_id)
        now = MATTERS[row["kind"]].present(db, row["subject_id"])
        said = {**row, "unchanged": now.hash == row["frozen_hash"], "count_now": now.count}
        return said | MATTERS[row["kind"]].more(db, row)
