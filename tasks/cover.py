"""Estimates of certificate covers in the database, beside the approved graduates of each unit (N6)."""

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, func, select

from models.bulk import insert_frame
from models.case import Case
from models.columns import table_of
from models.cover import CoverEstimate
from models.database import reading
from models.student import Student
from rules.clock import in_shanghai
from rules.cover import CoverState, cover_state, difference_percent
from rules.refusals import Refused
from rules.season import Pack
from rules.season_parts import Covers
from rules.states import Audit
from rules.submission import Judged
from rules.timeline import season_days
from rules.verdicts import without_rows

ESTIMATES = table_of(CoverEstimate)
_CASES, _STUDENTS = table_of(Case), table_of(Student)
_UnitLevel = tuple[str, str]


@dataclass(frozen=True)
class CoverStanding:
    """One unit and level; level is empty for a unit that sent nothing and has nobody approved yet.

    difference: percent of the graduates, None where nothing can be compared. receipt: of the estimate.
    """

    unit: str
    level: str
    estimate: int | None
    graduates: int
    difference: float | None
    state: CoverState
    note: str
    receipt: int | None
    received_at: datetime | None


def store_cover_estimates(db: Connection, sent: Any, judged: Judged, _batch: int | None) -> Judged:
    """Keep a unit's estimates beside its earlier ones; what says the same as the standing one is none."""
    standing = _standing(db, sent.season)
    said = [standing.get((sent.branch, level)) for level in judged.accepted["level"]]
    pairs = zip(said, judged.accepted["quantity"], judged.accepted["note"], strict=True)
    same = pd.Series([one is not None and (one.quantity, one.note) == (q, note) for one, q, note in pairs])
    judged = without_rows(judged, same.astype(bool), "row-already")
    came = {"season": sent.season, "branch": sent.branch, "submission_id": sent.id}
    insert_frame(db, ESTIMATES, judged.accepted.assign(**came, received_at=sent.received_at))
    return judged


def _standing(db: Connection, season: str) -> Mapping[_UnitLevel, Any]:
    """Return the latest estimate by unit and level: the one received last."""
    wanted = select(ESTIMATES).where(ESTIMATES.c.season == season)
    rows = db.execute(wanted.order_by(ESTIMATES.c.received_at, ESTIMATES.c.submission_id))
    return {(row.branch, row.level): row for row in rows}


def cover_standings(pack: Pack, db: Connection | None = None) -> list[CoverStanding]:
    """Return every unit with students, by level; Refused covers-off for a season without covers.

    db: the caller's transaction, where there is one.
    """
    covers = covers_of(pack)
    with nullcontext(db) if db is not None else reading() as at_hand:
        sent, graduates = _standing(at_hand, pack.season), _graduates(at_hand, pack.season)
        units = _units(at_hand)
    known = sorted({*sent, *graduates})
    silent = [(unit, "") for unit in units if unit not in {unit for unit, _ in known}]
    return [_seen(key, sent.get(key), graduates.get(key, 0), covers) for key in sorted([*known, *silent])]


def covers_of(pack: Pack) -> Covers:
    """Return what a pack says of covers; Refused covers-off."""
    if pack.covers is None:
        raise Refused("covers-off", season=pack.season)
    return pack.covers


def _seen(key: _UnitLevel, row: Any, graduates: int, covers: Covers) -> CoverStanding:
    estimate, note = (row.quantity, row.note) if row else (None, "")
    return CoverStanding(
        *(*key, estimate, graduates, difference_percent(estimate, graduates)),
        cover_state(estimate, graduates, covers.tolerance_percent, note),
        *(note, row.submission_id if row else None, row.received_at if row else None),
    )


def _graduates(db: Connection, season: str) -> dict[_UnitLevel, int]:
    wanted = (
        select(_CASES.c.branch, _STUDENTS.c.level, func.count().label("approved"))
        .join(_STUDENTS, _STUDENTS.c.id == _CASES.c.student_id)
        .where(_CASES.c.season == season, _CASES.c.audit == Audit.APPROVED.value)
    )
    rows = db.execute(wanted.group_by(_CASES.c.branch, _STUDENTS.c.level))
    return {(row.branch, row.level): row.approved for row in rows}


def _units(db: Connection) -> list[str]:
    """Return the units that have students: each found from the one before, not from every student."""
    branch = _STUDENTS.c.branch
    first = select(func.min(branch).label("unit")).cte("units", recursive=True)
    following = select(func.min(branch)).where(branch > first.c.unit).scalar_subquery()
    units = first.union_all(select(following).where(first.c.unit.is_not(None)))
    return list(db.scalars(select(units.c.unit).where(units.c.unit.is_not(None))))


def silent_units(pack: Pack, as_of: datetime) -> list[str]:
    """Return the units with students that sent no estimate; none where covers are off or the season over."""
    span = season_days(pack)
    if pack.covers is None or not span or not span[0] <= in_shanghai(as_of).date() <= span[1]:
        return []
    with reading() as db:
        sent = {unit for unit, _ in _standing(db, pack.season)}
        return [unit for unit in _units(db) if unit not in sent]
