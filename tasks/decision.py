"""Decisions of the audit as rows: decision, place and state of each case, in the caller's transaction."""

from datetime import datetime

import numpy as np
import pandas as pd
from sqlalchemy import Connection, and_, insert, select

from models.bulk import insert_frame, read_by, reserve_ids
from models.case import Case, Decision
from models.columns import table_of
from models.event import record
from models.lot import Lot
from rules.clock import day_in_shanghai
from rules.deadlines import base_calendar
from rules.reference import Reference
from rules.season import Pack
from rules.states import Audit
from tasks.track import move_rows

CASES, DECISIONS, LOTS = table_of(Case), table_of(Decision), table_of(Lot)
_WRITTEN = ["id", "lane", "audit", "passed", "unmet", "order_at", "order_receipt", "order_row", "change"]
_ORDER = ("order_at", "order_receipt", "order_row")
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
    changed = changed.assign(decision_id=reserve_ids(db, DECISIONS, len(changed)), batch=place[0])
    rows = changed[["decision_id", "id", "passed", "unmet"]].set_axis(
        ["id", "case_id", "passed", "unmet"], axis=1
    )
    insert_frame(db, DECISIONS, rows.assign(decided_at=as_of, **versions))
    for lane, cases in changed.groupby("lane"):
        lot = _open_lot(db, (pack.season, *place, str(lane)), as_of)
        counts = {change: int(count) for change, count in cases["change"].value_counts().items()}
        record(db, f"lot:{lot}", "audited", as_of, ids=cases["id"].tolist(), changes=counts, **versions)
        _move(db, cases, lot, as_of)


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


def _move(db: Connection, cases: pd.DataFrame, lot: int, as_of: datetime) -> None:
    """Move cases where their decisions say, with lot and order key; a failed case has neither."""
    passed = cases["passed"].to_numpy(dtype=bool)
    rows = cases[["id", "audit", "batch", "decision_id", *_ORDER]]
    for target, own in (
        (Audit.PASSED, rows[passed].assign(lot_id=lot)),
        (Audit.FAILED, rows[~passed].assign(lot_id=None, **dict.fromkeys(_ORDER))),
    ):
        move_rows(db, target, own, stream=f"lot:{lot}", as_of=as_of)
