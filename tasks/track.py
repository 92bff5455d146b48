"""The one place that moves a track of cases: a set at a time, by the table of legal moves, with its event."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, func, select, update

from models.bulk import Columns, update_frame
from models.case import Case
from models.columns import table_of
from models.event import record
from rules.states import Audit, Certificate, Custody, Registration, Visibility, sources_of

_CASES = table_of(Case)
_TRACKS: Mapping[type[StrEnum], str] = {
    Audit: "audit",
    Registration: "registration",
    Certificate: "certificate",
    Custody: "custody",
    Visibility: "visibility",
}


class IllegalMove(Exception):
    """A case was to be moved from where its track has no such move: a programming error, nothing moves."""


def move(
    db: Connection,
    target: StrEnum,
    where: ColumnElement[bool],
    *,
    stream: str,
    as_of: datetime,
    actor: str = "biye",
    values: Mapping[str, Any] | None = None,
    **data: Any,
) -> list[int]:
    """Move the cases that `where` selects to a state of one track and return their ids, in ascending order.

    where: a condition on graduation_case; other tables through subqueries. Cases that are there already stay
    untouched. values: columns of the case that change with the state. data: goes into the event
    (`certificate-printed` and the like, in `stream`), nothing personal. Nothing to move: no event.
    Raises IllegalMove when a selected case is in a state from which no move leads to `target`.
    """
    track = _TRACKS[type(target)]
    state = _CASES.c[track]
    sources = [source.value for source in sources_of(target)]
    _refuse_illegal(db, where & state.not_in([*sources, target.value]), f"{track} → {target.value}")
    moving = update(_CASES).where(where, state.in_(sources)).values({track: target.value, **(values or {})})
    ids = sorted(db.scalars(moving.returning(_CASES.c.id)))
    if ids:
        record(db, stream, f"{track}-{target.value}", as_of, actor=actor, ids=ids, **data)
    return ids


def move_rows(
    db: Connection,
    target: StrEnum,
    rows: Columns,
    *,
    stream: str,
    as_of: datetime,
    values: Mapping[str, Any] | None = None,
    **data: Any,
) -> list[int]:
    """Move each case of a frame to a state of one track and return the ids of those that were not there yet.

    rows: id; the track, as this transaction found it; what else changes of the case with it, by its columns.
    values: what changes to the same of every case.
    Raises IllegalMove as `move` does.
    """
    track = _TRACKS[type(target)]
    found = np.asarray(rows[track], dtype=object)
    illegal = set(found) - {target.value, *(source.value for source in sources_of(target))}
    if illegal:
        raise IllegalMove(f"{track} → {target.value}: from {'、'.join(sorted(illegal))}")
    changing = {str(name): rows[str(name)] for name in rows if name != track}
    update_frame(db, _CASES, changing, same={track: target.value, **(values or {})})
    ids = sorted(np.asarray(rows["id"])[found != target.value].tolist())
    if ids:
        record(db, stream, f"{track}-{target.value}", as_of, ids=ids, **data)
    return ids


def _refuse_illegal(db: Connection, where: ColumnElement[bool], wanted: str) -> None:
    count = db.scalar(select(func.count()).select_from(_CASES).where(where))
    if count:
        raise IllegalMove(f"{wanted}: {count} cases are where no such move begins")
