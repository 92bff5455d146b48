"""Whether a season is closed (N5): asked before anything is taken in, and before a phase runs.

The registry's answers alone are still taken in, as late: nothing that it says may be lost (T4, N8).
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, select

import rules.refusals_close  # noqa: F401  registers its codes
from models.closure import CLOSURES
from models.database import reading
from rules.refusals import Refused
from rules.submission import Kind

_ANSWERS = (Kind.REGISTRY_RECEIPT, Kind.WITHDRAWAL_RECEIPT)


def closed_seasons() -> Select[tuple[str]]:
    """Return the query for the seasons that are closed."""
    return select(CLOSURES.c.season)


def closed_at(db: Connection, season: str) -> datetime | None:
    """Return when a season was closed; None while it is open."""
    return db.scalar(select(CLOSURES.c.closed_at).where(CLOSURES.c.season == season))


def refuse_closed(db: Connection, season: str) -> None:
    """Refuse to take something in for a closed season (season-closed)."""
    if when := closed_at(db, season):
        raise closed_refusal(season, when)


def comes_late(db: Connection, season: str, kind: str) -> bool:
    """Say whether a file comes after its season's closing; season-closed unless it is CHSI's."""
    if kind not in _ANSWERS:
        refuse_closed(db, season)
    return closed_at(db, season) is not None


def said_late(db: Connection, sent: Any) -> list[str]:
    """Return the note on a submission that came after its season's closing; empty for any other."""
    when = closed_at(db, sent.season)
    if when is None or sent.received_at <= when:
        return []
    return [f"毕业季已于 {when:%Y-%m-%d %H:%M} 关闭，此回执为关闭后补收 · late: it came after the closing"]


def closed_refusal(season: str, when: datetime) -> Refused:
    """Return why a closed season refuses."""
    return Refused("season-closed", season=season, closed=f"{when:%Y-%m-%d %H:%M}")


def why_closed(season: str) -> str:
    """Return in both languages that a season is closed; "" while it is open."""
    with reading() as db:
        when = closed_at(db, season)
    return str(closed_refusal(season, when)) if when else ""
