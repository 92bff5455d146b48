"""Which lots of a batch are due for a step, in the order of their first case (N3)."""

from sqlalchemy import Connection, func, select

from models.case import Case
from models.columns import table_of
from models.database import reading
from models.lot import Lot

CASES, LOTS = table_of(Case), table_of(Lot)


def approved_lots(season: str, batch: int) -> list[int]:
    """Return a batch's approved lots; a lot's place is that of its first case in order of arrival (N3)."""
    first = func.min(CASES.c.order_at), func.min(CASES.c.order_receipt)
    wanted = (
        select(LOTS.c.id)
        .join(CASES, CASES.c.lot_id == LOTS.c.id)
        .where(LOTS.c.season == season, LOTS.c.batch == batch, LOTS.c.approved_at.is_not(None))
        .group_by(LOTS.c.id)
        .order_by(*first, LOTS.c.id)
    )
    with reading() as db:
        return list(db.execute(wanted).scalars())


def all_approved_lots(db: Connection, season: str) -> list[int]:
    """Return the approved lots of all batches of a season."""
    wanted = select(LOTS.c.id).where(LOTS.c.season == season, LOTS.c.approved_at.is_not(None))
    return list(db.scalars(wanted.order_by(LOTS.c.id)))
