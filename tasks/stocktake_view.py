"""Stocktakes for people: numbers, and what is missing, unexpected or explained (N5). Codes are masked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Row, select

from models.database import reading
from rules.identity import mask_id
from rules.refusals import Refused
from rules.stocktake import Counts, Verdict, counted
from tasks.stocktake_rows import STOCKTAKES, stocktake_rows

_PLAIN = (Verdict.FOUND, Verdict.ARRIVED)


@dataclass(frozen=True)
class StocktakeSeen:
    """One stocktake of a place; closed_at: None while it goes on."""

    stocktake: int
    place: str
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None
    closed_by: str
    counts: Counts


@dataclass(frozen=True)
class StockLine:
    """One certificate that was not simply found. number: masked; custody, holder: as custody says."""

    verdict: str
    package: str | None
    number: str
    season: str
    custody: str
    holder: str | None
    expected: str | None
    reason: str
    note: str
    found_at: datetime | None
    found_by: str
    explained_by: str


def stocktakes(place: str = "", only_open: bool = False) -> list[StocktakeSeen]:
    """Return stocktakes in the order opened; place: "" for all."""
    wanted = select(STOCKTAKES).order_by(STOCKTAKES.c.id)
    wanted = wanted.where(STOCKTAKES.c.organisation == place) if place else wanted
    wanted = wanted.where(STOCKTAKES.c.closed_at.is_(None)) if only_open else wanted
    with reading() as db:
        return [_seen(row, stocktake_rows(db, row)) for row in db.execute(wanted).all()]


def show_stocktake(place: str, stocktake_id: int | None = None) -> tuple[StocktakeSeen, list[StockLine]]:
    """Return a place's last stocktake, or the one with an id, and what was not simply found in it.

    Raises Refused N5-stocktake-none, N5-stocktake-unknown.
    """
    with reading() as db:
        found = _find(db, place, stocktake_id)
        rows = stocktake_rows(db, found)
        lines = [_line(row) for row in _told(rows).to_dict("records")]
    return _seen(found, rows), lines


def _find(db: Connection, place: str, stocktake_id: int | None) -> Row[Any]:
    mine = STOCKTAKES.c.organisation == place if stocktake_id is None else STOCKTAKES.c.id == stocktake_id
    found = db.execute(select(STOCKTAKES).where(mine).order_by(STOCKTAKES.c.id.desc())).first()
    if found is None and stocktake_id is not None:
        raise Refused("N5-stocktake-unknown", value=stocktake_id)
    if found is None:
        raise Refused("N5-stocktake-none", place=place)
    return found


def _seen(row: Row[Any], rows: pd.DataFrame) -> StocktakeSeen:
    times = (row.opened_at, row.opened_by, row.closed_at, row.closed_by)
    return StocktakeSeen(row.id, row.organisation, *times, counted(rows["verdict"]))


def _told(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what was not simply found, first what waits for an explanation."""
    order = {verdict.value: place for place, verdict in enumerate(_ORDER)}
    told = rows[~rows["verdict"].isin(_PLAIN)]
    return told.iloc[told["verdict"].map(order).argsort(kind="stable").to_numpy()]


_ORDER = (Verdict.MISSING, Verdict.UNEXPECTED, Verdict.EXPLAINED, Verdict.SIGHTED, Verdict.LEFT)


def _line(row: Any) -> StockLine:
    names = StockLine.__dataclass_fields__
    return StockLine(**{name: row[name] for name in names if name != "number"}, number=mask_id(row["number"]))
