"""How often somebody may try: counted in the database, so that every process counts together (G2)."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, case, delete
from sqlalchemy.dialects import postgresql, sqlite

from models.account import Attempt
from models.columns import table_of
from models.database import transaction
from models.keys import index_ids

_ATTEMPTS = table_of(Attempt)
FORGOTTEN_AFTER = timedelta(days=1)  # longer than any window


def may_try(db: Connection, limits: Mapping[str, int], at: datetime, within: timedelta) -> bool:
    """Count one more attempt and say whether it is within every limit; a window begins with its first.

    limits: what is limited, such as an address or a student's number, and to how many; only keyed hashes of
    them are kept.
    """
    kept = [_counted(db, who, at, within) <= most for who, most in limits.items()]
    return all(kept)


def _counted(db: Connection, who: str, at: datetime, within: timedelta) -> int:
    upsert = sqlite.insert if db.dialect.name == "sqlite" else postgresql.insert
    new = {"digest": index_ids([f"attempt:{who}"])[0], "since": at, "count": 1}
    over = _ATTEMPTS.c.since <= at - within
    again = {
        "since": case((over, at), else_=_ATTEMPTS.c.since),
        "count": case((over, 1), else_=_ATTEMPTS.c.count + 1),
    }
    counted = upsert(_ATTEMPTS).values(**new).on_conflict_do_update(index_elements=["digest"], set_=again)
    return int(db.execute(counted.returning(_ATTEMPTS.c.count)).scalar_one())


def forget_attempts(before: datetime) -> int:
    """Delete the counts of windows that began before a moment; returns how many."""
    with transaction() as db:
        return db.execute(delete(_ATTEMPTS).where(_ATTEMPTS.c.since < before)).rowcount
