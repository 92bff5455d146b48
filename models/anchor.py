"""The daily seal: one event a day holds the head of every stream that moved: none can vanish (DESIGN 5).

The chain of a stream shows what is missing inside it; that the stream itself, or its end together with its
head, was taken away shows only here. The seals are a chain of their own.
"""

import hashlib
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from models.event import EVENTS, HEADS, record

ANCHORS = "anchors"  # the stream of the daily seals
VANISHED = "the events that a daily seal anchors are gone"
Heads = dict[str, tuple[int, str]]


def seal_day(db: Connection, day: date, as_of: datetime) -> int:
    """Anchor the heads of all streams in one event; return how many. Again on that day: nothing, 0."""
    seals = _seals(db)
    if any(data["day"] == day.isoformat() for data in seals):
        return 0
    known, heads = _anchored(seals), _heads(db)
    moved = {stream: head for stream, head in heads.items() if known.get(stream) != head}
    said = hashlib.sha256(repr(sorted(heads.items())).encode()).hexdigest()
    record(db, ANCHORS, "day-sealed", as_of, day=day.isoformat(), streams=len(heads), all=said, moved=moved)
    return len(heads)


def last_seal(db: Connection) -> tuple[str, str] | None:
    """Return day and seal of the last daily seal, to be noted elsewhere; None before the first."""
    own = select(EVENTS.c.data, EVENTS.c.seal).where(EVENTS.c.stream == ANCHORS)
    row = db.execute(own.order_by(EVENTS.c.seq.desc()).limit(1)).first()
    return None if row is None else (row.data["day"], row.seal)


def vanished(db: Connection) -> Iterator[tuple[str, int, str]]:
    """Yield (stream, seq, what is wrong) for every anchored head whose event is not there as it was."""
    missing = _anchored(_seals(db))
    for stream, seq, seal in db.execute(select(EVENTS.c.stream, EVENTS.c.seq, EVENTS.c.seal)):
        if missing.get(stream) == (seq, seal):
            del missing[stream]
    for stream, (seq, _) in sorted(missing.items()):
        yield stream, seq, VANISHED


def _heads(db: Connection) -> Heads:
    found = db.execute(select(HEADS.c.stream, HEADS.c.seq, HEADS.c.seal).where(HEADS.c.stream != ANCHORS))
    return {stream: (seq, seal) for stream, seq, seal in found}


def _seals(db: Connection) -> list[dict[str, Any]]:
    own = select(EVENTS.c.data).where(EVENTS.c.stream == ANCHORS)
    return list(db.scalars(own.order_by(EVENTS.c.seq)))


def _anchored(seals: list[dict[str, Any]]) -> Heads:
    """Return the last anchored head of each stream."""
    heads: Heads = {}
    for data in seals:
        heads |= {stream: (seq, seal) for stream, (seq, seal) in data["moved"].items()}
    return heads
