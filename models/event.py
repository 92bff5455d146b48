"""The append-only event log: one sealed chain per stream (DESIGN 5)."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Column, Connection, UniqueConstraint, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, SQLModel

from models.columns import Instant, table_of
from models.keys import key


class Event(SQLModel, table=True):
    """Something that happened to a case, a package or a set. Personal data: `actor` (staff)."""

    __tablename__ = "event"
    __table_args__ = (UniqueConstraint("stream", "seq"),)
    id: int | None = Field(default=None, primary_key=True)
    stream: str = Field(max_length=64)  # lot:17, package:3, season:2020-01, submission:9
    seq: int
    kind: str = Field(max_length=48)
    count: int  # how many subjects the event covers
    digest: str = Field(max_length=64)  # SHA-256 over the sorted ids of the subjects
    actor: str = Field(max_length=80)
    occurred_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    recorded_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    data: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    seal: str = Field(max_length=64)


class StreamHead(SQLModel, table=True):
    """The last event of each stream; its row locks the writing of the next. Personal data: none."""

    __tablename__ = "stream_head"
    stream: str = Field(primary_key=True, max_length=64)
    seq: int
    seal: str = Field(max_length=64)


ALTERED, CUT = "the event was altered", "the end of the chain is missing"
EVENTS = table_of(Event)
HEADS = table_of(StreamHead)


def digest_of(ids: Iterable[int]) -> str:
    """Return the SHA-256 over ids in ascending order, the fingerprint of a set."""
    return hashlib.sha256(",".join(map(str, sorted(ids))).encode()).hexdigest()


def record(
    db: Connection,
    stream: str,
    kind: str,
    occurred_at: datetime,
    *,
    actor: str = "biye",
    ids: Iterable[int] = (),
    **data: Any,
) -> None:
    """Append one event in the caller's transaction. ids: the subjects it covers; data: nothing personal."""
    subjects = list(ids)
    head = _locked_head(db, stream)
    row: dict[str, Any] = {
        "stream": stream,
        "seq": head.seq + 1,
        "kind": kind,
        "count": len(subjects),
        "digest": digest_of(subjects),
        "actor": actor,
        "occurred_at": occurred_at,
        "recorded_at": datetime.now(UTC),
        "data": data,
    }
    row["seal"] = _seal(head.seal, row)
    db.execute(insert(EVENTS), row)
    db.execute(update(HEADS).where(HEADS.c.stream == stream), {"seq": row["seq"], "seal": row["seal"]})


def _locked_head(db: Connection, stream: str) -> Any:
    wanted = select(HEADS.c.seq, HEADS.c.seal).where(HEADS.c.stream == stream).with_for_update()
    head = db.execute(wanted).one_or_none()
    if head is None:
        # Of two writers that open a stream together one inserts; the other waits for it and finds the row.
        opened = sqlite.insert(HEADS) if db.dialect.name == "sqlite" else postgresql.insert(HEADS)
        db.execute(opened.on_conflict_do_nothing(), {"stream": stream, "seq": 0, "seal": ""})
        head = db.execute(wanted).one()
    return head


def _seal(previous: str, row: dict[str, Any]) -> str:
    said = {name: row[name] for name in ("stream", "seq", "kind", "count", "digest", "actor", "data")}
    said |= {name: row[name].astimezone(UTC).isoformat() for name in ("occurred_at", "recorded_at")}
    body = json.dumps(said, sort_keys=True, ensure_ascii=False).encode()
    return hmac.new(key("seal"), previous.encode() + body, hashlib.sha256).hexdigest()


def broken_links(db: Connection) -> Iterator[tuple[str, int, str]]:
    """Yield (stream, seq, what is wrong) for every altered, missing or reordered event."""
    heads = {head.stream: (head.seq, head.seal) for head in db.execute(select(HEADS))}
    reached: dict[str, tuple[int, str]] = {}
    for row in db.execute(select(EVENTS).order_by(EVENTS.c.stream, EVENTS.c.seq)).mappings():
        seq, seal = reached.get(row["stream"], (0, ""))
        if row["seq"] != seq + 1:
            yield row["stream"], row["seq"], f"expected {seq + 1}: an event is missing or was moved"
        elif row["seal"] != _seal(seal, dict(row)):
            yield row["stream"], row["seq"], ALTERED
        reached[row["stream"]] = (row["seq"], row["seal"])
    for stream, head in heads.items():
        if reached.get(stream, (0, "")) != head:
            yield stream, head[0], CUT
