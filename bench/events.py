"""The sealed event log: written beside the same inserts without a chain, verified beside mere reading."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import insert, select

from bench.figure import Figure, Row, in_turn
from models import database, keys, place
from models.database import migrate, reading, transaction
from models.event import EVENTS, broken_links, digest_of, record
from models.settings import settings

GROUP, STREAMS, MOST_GROUPS = 4, 10, 400  # events a commit, all of one stream
WRITTEN = Row("events", "写入封存记录", f"the same inserts, no chain, {GROUP} a commit", 0.7, better="higher")
VERIFIED = Row("events-verify", "核验封存记录", "reading the same rows", 4)
AT = datetime(2020, 1, 6, tzinfo=UTC)
CASES = [1, 2, 3]
_APPEND = insert(EVENTS)


def figures(students: int, turns: int, tell: Callable[[object], None]) -> list[Figure]:
    """Measure the log on SQLite: the writing of groups of events, and the verification of what it holds."""
    groups = min(students // GROUP, MOST_GROUPS)
    with installation():
        turn = count()
        _sealed("warm", 1)
        biye, plain = in_turn(
            turns, lambda: _sealed(f"s{next(turn)}", groups), lambda: _bare(f"b{next(turn)}", groups)
        )
        with transaction() as db:
            db.execute(EVENTS.delete().where(EVENTS.c.seal == ""))
        verified, read = in_turn(turns, verify, _read)
    tell(f"{groups * GROUP} 条记录 events")
    return [Figure(WRITTEN, plain / biye), Figure(VERIFIED, verified / read)]


@contextmanager
def installation() -> Iterator[None]:
    """Make an empty installation that this process uses meanwhile, and forget it afterwards."""
    before = {name: value for name, value in os.environ.items() if name.startswith("BIYE_")}
    with TemporaryDirectory(prefix="biye-bench-") as home:
        _use({"BIYE_HOME": home})
        migrate()
        try:
            yield
        finally:
            database.engine().dispose()
            _use(before)


def _use(environment: dict[str, str]) -> None:
    for name in [name for name in os.environ if name.startswith("BIYE_")]:
        del os.environ[name]
    os.environ.update(environment)
    for remembered in (settings, database.engine, keys.key, place.opened):
        remembered.cache_clear()


def _sealed(name: str, groups: int) -> None:
    for group in range(groups):
        with transaction() as db:
            for place in range(GROUP):
                stream = f"{name}:{group % STREAMS}"
                record(db, stream, "registration-exported", AT, ids=CASES, place=place)


def _bare(name: str, groups: int) -> None:
    for group in range(groups):
        with transaction() as db:
            for place in range(GROUP):
                seq = group // STREAMS * GROUP + place + 1
                db.execute(_APPEND, _row(f"{name}:{group % STREAMS}", seq, place))


def _row(stream: str, seq: int, place: int) -> dict[str, Any]:
    row = {"stream": stream, "seq": seq, "kind": "registration-exported", "count": len(CASES)}
    row |= {"digest": digest_of(CASES), "actor": "biye", "occurred_at": AT}
    return row | {"recorded_at": datetime.now(UTC), "data": {"place": place}, "seal": ""}


def verify() -> None:
    """Follow every chain; raises ValueError where one is broken."""
    with reading() as db:
        if broken := list(broken_links(db)):
            raise ValueError(broken[0])


def _read() -> None:
    with reading() as db:
        db.execute(select(EVENTS).order_by(EVENTS.c.stream, EVENTS.c.seq)).all()
