"""The database on both engines: migrations, state columns, instants, the sealed log, encrypted IDs."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from models import database, schema
from models.anchor import VANISHED, seal_day, vanished
from models.event import EVENTS, HEADS, broken_links, record
from models.keys import decrypt_ids, encrypt_ids, index_ids
from models.settings import settings
from tasks.policy import VERSIONS

NOON = datetime(2020, 1, 20, 4, tzinfo=UTC)


@pytest.fixture
def installation(biye_home: Path, engine_name: str) -> str:
    """An empty, migrated installation on each engine."""
    return engine_name


def test_the_migrated_schema_equals_the_models(installation: str) -> None:
    with database.engine().connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []


def test_migrating_again_changes_nothing(installation: str) -> None:
    with database.transaction() as db:
        record(db, "season:2020-01", "opened", NOON)
    database.migrate()
    with database.reading() as db:
        assert db.execute(select(EVENTS.c.kind)).scalars().all() == ["opened"]


def test_an_instant_comes_back_as_the_same_moment_in_shanghai(installation: str) -> None:
    written = datetime(2019, 12, 2, 23, 59, tzinfo=timezone(timedelta(hours=8)))
    with database.transaction() as db:
        db.execute(insert(VERSIONS), {"version": "v", "archived": "a", "loaded_at": written})
    with database.reading() as db:
        read = db.execute(select(VERSIONS.c.loaded_at)).scalar_one()
    assert read == written
    assert read.isoformat() == "2019-12-02T23:59:00+08:00"


def test_the_database_itself_refuses_a_state_that_no_enum_knows(installation: str) -> None:
    approval = schema.metadata.tables["approval"]
    row = {"season": "2020-01", "kind": "lot-audit", "subject_id": 1, "frozen_hash": "", "count": 0}
    row |= {"summary": {}, "proposer": "甲", "proposed_at": NOON, "note": "", "state": "nonsense"}
    with pytest.raises(IntegrityError), database.transaction() as db:
        db.execute(insert(approval), row)


def test_an_untouched_log_has_no_broken_link(installation: str) -> None:
    _three_events()
    with database.reading() as db:
        assert list(broken_links(db)) == []


def test_an_altered_event_is_found(installation: str) -> None:
    _three_events()
    with database.transaction() as db:
        db.execute(update(EVENTS).where(EVENTS.c.seq == 2).values(actor="someone else"))
        assert list(broken_links(db)) == [("lot:1", 2, "the event was altered")]


@pytest.mark.parametrize("lost", [1, 2, 3])
def test_a_removed_event_is_found_wherever_it_stood(installation: str, lost: int) -> None:
    _three_events()
    with database.transaction() as db:
        db.execute(delete(EVENTS).where(EVENTS.c.seq == lost))
        assert list(broken_links(db))


def _three_events() -> None:
    for number in range(3):
        with database.transaction() as db:
            record(db, "lot:1", "audited", NOON, ids=[number, 7], run=number)


def test_a_stream_removed_with_its_head_is_found_by_the_daily_seal(installation: str) -> None:
    _three_events()
    with database.transaction() as db:
        assert seal_day(db, NOON.date(), NOON) == 1
        assert seal_day(db, NOON.date(), NOON) == 0
        assert list(vanished(db)) == []
        db.execute(delete(EVENTS).where(EVENTS.c.stream == "lot:1"))
        db.execute(delete(HEADS).where(HEADS.c.stream == "lot:1"))
        assert list(broken_links(db)) == []
        assert list(vanished(db)) == [("lot:1", 3, VANISHED)]


def test_an_id_number_is_stored_so_that_only_the_key_reads_it(installation: str) -> None:
    number = "999999199001010014"
    (first,), (second,) = encrypt_ids([number]), encrypt_ids([number])
    assert number.encode() not in first
    assert first != second
    assert decrypt_ids([first, second]) == [number, number]
    assert index_ids([number]) == index_ids([number]) != index_ids(["999999199001010022"])


def test_keys_are_readable_by_their_owner_alone(installation: str) -> None:
    encrypt_ids(["999999199001010014"])
    assert [path.stat().st_mode & 0o777 for path in settings().folder("keys").iterdir()] == [0o600]


def test_events_of_one_commit_are_numbered_as_they_were_recorded_and_seen_by_their_own_transaction(
    installation: str,
) -> None:
    with database.transaction() as db:
        for place in range(3):
            for stream in ("lot:2", "lot:1"):
                record(db, stream, "audited", NOON, ids=[place], place=place)
        seen = db.execute(select(EVENTS.c.stream, EVENTS.c.seq, EVENTS.c.data).order_by(EVENTS.c.id)).all()
        assert [tuple(one) for one in seen] == [
            (stream, place + 1, {"place": place}) for place in range(3) for stream in ("lot:2", "lot:1")
        ]
        record(db, "lot:1", "audited", NOON, place=3)
    with database.reading() as db:
        assert list(broken_links(db)) == []
        assert dict(db.execute(select(HEADS.c.stream, HEADS.c.seq)).tuples().all()) == {
            "lot:1": 4,
            "lot:2": 3,
        }


def test_events_of_a_transaction_that_was_taken_back_are_not_written_with_the_next(
    installation: str,
) -> None:
    with suppress(ZeroDivisionError), database.transaction() as db:
        record(db, "lot:1", "lost", NOON)
        raise ZeroDivisionError
    with database.trial() as db:
        record(db, "lot:1", "tried", NOON)
        assert db.scalar(select(EVENTS.c.kind)) == "tried"
    with database.transaction() as db:
        record(db, "lot:1", "kept", NOON)
    with database.reading() as db:
        assert db.scalars(select(EVENTS.c.kind)).all() == ["kept"]
