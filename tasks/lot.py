"""Which lots of a batch are due for a step: in the order of their first case, urgent ones first (N3, N4)."""

from sqlalchemy import Connection, func, select

from models.bulk import read_frame
from models.case import Case
from models.columns import table_of
from models.database import reading
from models.lot import Lot
from rules.order import lots_in_order

CASES, LOTS = table_of(Case), table_of(Lot)
_KEY = ("order_at", "order_receipt", "order_row")


def approved_lots(season: str, batch: int) -> list[int]:
    """Return a batch's approved lots in the order of printing and dispatch (N3)."""
    key = [CASES.c[name] for name in _KEY]
    place = func.row_number().over(partition_by=CASES.c.lot_id, order_by=[*key, CASES.c.id])
    cases = (
        select(CASES.c.lot_id, LOTS.c.lane, *key, place.label("place"))
        .join(LOTS, LOTS.c.id == CASES.c.lot_id)
        .where(LOTS.c.season == season, LOTS.c.batch == batch, LOTS.c.approved_at.is_not(None))
        .subquery()
    )
    firsts = select(*(cases.c[name] for name in ("lot_id", "lane", *_KEY))).where(cases.c.place == 1)
    with reading() as db:
        return lots_in_order(read_frame(db, firsts.order_by(cases.c.lot_id)))


def all_approved_lots(db: Connection, season: str) -> list[int]:
    """Return the approved lots of all batches of a season."""
    wanted = select(LOTS.c.id).where(LOTS.c.season == season, LOTS.c.approved_at.is_not(None))
    return list(db.scalars(wanted.order_by(LOTS.c.id)))
