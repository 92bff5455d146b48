"""Holds of cases: placed and released a set at a time, with their event (MODEL, Tracks)."""

from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, exists, insert, select, update

from models.bulk import read_by
from models.case import Case, Hold
from models.columns import table_of
from models.event import record
from rules.holds import Wanted

_HOLDS, _CASES = table_of(Hold), table_of(Case)


def held(track: str, besides: str = "") -> ColumnElement[bool]:
    """Return the condition that a case has an unreleased hold on a track, other than for one reason."""
    return exists().where(
        _HOLDS.c.case_id == _CASES.c.id,
        _HOLDS.c.track == track,
        _HOLDS.c.released_at.is_(None),
        _HOLDS.c.reason != besides,
    )


def settle(
    db: Connection,
    cases: ColumnElement[bool],
    reasons: Collection[str],
    wanted: Iterable[Wanted],
    *,
    stream: str,
    as_of: datetime,
    once: Collection[str] = (),
    tracks: Collection[str] = (),
) -> dict[str, int]:
    """Bring the holds of some cases for some reasons to what is wanted; return how many are new, by reason.

    cases: a condition on graduation_case. What is no longer wanted is released. once: reasons that are placed
    once and released by somebody else: not here, and not placed again. tracks: only those, all if none.
    """
    of_cases = _HOLDS.c.case_id.in_(select(_CASES.c.id).where(cases)) & _HOLDS.c.reason.in_(list(reasons))
    if tracks:
        of_cases &= _HOLDS.c.track.in_(list(tracks))
    rows = list(db.execute(select(_HOLDS).where(of_cases)))
    standing = {(row.case_id, row.track, row.reason): row.id for row in rows if row.released_at is None}
    settled = {(row.case_id, row.track, row.reason) for row in rows if row.reason in once}
    wished = {hold.key: hold for hold in wanted}
    new = [hold for key, hold in wished.items() if key not in standing and key not in settled]
    gone = [key for key in standing if key not in wished and key[2] not in once]
    place(db, new, stream, as_of)
    _release(db, {standing[key]: key[0] for key in gone}, stream, as_of)
    counts = dict.fromkeys(sorted({hold.reason for hold in new}), 0)
    for hold in new:
        counts[hold.reason] += 1
    return counts


def place(db: Connection, holds: list[Wanted], stream: str, as_of: datetime) -> None:
    """Place holds that do not stand yet, with their event."""
    if not holds:
        return
    db.execute(insert(_HOLDS), [{**asdict(hold), "since": as_of, "released_at": None} for hold in holds])
    reasons = sorted({hold.reason for hold in holds})
    ids = {hold.case_id for hold in holds}
    record(db, stream, "holds-placed", as_of, ids=ids, reasons=reasons)


def release(
    db: Connection, case_ids: Collection[int], track: str, reason: str, *, stream: str, as_of: datetime
) -> None:
    """Release the standing holds of some cases on one track for one reason, with their event."""
    standing = (_HOLDS.c.track == track, _HOLDS.c.reason == reason, _HOLDS.c.released_at.is_(None))
    rows = read_by(db, _HOLDS, ("id", "case_id"), "case_id", case_ids, *standing)
    _release(db, dict(zip(rows["id"].tolist(), rows["case_id"].tolist(), strict=True)), stream, as_of)


def _release(db: Connection, holds: dict[int, int], stream: str, as_of: datetime) -> None:
    """holds: hold id → case id."""
    ids = list(holds)
    for start in range(0, len(ids), 1000):
        chosen = _HOLDS.c.id.in_(ids[start : start + 1000])
        db.execute(update(_HOLDS).where(chosen).values(released_at=as_of))
    if ids:
        record(db, stream, "holds-released", as_of, ids=set(holds.values()))
