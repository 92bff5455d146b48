"""The closing of windows: what each kind of submission had brought when its time was over (T1, N1)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from models.database import transaction
from models.event import EVENTS, record
from rules.season import Pack
from rules.windows import windows_for
from tasks.receiving import SUBMISSIONS

_COUNTS = ("rows_read", "accepted", "refused", "held", "parked", "duplicate")


def close_windows(season: str, batch: int, pack: Pack, as_of: datetime) -> list[dict[str, Any]]:
    """Write down, once each, a batch's windows that are over; returns what each of them brought."""
    kinds = sorted(str(kind) for kind in pack.batch(batch).kinds)
    with transaction() as db:
        closed = [kind for kind in kinds if _is_over(pack, batch, kind, as_of)]
        brought = [_brought(db, season, batch, kind) for kind in closed]
        known = _closed_already(db, season)
        for row in brought:
            name = f"b{batch}:{row['kind']}"
            if name not in known:
                record(db, f"season:{season}", "window-closed", as_of, window=name, brought=row)
    return brought


def _is_over(pack: Pack, batch: int, kind: str, as_of: datetime) -> bool:
    return any(window.is_over(as_of) for window in windows_for(pack, kind) if window.batch == batch)


def _brought(db: Connection, season: str, batch: int, kind: str) -> dict[str, Any]:
    sums = [func.coalesce(func.sum(SUBMISSIONS.c[name]), 0) for name in _COUNTS]
    mine = (SUBMISSIONS.c.season == season, SUBMISSIONS.c.batch == batch, SUBMISSIONS.c.kind == kind)
    files, *counts = db.execute(select(func.count(), *sums).where(*mine)).one()
    return {"kind": kind, "files": int(files), **dict(zip(_COUNTS, map(int, counts), strict=True))}


def _closed_already(db: Connection, season: str) -> set[str]:
    wanted = select(EVENTS.c.data).where(
        EVENTS.c.stream == f"season:{season}", EVENTS.c.kind == "window-closed"
    )
    return {data["window"] for data in db.execute(wanted).scalars()}
