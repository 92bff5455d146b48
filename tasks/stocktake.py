"""Take stock at a place: open, scan, explain, close (N5). What is found moves nothing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Row, func, insert, select, update

from models.database import transaction
from models.event import record
from rules.custody import Direction, Outcome, Place, Tree, judge_scan
from rules.identity import mask_id
from rules.reference import HQ, Reference
from rules.refusals import Refused
from rules.states import Custody
from rules.stocktake import (
    EXPECTED,
    FITTING,
    UNRESOLVED,
    Counts,
    Explanation,
    Verdict,
    check_close,
    check_explanation,
    counted,
    is_number,
)
from rules.stocktake_sentences import ScanOutcome, StockScan, stocktake_sentences
from tasks.certificate_named import certificate_named
from tasks.custody import find_package, note_sighting, place_of
from tasks.stocktake_rows import CASES, SHEETS, STOCKTAKES, as_list, keep_rows, stocktake_rows
from tasks.track import move

_EVENTS = {
    ScanOutcome.FOUND: "stocktake-found",
    ScanOutcome.REPEATED: "scan-repeated",
    ScanOutcome.UNEXPECTED: "sighted",
}


@dataclass(frozen=True)
class Opened:
    """A stocktake that has begun: how many certificates, in how many packages, custody says lie there."""

    stocktake: int
    place: str
    expected: int
    packages: int


@dataclass(frozen=True)
class Scanned:
    """What one scan of a stocktake led to. code: masked where it is a certificate's number."""

    code: str
    certificates: int
    outcome: ScanOutcome
    sentence: str
    sentence_en: str


@dataclass(frozen=True)
class _Named:
    """What a code stands for. said: the code for people, a number masked."""

    said: str
    case_ids: list[int]
    package: Row[Any] | None


def open_stocktake(place: str, at: datetime, actor: str, reference: Reference) -> Opened:
    """Begin to take stock of a place: what custody says lies there is what is expected.

    Raises Refused N9-unknown-organisation, N5-stocktake-open.
    """
    reference.tree.known(place)
    with transaction() as db:
        _refuse_second(db, place)
        row = {"organisation": place, "opened_at": at, "opened_by": actor, "closed_by": ""}
        made = db.execute(insert(STOCKTAKES).values(**row).returning(STOCKTAKES)).one()
        rows = stocktake_rows(db, made)
        keep_rows(db, made.id, rows.assign(listed=True, verdict=""))
        _record(db, made.id, "stocktake-opened", at, actor, rows, place=place)
    return Opened(made.id, place, len(rows), int(rows["package_id"].nunique()))


def scan_stock(code: str, place: str, at: datetime, actor: str, reference: Reference) -> Scanned:
    """Count what a code stands for: a certificate's number, or the label of a package that is still closed.

    What custody says is elsewhere is unexpected: a sighting, which its sender and the unit expected see. A
    repeat changes nothing. Raises Refused label-…, N9-…, sheet-unknown, N5-stocktake-….
    """
    tree = reference.tree
    tree.known(place)
    with transaction() as db:
        stocktake = going_on(db, place, at)
        named = _named(db, code)
        if named.package is not None:
            _refuse_opened(db, named)
        rows = stocktake_rows(db, stocktake, named.case_ids)
        fresh = rows[~_is_known(rows)]
        outcome = _outcome(fresh)
        keep_rows(db, stocktake.id, _found(fresh, at, actor))
        _record(db, stocktake.id, _EVENTS[outcome], at, actor, fresh, by=place)
        if outcome is ScanOutcome.UNEXPECTED:
            _note_sighting(db, named, fresh, place, at, actor, tree)
    said = StockScan(named.said, len(rows), outcome, _place(rows), place)
    return Scanned(named.said, len(rows), outcome, *stocktake_sentences(said, tree))


def explain_stock(
    code: str, place: str, reason: Explanation, note: str, at: datetime, actor: str
) -> tuple[str, int]:
    """Say why what a code stands for is missing or unexpected; return the code, masked, and how many.

    What is lost is lost by custody too, and printed again or found as ever; nothing else moves. Said again,
    an explanation is replaced. Raises Refused label-…, N9-unknown-package, sheet-unknown, N5-stocktake-….
    """
    with transaction() as db:
        stocktake = going_on(db, place, at)
        named = _named(db, code)
        rows = _to_explain(stocktake_rows(db, stocktake, named.case_ids))
        if rows.empty:
            raise Refused("N5-stocktake-nothing", what=named.said, place=place)
        check_explanation(named.said, {Verdict(one) for one in rows["verdict"]}, reason, note)
        said = {"reason": reason.value, "note": note.strip(), "explained_at": at, "explained_by": actor}
        keep_rows(db, stocktake.id, rows.assign(listed=rows["listed"] | rows["here"], verdict="", **said))
        _record(db, stocktake.id, "stocktake-explained", at, actor, rows, reason=reason.value)
        if reason is Explanation.LOST:
            _lose(db, rows, at, actor)
    return named.said, len(rows)


