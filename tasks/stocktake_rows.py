"""The certificates of a stocktake as they are judged: those listed, found, explained or lying there (N5)."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Row, select, union

from models.bulk import among, insert_frame, read_frame, update_frame
from models.case import Case
from models.certificate import CertificateSheet
from models.columns import table_of
from models.custody import Package
from models.stocktake import Stocktake, StocktakeRow
from rules.custody import AT_LEVEL
from rules.stocktake import UNSEEN, judge

CASES, SHEETS, PACKAGES = table_of(Case), table_of(CertificateSheet), table_of(Package)
STOCKTAKES, ROWS = table_of(Stocktake), table_of(StocktakeRow)
_KEPT = ("listed", "found_at", "found_by", "reason", "note", "explained_at", "explained_by", "verdict")
_BLANK = dict.fromkeys(("found_by", "reason", "note", "explained_by", "verdict"), "")
_FLAGS = ("listed", "here", "found", "came", "moved")
_LIES = tuple(state.value for state in AT_LEVEL.values())


def stocktake_rows(
    db: Connection, stocktake: Row[Any], case_ids: Collection[int] | None = None
) -> pd.DataFrame:
    """Return the certificates of a stocktake with their verdicts; case_ids: of these instead.

    Columns: row_id (None for what has no row yet), case_id, season, package_id, package, number, custody,
    holder, expected, what StocktakeRow keeps, and the facts that rules.stocktake.judge asks for. While
    the stocktake is open, verdicts follow custody; once closed they are those of its end.
    """
    rows = read_frame(db, _wanted(db, stocktake, case_ids))
    rows = rows.assign(**{name: rows[name].fillna(value) for name, value in _BLANK.items()})
    rows = rows.assign(**{name: rows[name].fillna(False).astype(bool) for name in _FLAGS})
    if stocktake.closed_at is None:
        rows["verdict"] = judge(rows)
    return rows


def _wanted(db: Connection, stocktake: Row[Any], case_ids: Collection[int] | None) -> Any:
    mine = (ROWS.c.case_id == CASES.c.id) & (ROWS.c.stocktake_id == stocktake.id)
    lies = CASES.c.custody.in_(_LIES) & (PACKAGES.c.holder == stocktake.organisation)
    held_since, found_at = PACKAGES.c.held_since, ROWS.c.found_at
    return (
        select(ROWS.c.id.label("row_id"), CASES.c.id.label("case_id"), CASES.c.season, CASES.c.custody)
        .add_columns(SHEETS.c.number, SHEETS.c.package_id, PACKAGES.c.code.label("package"))
        .add_columns(PACKAGES.c.holder, PACKAGES.c.expected, *(ROWS.c[name] for name in _KEPT))
        .add_columns(lies.label("here"), found_at.is_not(None).label("found"))
        .add_columns((held_since > stocktake.opened_at).label("came"))
        .add_columns(((held_since > found_at) | (CASES.c.handed_over_at > found_at)).label("moved"))
        .join_from(CASES, SHEETS, SHEETS.c.case_id == CASES.c.id)
        .outerjoin(PACKAGES, PACKAGES.c.id == SHEETS.c.package_id)
        .outerjoin(ROWS, mine)
        .where(_among(db, stocktake, case_ids))
        .order_by(SHEETS.c.package_id, SHEETS.c.number)
    )


def _among(db: Connection, stocktake: Row[Any], case_ids: Collection[int] | None) -> ColumnElement[bool]:
    if case_ids is not None:
        return among(db, CASES.c.id, list(case_ids))
    kept = select(ROWS.c.case_id).where(ROWS.c.stocktake_id == stocktake.id)
    if stocktake.closed_at is not None:
        return CASES.c.id.in_(kept)
    held = select(SHEETS.c.case_id).join(PACKAGES, PACKAGES.c.id == SHEETS.c.package_id)
    there = held.join(CASES, CASES.c.id == SHEETS.c.case_id).where(
        PACKAGES.c.holder == stocktake.organisation, CASES.c.custody.in_(_LIES)
    )
    return CASES.c.id.in_(union(kept, there))


def keep_rows(db: Connection, stocktake_id: int, rows: pd.DataFrame) -> None:
    """Write what StocktakeRow keeps of some certificates: a row each, made where there is none yet."""
    known = rows["row_id"].notna()
    kept = rows[["case_id", *_KEPT]]
    insert_frame(db, ROWS, kept[~known].assign(stocktake_id=stocktake_id))
    update_frame(db, ROWS, kept[known].assign(id=rows.loc[known, "row_id"]).drop(columns="case_id"))


def as_list(ids: Iterable[Any]) -> list[int]:
    """Return the ids of a column as plain numbers, for an event."""
    return [int(one) for one in ids]


def not_found(db: Connection, cases: ColumnElement[bool]) -> dict[int, str]:
    """Return what the last stocktake says of certificates that it did not find: a reason, or "unseen" (N5).

    Only while custody has not moved since, and without a reason only while the stocktake is open.
    """
    wanted = (
        select(ROWS.c.case_id, ROWS.c.found_at, ROWS.c.reason, ROWS.c.explained_at, STOCKTAKES.c.closed_at)
        .add_columns((STOCKTAKES.c.organisation == PACKAGES.c.holder).label("there"), PACKAGES.c.held_since)
        .join(STOCKTAKES, STOCKTAKES.c.id == ROWS.c.stocktake_id)
        .join(CASES, CASES.c.id == ROWS.c.case_id)
        .join(SHEETS, SHEETS.c.case_id == CASES.c.id)
        .join(PACKAGES, PACKAGES.c.id == SHEETS.c.package_id)
        .where(cases, CASES.c.custody.in_(_LIES))
    )
    last = {row.case_id: row for row in db.execute(wanted.order_by(ROWS.c.id))}
    told = {case_id: _told(row) for case_id, row in last.items()}
    return {case_id: said for case_id, said in told.items() if said}


def _told(row: Row[Any]) -> str:
    if not row.there or row.found_at is not None:
        return ""
    since: datetime | None = row.explained_at
    if row.reason and since is not None and since >= row.held_since:
        return str(row.reason)
    return UNSEEN if row.closed_at is None else ""
