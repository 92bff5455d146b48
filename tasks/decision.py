"""Decisions of the audit as rows: decision, place and state of each case, in the caller's transaction."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlalchemy import Connection, bindparam, insert, select

from models.bulk import among, insert_frame, reserve_ids
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

Mask = npt.NDArray[np.bool_]
CASES, DECISIONS, LOTS = table_of(Case), table_of(Decision), table_of(Lot)
_WRITTEN = ["id", "lane", "audit", "passed", "unmet", "order_at", "order_receipt", "order_row", "change"]
_OF_DECISION = {"decision_id": "id", "id": "case_id", "passed": "passed", "unmet": "unmet"}
_MOVES = ["id", "audit", "decision_id", "audit_submission"]  # what is other when somebody moved a case
_ORDER = ("order_at", "order_receipt", "order_row")
_LOT_KEY = ("season", "batch", "branch", "lane")
_LAST_PART = (
    select(LOTS.c.id, LOTS.c.approved_at, LOTS.c.part)
    .where(*(LOTS.c[name] == bindparam(name) for name in _LOT_KEY))
    .order_by(LOTS.c.part.desc())
)


def still_so(db: Connection, decided: pd.DataFrame) -> pd.DataFrame:
    """Return the decisions without the cases that somebody moved since they were read."""
    moves = [decided[name].tolist() for name in _MOVES]
    now = select(*(CASES.c[name] for name in _MOVES)).where(among(db, CASES.c.id, moves[0]))
    rows = set(db.execute(now).tuples())
    same = np.fromiter((row in rows for row in zip(*moves, strict=True)), dtype=bool, count=len(decided))
    return decided if same.all() else decided[same].reset_index(drop=True)


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
    changes = decided["change"].to_numpy() != "unchanged"
    if not changes.any():
        return
    changed = _chosen({name: decided[name] for name in _WRITTEN}, changes)
    versions = {
        "policy_hash": pack.hash,
        "reference_version": reference.version,
        "calendar_version": base_calendar(pack, day_in_shanghai(as_of)).version,
    }
    changed["decision_id"] = np.array(reserve_ids(db, DECISIONS, int(changes.sum())), dtype=object)
    rows = {_OF_DECISION[name]: changed[name] for name in _OF_DECISION}
    insert_frame(db, DECISIONS, rows, same={"decided_at": as_of, **versions})
    for lane in sorted(set(changed["lane"])):
        lot = _open_lot(db, (pack.season, *place, lane), as_of)
        cases = _chosen(changed, changed["lane"] == lane)
        counts = dict(Counter(cases["change"]).most_common())
        record(db, f"lot:{lot}", "audited", as_of, ids=cases["id"].tolist(), changes=counts, **versions)
        _move(db, cases, lot, place[0], as_of)


def _chosen(columns: Mapping[str, Any], chosen: Mask) -> dict[str, Any]:
    """Return the chosen rows of columns; instants stay a series, everything else is plain values."""
    return {
        name: column[chosen] if name == "order_at" else np.asarray(column, dtype=object)[chosen]
        for name, column in columns.items()
    }


def _open_lot(db: Connection, key: tuple[str, int, str, str], as_of: datetime) -> int:
    """Return the part of a lot that is not approved yet; it is made when there is none."""
    names = dict(zip(_LOT_KEY, key, strict=True))
    last = db.execute(_LAST_PART, names).first()
    if last is not None and last.approved_at is None:
        return int(last.id)
    row = names | {"part": last.part + 1 if last else 1, "created_at": as_of, "cases": 0}
    return int(db.execute(insert(LOTS).returning(LOTS.c.id), row).scalar_one())


def _move(db: Connection, cases: Mapping[str, Any], lot: int, batch: int, as_of: datetime) -> None:
    """Move cases where their decisions say, with lot and order key; a failed case has neither."""
    passed = cases["passed"].astype(bool)
    decided = {name: cases[name] for name in ("id", "audit", "decision_id")}
    neither = {"lot_id": None, **dict.fromkeys(_ORDER)}
    for target, which, own, values in (
        (Audit.PASSED, passed, decided | {name: cases[name] for name in _ORDER}, {"lot_id": lot}),
        (Audit.FAILED, ~passed, decided, neither),
    ):
        rows, values = _chosen(own, which), values | {"batch": batch}
        move_rows(db, target, rows, stream=f"lot:{lot}", as_of=as_of, values=values)
