"""Whether a season is closed (N5): asked before anything is taken in, and before a phase runs."""

from datetime import datetime

from sqlalchemy import Connection, Select, select

import rules.refusals_close  # noqa: F401  registers its codes
from models.closure import CLOSURES
from models.database import reading
from rules.refusals import Refused


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


def closed_refusal(season: str, when: datetime) -> Refused:
    """Return why a closed season refuses."""
    return Refused("season-closed", season=season, closed=f"{when:%Y-%m-%d %H:%M}")


def why_closed(season: str) -> str:
    """Return in both languages that a season is closed; "" while it is open."""
    with reading() as db:
        when = closed_at(db, season)
    return str(closed_refusal(season, when)) if when else ""
