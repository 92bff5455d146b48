"""Decisions of the audit as rows: decision, place and state of each case, in the caller's transaction."""

from datetime import datetime

import numpy as np
import pandas as pd
from sqlalchemy import Connection, and_, func, insert, select

from models.bulk import insert_frame, read_by, update_frame
from models.case import Case, Decision
from models.columns import table_of
from models.event import record
from models.lot import Lot
from rules.clock import day_in_shanghai
from rules.deadlines import base_calendar
from rules.reference import Reference
from rules.season import Pack
from rules.states import Audit
from tasks.track import move

CASES, DECISIONS, LOTS = table_of(Case), table_of(Decision), table_of(Lot)
_WRITTEN = ["id", "lane", "passed", "unmet", "order_at", "order_receipt", "order_row", "change"]
_LOT_KEY = ("season", "batch", "branch", "lane")


def still_so(db: Connection, decided: pd.DataFrame) -> pd.DataFrame:
    """Return the decisions without the cases that somebody moved since they were read."""
    names = ("id", "audit", "decision_id", "audit_submission")
    now = read_by(db, CASES, names, "id", decided["id"].tolist()).astype(object)
    now = now.set_index("id").reindex(decided["id"])
    same = np.ones(len(decided), dtype=bool)
    for name in names[1:]:
        then, at_present = decided[name].to_numpy(), now[name].to_numpy()
        same &= (then == at_present) | (pd.isna(then) & pd.isna(at_present))
    return decided[same].reset_index(drop=True)


def write_decisions(
    db: Connection,
    decided: pd.DataFrame,
    pack: Pack,
    reference: Reference,
    place: tuple[int, str],
    as_of: datetime,
) -> None:
    """Write what changed: decisions, then batch, lot and place of each case, then the moves with events.

    place: batch and branch.
    """
    changed = decided.loc[decided["change"] != "unchanged", _WRITTEN]
    if changed.empty:
        return
    versions = {
        "policy_hash": pack.hash,
        "reference_version": reference.version,
        "calendar_version": base_calendar(pack, day_in_shanghai(as_of)).version,
    }
    rows = changed[["id", "passed", "unmet"]].rename(columns={"id": "case_id"})
    before = int(db.scalar(select(func.max(DECISIONS.c.id))) or 0)
    insert_frame(db, DECISIONS, rows.assign(decided_at=as_of, **versions))
    changed = changed.assign(decision_id=changed["id"].map(_newer(db, before)).astype(object))
    for lane, cases in changed.groupby("lane"):
        lot = _open_lot(db, (pack.season, *place, str(lane)), as_of)
        _write_cases(db, cases, lot, place[0])
        counts = {change: int(count) for change, count in cases["change"].value_counts().items()}
        record(db, f"lot:{lot}", "audited", as_of, ids=cases["id"].tolist(), changes=counts, **versions)
        _move(db, lot, (pack.season, *place, str(lane)), as_of)


def _open_lot(db: Connection, key: tuple[str, int, str, str], as_of: datetime) -> int:
    """Return the part of a lot that is not approved yet; it is made when there is none."""
    names = dict(zip(_LOT_KEY, key, strict=True))
    same = and_(*(LOTS.c[name] == value for name, value in names.items()))
    last = db.execute(
        select(LOTS.c.id, LOTS.c.approved_at, LOTS.c.part).where(same).order_by(LOTS.c.part.desc())
    ).first()
    if last is not None and last.approved_at is None:
        return int(last.id)
    row = names | {"part": last.part + 1 if last else 1, "created_at": as_of, "cases": 0}
    return int(db.execute(insert(LOTS).returning(LOTS.c.id), row).scalar_one())


def _write_cases(db: Connection, cases: pd.DataFrame, lot: int, batch: int) -> None:
    """Write batch, lot, decision and order key; a failed case has neither lot nor key."""
    passed = cases["passed"].astype(bool)
    rows = cases[["id", "decision_id"]].assign(batch=batch)
    rows["lot_id"] = pd.Series(lot, index=cases.index, dtype=object).where(passed, None)
    rows["order_at"] = cases["order_at"].where(passed)
    for name in ("order_receipt", "order_row"):
        rows[name] = cases[name].astype("Int64").where(passed)
    update_frame(db, CASES, rows)


def _newer(db: Connection, before: int) -> pd.Series:
    """Return the decisions made since, by case. Those of another writer are about other cases."""
    wanted = select(DECISIONS.c.case_id, func.max(DECISIONS.c.id)).where(DECISIONS.c.id > before)
    found = db.execute(wanted.group_by(DECISIONS.c.case_id)).tuples().all()
    return pd.Series(dict(found), dtype=object)


def _move(db: Connection, lot: int, key: tuple[str, int, str, str], as_of: datetime) -> None:
    """Move cases where their decisions say; what is approved lies in another part and stays."""
    same = and_(*(CASES.c[name] == value for name, value in zip(_LOT_KEY, key, strict=True)))
    for target, passed, place in (
        (Audit.PASSED, True, CASES.c.lot_id == lot),
        (Audit.FAILED, False, CASES.c.lot_id.is_(None)),
    ):
        said = select(DECISIONS.c.id).where(
            DECISIONS.c.id == CASES.c.decision_id, DECISIONS.c.passed.is_(passed)
        )
        move(db, target, and_(same, place, said.exists()), stream=f"lot:{lot}", as_of=as_of)