def close_stocktake(place: str, at: datetime, actor: str) -> tuple[int, Counts]:
    """End a place's stocktake once nothing is unexplained, and return its id and numbers.

    Raises Refused N5-stocktake-none, N5-stocktake-earlier, N5-stocktake-unexplained.
    """
    with transaction() as db:
        stocktake = going_on(db, place, at)
        rows = stocktake_rows(db, stocktake)
        counts = counted(rows["verdict"])
        check_close(place, counts)
        keep_rows(db, stocktake.id, rows.assign(listed=rows["listed"] | rows["here"]))
        closed = update(STOCKTAKES).where(STOCKTAKES.c.id == stocktake.id)
        db.execute(closed.values(closed_at=at, closed_by=actor))
        expected = rows[rows["verdict"].isin(EXPECTED)]
        _record(db, stocktake.id, "stocktake-closed", at, actor, expected, counts=vars(counts))
    return stocktake.id, counts


def going_on(db: Connection, place: str, at: datetime) -> Row[Any]:
    """Return a place's open stocktake, locked; Refused N5-stocktake-none, N5-stocktake-earlier."""
    found = _open(db, place)
    if found is None:
        raise Refused("N5-stocktake-none", place=place)
    if at < found.opened_at:
        raise Refused("N5-stocktake-earlier", at=at, since=found.opened_at)
    return found


def _open(db: Connection, place: str) -> Row[Any] | None:
    wanted = select(STOCKTAKES).where(STOCKTAKES.c.organisation == place, STOCKTAKES.c.closed_at.is_(None))
    return db.execute(wanted.with_for_update()).one_or_none()


def _refuse_second(db: Connection, place: str) -> None:
    if (known := _open(db, place)) is not None:
        since = f"{known.opened_at:%Y-%m-%d %H:%M}"
        raise Refused("N5-stocktake-open", place=place, stocktake=known.id, since=since)


def _named(db: Connection, code: str) -> _Named:
    if is_number(code):
        case = certificate_named(db, code)
        return _Named(mask_id(case.number), [case.id], None)
    package = find_package(db, code)
    inside = select(SHEETS.c.case_id).join(CASES, CASES.c.id == SHEETS.c.case_id)
    lying = (SHEETS.c.package_id == package.id, CASES.c.custody == package.custody)
    return _Named(package.code, list(db.scalars(inside.where(*lying))), package)


def _refuse_opened(db: Connection, named: _Named) -> None:
    """A label stands for what is inside as long as nothing of it was handed over."""
    package: Any = named.package
    handed = (SHEETS.c.package_id == package.id, CASES.c.custody == Custody.HANDED_OVER.value)
    count = select(func.count()).select_from(SHEETS).join(CASES, CASES.c.id == SHEETS.c.case_id)
    if not named.case_ids or db.scalar(count.where(*handed)):
        left = 0 if package.custody == Custody.HANDED_OVER else len(named.case_ids)
        raise Refused("N5-stocktake-opened-package", package=package.code, left=left)


def _is_known(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Whether a scan says nothing new: found before, and custody has said the same ever since."""
    return rows["found"] & (rows["listed"] == rows["here"]) & ~rows["moved"]


def _outcome(fresh: pd.DataFrame) -> ScanOutcome:
    """What lies in one package lies in one place, so that one word fits all."""
    if fresh.empty:
        return ScanOutcome.REPEATED
    return ScanOutcome.FOUND if fresh["here"].iloc[0] else ScanOutcome.UNEXPECTED


def _place(rows: pd.DataFrame) -> Place:
    first = rows.iloc[0]
    return Place(Custody(first["custody"]), first["holder"] or HQ, first["expected"])


def _found(fresh: pd.DataFrame, at: datetime, actor: str) -> pd.DataFrame:
    blank = {"reason": "", "note": "", "explained_at": None, "explained_by": "", "verdict": ""}
    return fresh.assign(listed=fresh["here"], found_at=at, found_by=actor, **blank)


def _to_explain(rows: pd.DataFrame) -> pd.DataFrame:
    unresolved = rows[rows["verdict"].isin(UNRESOLVED)]
    return rows[rows["verdict"].isin(list(FITTING))] if unresolved.empty else unresolved


def _lose(db: Connection, rows: pd.DataFrame, at: datetime, actor: str) -> None:
    for package_id, ids in rows[rows["here"]].groupby("package_id")["case_id"]:
        lying = CASES.c.id.in_(as_list(ids))
        move(db, Custody.LOST, lying, stream=f"package:{package_id}", as_of=at, actor=actor)


def _note_sighting(
    db: Connection, named: _Named, fresh: pd.DataFrame, place: str, at: datetime, actor: str, tree: Tree
) -> None:
    """Let holder and expected unit see what lies astray; what is due here only waits for its scan."""
    if named.package is not None:
        where = place_of(named.package)
        judged, _ = judge_scan(where, named.package.centre, place, Direction.IN, tree)
        if judged is Outcome.SIGHTING:
            note_sighting(db, named.package, place, at, actor)
    elif (package_id := fresh["package_id"].iloc[0]) is not None and fresh["expected"].iloc[0] != place:
        record(
            db, f"package:{package_id}", "sighted", at, actor=actor, ids=as_list(fresh["case_id"]), by=place
        )


def _record(
    db: Connection, stocktake: int, kind: str, at: datetime, actor: str, rows: pd.DataFrame, **data: Any
) -> None:
    record(db, f"stocktake:{stocktake}", kind, at, actor=actor, ids=as_list(rows["case_id"]), **data)
