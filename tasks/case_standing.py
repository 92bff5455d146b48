"""Where the tracks of one case stand, and what holds them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, select

from models.case import Hold
from models.columns import table_of
from rules.states import TRACKS, chinese

_HOLDS = table_of(Hold)


@dataclass(frozen=True)
class TrackSeen:
    """Where one track stands."""

    track: str
    state: str
    chinese: str


@dataclass(frozen=True)
class HoldSeen:
    """Why a track waits, or waited until released_at; owner: the unit that has to act."""

    track: str
    reason: str
    clause: str
    detail: str
    owner: str
    since: datetime
    released_at: datetime | None


def case_tracks(case: Row[Any]) -> list[TrackSeen]:
    """Return the five tracks of a row of graduation_case."""
    return [_track(case, states) for states in TRACKS]


def _track(case: Row[Any], states: type[StrEnum]) -> TrackSeen:
    name = states.__name__.lower()
    state = states(getattr(case, name))
    return TrackSeen(name, state.value, chinese(state))


def case_holds(db: Connection, case_id: int) -> list[HoldSeen]:
    """Return every hold of a case, open and released, the oldest first."""
    names = [_HOLDS.c[name] for name in HoldSeen.__dataclass_fields__]
    wanted = select(*names).where(_HOLDS.c.case_id == case_id).order_by(_HOLDS.c.since, _HOLDS.c.id)
    return [HoldSeen(**row) for row in db.execute(wanted).mappings()]
