"""The append-only event log: one sealed chain per stream (DESIGN 5)."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Column, Connection, Engine, UniqueConstraint, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.event import listen
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
# Built once: writing them anew for each event takes as long as running them.
_OF_STREAM = HEADS.c.stream == bindparam("of")
_HEAD = select(HEADS.c.seq, HEADS.c.seal).where(_OF_STREAM).with_for_update()
_APPEND, _ADVANCE = insert(EVENTS), update(HEADS).where(_OF_STREAM)
_WAITING, _LOG = "waiting_events", (EVENTS.name, HEADS.name)
_SAID = ("stream", "seq", "kind", "count", "digest", "actor", "data")
_body = json.JSONEncoder(sort_keys=True, ensure_ascii=False).encode


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
    """Append one event in the caller's transaction. ids: the subjects it covers; data: nothing personal.

    It is numbered and sealed when the transaction commits, or looks at the log.
    """
    subjects = list(ids)
    row = {
        "stream": stream,
        "kind": kind,
        "count": len(subjects),
        "digest": digest_of(subjects),
        "actor": actor,
        "occurred_at": occurred_at,
        "recorded_at": datetime.now(UTC),
        "data": data,
    }
    _waiting(db).append(row)


def seal_on_commit(engine: Engine) -> None:
    """Let an engine's transactions write their events, sealed, in one go: before they commit, and before
    they look at the log themselves.
    """
    listen(engine, "commit", _write_waiting)
    listen(engine, "before_cursor_execute", _write_before_reading)


def _waiting(db: Connection) -> list[dict[str, Any]]:
    """The events of the open transaction that are not written yet; they go with it when it is taken back."""
    now = db.get_transaction() or db.begin()
    known = db.info.get(_WAITING)
    if known is None or known[0] is not now:
        known = db.info[_WAITING] = (now, [])
    waiting: list[dict[str, Any]] = known[1]
    return waiting


def _write_before_reading(db: Connection, _cursor: object, statement: str, *_: object) -> None:
    if _WAITING in db.info and any(name in statement for name in _LOG):
        _write_waiting(db)


def _write_waiting(db: Connection) -> None:
    """Write the waiting events: the heads of their streams are locked once, and moved once."""
    of, rows = db.info.pop(_WAITING, (None, []))
    if not rows or of is not db.get_transaction():
        return
    # In their order, so that no two writers wait for each other.
    heads = {stream: _locked_head(db, stream) for stream in sorted({row["stream"] for row in rows})}
    for row in rows:
        seq, seal = heads[row["stream"]]
        row["seq"] = seq + 1
        row["seal"] = _seal(seal, row)
        heads[row["stream"]] = (row["seq"], row["seal"])
    db.execute(_APPEND, rows)
    db.execute(_ADVANCE, [{"of": of, "seq": seq, "seal": seal} for of, (seq, seal) in heads.items()])


def _locked_head(db: Connection, stream: str) -> tuple[int, str]:
    head = db.execute(_HEAD, {"of": stream}).one_or_none()
    if head is None:
        # Of two writers that open a stream together one inserts; the other waits for it and finds the row.
        opened = sqlite.insert(HEADS) if db.dialect.name == "sqlite" else postgresql.insert(HEADS)
        db.execute(opened.on_conflict_do_nothing(), {"stream": stream, "seq": 0, "seal": ""})
        head = db.execute(_HEAD, {"of": stream}).one()
    return head.seq, head.seal


def _seal(previous: str, row: dict[str, Any]) -> str:
    said = {name: row[name] for name in _SAID}
    said |= {name: row[name].astimezone(UTC).isoformat() for name in ("occurred_at", "recorded_at")}
    return hmac.digest(key("seal"), (previous + _body(said)).encode(), "sha256").hex()


def broken_links(db: Connection) -> Iterator[tuple[str, int, str]]:
    """Yield (stream, seq, what is wrong) for every altered, missing or reordered event."""
    heads = {head.stream: (head.seq, head.seal) for head in db.execute(select(HEADS))}
    reached: dict[str, tuple[int, str]] = {}
    columns = [column for column in EVENTS.c if column.name != "id"]
    names = [column.name for column in columns]
    for found in db.execute(select(*columns).order_by(EVENTS.c.stream, EVENTS.c.seq)):
        row = dict(zip(names, found, strict=True))
        seq, seal = reached.get(row["stream"], (0, ""))
        if row["seq"] != seq + 1:
            yield row["stream"], row["seq"], f"expected {seq + 1}: an event is missing or was moved"
        elif row["seal"] != _seal(seal, row):
            yield row["stream"], row["seq"], ALTERED
        reached[row["stream"]] = (row["seq"], row["seal"])
    for stream, head in heads.items():
        if reached.get(stream, (0, "")) != head:
            yield stream, head[0], CUT
