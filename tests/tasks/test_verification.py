"""Altered, missing or reordered events and archived files are found; nothing is changed by looking."""

from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, update

from models.anchor import ANCHORS
from models.archive import path_of
from models.columns import table_of
from models.database import reading, transaction
from models.event import EVENTS, HEADS, record
from models.submission import Submission
from rules.clock import now_in_shanghai
from rules.refusals import Refused
from tasks.verification import seal_day, verify
from tests.played_season import at

pytestmark = pytest.mark.usefixtures("played")
STREAM = "lot:1"


def events() -> list[int]:
    with reading() as db:
        wanted = select(EVENTS.c.seq).where(EVENTS.c.stream == STREAM).order_by(EVENTS.c.seq)
        return list(db.scalars(wanted))


def found() -> list[tuple[str, int | None, str]]:
    return [(one.where, one.seq, one.problem) for one in verify().broken]


def test_a_season_as_it_was_recorded_is_whole_with_its_files():
    seen = verify(files=True)
    assert seen.broken == []
    assert seen.streams > 5
    assert seen.events > seen.streams
    assert seen.files
    assert verify().files is None


def test_an_altered_event_is_named():
    with transaction() as db:
        db.execute(update(EVENTS).where(EVENTS.c.stream == STREAM, EVENTS.c.seq == 2).values(count=99))
    assert found() == [(STREAM, 2, "内容被改动")]


def test_a_missing_event_is_named_by_what_follows_it():
    with transaction() as db:
        db.execute(delete(EVENTS).where(EVENTS.c.stream == STREAM, EVENTS.c.seq == 2))
    assert (STREAM, 3, "记录缺失或次序被改动") in found()


def test_a_missing_end_is_named():
    last = events()[-1]
    with transaction() as db:
        db.execute(delete(EVENTS).where(EVENTS.c.stream == STREAM, EVENTS.c.seq == last))
    assert found() == [(STREAM, last, "末尾的记录缺失")]


def test_two_events_that_changed_places_are_found():
    with transaction() as db:
        for before, after in ((1, 1001), (2, 1), (1001, 2)):
            moved = update(EVENTS).where(EVENTS.c.stream == STREAM, EVENTS.c.seq == before)
            db.execute(moved.values(seq=after))
    assert {(stream, seq) for stream, seq, _ in found()} >= {(STREAM, 1), (STREAM, 2)}


def test_events_of_one_commit_and_of_one_that_was_taken_back_make_one_chain():
    with suppress(ZeroDivisionError), transaction() as db:
        record(db, STREAM, "lost", now_in_shanghai())
        raise ZeroDivisionError
    with transaction() as db:
        for place in range(3):
            record(db, STREAM, "kept", now_in_shanghai(), ids=[place], place=place)
    assert found() == []
    assert events() == list(range(1, len(events()) + 1))


def test_an_inserted_event_is_found():
    with transaction() as db:
        last = (
            db.execute(select(EVENTS).where(EVENTS.c.stream == STREAM).order_by(EVENTS.c.seq))
            .mappings()
            .all()[-1]
        )
        more = {**last, "id": None, "seq": last["seq"] + 1}
        db.execute(insert(EVENTS), {name: value for name, value in more.items() if name != "id"})
    assert (STREAM, last["seq"] + 1, "内容被改动") in found()


def test_a_chain_whose_head_was_set_back_is_found():
    with transaction() as db:
        db.execute(update(HEADS).where(HEADS.c.stream == STREAM).values(seq=1))
    assert found() == [(STREAM, 1, "末尾的记录缺失")]


@pytest.mark.parametrize("damage", ["altered", "gone"])
def test_an_archived_file_that_is_altered_or_gone_is_named(damage: str):
    with reading() as db:
        digest = str(db.scalar(select(table_of(Submission).c.sha256).limit(1)))
    file = Path(path_of(digest))
    file.unlink() if damage == "gone" else file.write_bytes(file.read_bytes() + b" ")
    (one,) = verify(files=True).broken
    assert (one.where, one.seq) == (digest, None)
    assert verify().broken == []


def test_a_lost_key_is_told_instead_of_calling_every_event_forged(played: Path):
    from models import keys

    (played / "keys" / "seal.key").unlink()
    keys.key.cache_clear()
    with pytest.raises(Refused, match="keys-missing"):
        verify()
    assert not (played / "keys" / "seal.key").exists()


TUESDAY = at("2020-01-21T10:00")


def test_a_stream_that_vanished_with_its_head_is_found_by_the_daily_seal():
    assert seal_day(TUESDAY) > 5
    assert verify().broken == []
    last = events()[-1]
    with transaction() as db:
        db.execute(delete(EVENTS).where(EVENTS.c.stream == STREAM))
        db.execute(delete(HEADS).where(HEADS.c.stream == STREAM))
    assert found() == [(STREAM, last, "每日封存过的记录已不在")]


def test_an_end_that_was_cut_off_together_with_its_head_is_found_by_the_daily_seal():
    seal_day(TUESDAY)
    *_, before, last = events()
    with transaction() as db:
        db.execute(delete(EVENTS).where(EVENTS.c.stream == STREAM, EVENTS.c.seq == last))
        seal = (
            select(EVENTS.c.seal).where(EVENTS.c.stream == STREAM, EVENTS.c.seq == before).scalar_subquery()
        )
        db.execute(update(HEADS).where(HEADS.c.stream == STREAM).values(seq=before, seal=seal))
    assert found() == [(STREAM, last, "每日封存过的记录已不在")]


def test_a_day_is_sealed_once_and_the_next_holds_only_what_moved():
    streams = seal_day(TUESDAY)
    assert seal_day(TUESDAY + timedelta(hours=1)) == 0
    with transaction() as db:
        record(db, STREAM, "noted", TUESDAY)
    assert seal_day(TUESDAY + timedelta(days=1)) == streams
    with reading() as db:
        seals = db.scalars(
            select(EVENTS.c.data).where(EVENTS.c.stream == ANCHORS).order_by(EVENTS.c.seq)
        ).all()
    assert [len(one["moved"]) for one in seals] == [streams, 1]
    assert verify().sealed is not None
    assert verify().broken == []


def test_a_daily_seal_that_was_rewritten_is_named():
    seal_day(TUESDAY)
    with transaction() as db:
        db.execute(
            update(EVENTS).where(EVENTS.c.stream == ANCHORS).values(data={"day": "2020-01-21", "moved": {}})
        )
    assert found() == [(ANCHORS, 1, "内容被改动")]
