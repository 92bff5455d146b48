"""A backup holds database, archive and keys of one moment, and a season can be read from it."""

import json
import os
import shutil
import stat
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy

from models import database
from models.event import record
from rules.refusals import Refused
from tasks import backup
from tasks.backup import back_up
from tasks.case_view import case_view
from tasks.verification import verify
from tests.conftest import forget_installation
from tests.engines import SERVER, server, server_answers
from tests.played_season import DONE
from tests.tasks.test_case_view import one_with


def moved_to(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database.engine().dispose()
    monkeypatch.setenv("BIYE_HOME", str(home))
    forget_installation()


@pytest.mark.usefixtures("played")
def test_a_season_is_read_from_its_backup_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    number = one_with(custody="at-centre")
    before, home = case_view(number, DONE), tmp_path / "home"
    made = back_up(tmp_path / "copies" / "one", DONE)
    assert made.keys == 3
    assert made.files
    shutil.rmtree(home)
    moved_to(tmp_path / "copies" / "one", monkeypatch)
    assert case_view(number, DONE) == before
    assert verify(files=True).broken == []
    said = json.loads((tmp_path / "copies" / "one" / "backup.json").read_text(encoding="utf-8"))
    assert (said["database"], said["files"]) == ("biye.db", str(made.files))


@pytest.mark.usefixtures("played")
def test_only_its_owner_may_read_a_backup(tmp_path: Path):
    folder = back_up(tmp_path / "copy", DONE).folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    private = [folder / "biye.db", *(folder / "keys").iterdir()]
    assert {stat.S_IMODE(file.stat().st_mode) for file in private} == {0o600}


@pytest.mark.usefixtures("played")
def test_a_backup_taken_while_others_write_is_of_one_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            with database.transaction() as db:
                record(db, "season:2020-01", "written", DONE)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        back_up(tmp_path / "copy", DONE)
    finally:
        stop.set()
        writer.join()
    moved_to(tmp_path / "copy", monkeypatch)
    assert verify(files=True).broken == []


@pytest.mark.usefixtures("played")
@pytest.mark.parametrize(
    ("place", "why"),
    [("home", "BIYE_HOME"), ("home/archive/x", "BIYE_HOME"), ("full", "not empty"), ("file", "a file")],
)
def test_a_destination_that_would_be_overwritten_or_copied_into_itself_is_refused(
    tmp_path: Path, place: str, why: str
):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "kept").write_text("kept")
    (tmp_path / "file").write_text("kept")
    with pytest.raises(Refused, match="backup-destination") as refused:
        back_up(tmp_path / place, DONE)
    assert why in str(refused.value)
    assert (tmp_path / "full" / "kept").read_text() == "kept"


@pytest.mark.usefixtures("played")
def test_a_backup_that_breaks_off_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def no_space(_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "_copy_keys", no_space)
    with pytest.raises(Refused, match="No space left"):
        back_up(tmp_path / "copies" / "one", DONE)
    assert list((tmp_path / "copies").iterdir()) == []


def _url(name: str) -> str:
    return sqlalchemy.make_url(SERVER).set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def on_postgres(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An installation on PostgreSQL with one event; the URL of an empty database to restore into."""
    if not server_answers():
        pytest.skip("left out: no PostgreSQL can be reached (BIYE_TEST_DATABASE_URL)")
    names = tuple(f"biye_test_{what}_{os.getpid()}" for what in ("backup", "restore"))
    with server().connect() as connection:
        for name in names:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
    monkeypatch.setenv("BIYE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BIYE_DATABASE_URL", _url(names[0]))
    forget_installation()
    database.migrate()
    with database.transaction() as db:
        record(db, "season:2020-01", "opened", DONE)
    yield _url(names[1])
    database.engine().dispose()
    forget_installation()
    with server().connect() as connection:
        for name in names:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.skipif(shutil.which("pg_dump") is None, reason="left out: no pg_dump on this machine")
def test_a_postgresql_database_is_dumped_and_can_be_restored(
    on_postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    made = back_up(tmp_path / "copy", DONE)
    assert made.database == "biye.dump"
    dump = str(made.folder / made.database)
    subprocess.run(["pg_restore", f"--dbname={on_postgres}", dump], check=True, capture_output=True)
    monkeypatch.setenv("BIYE_DATABASE_URL", on_postgres)
    moved_to(made.folder, monkeypatch)
    seen = verify()
    assert (seen.events, seen.broken) == (1, [])


@pytest.mark.usefixtures("on_postgres")
def test_without_pg_dump_the_command_to_run_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(backup.shutil, "which", lambda _: None)
    with pytest.raises(Refused, match="backup-no-pg-dump") as refused:
        back_up(tmp_path / "copy", DONE)
    assert "pg_dump --format=custom" in str(refused.value)
    assert not (tmp_path / "copy").exists()


@pytest.mark.usefixtures("played")
def test_the_password_stands_in_no_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    ran: list[list[str]] = []

    def run(command: list[str], env: dict[str, str], **_: object) -> subprocess.CompletedProcess[str]:
        ran.append(command)
        assert env["PGPASSWORD"] == "s3cret"
        return subprocess.CompletedProcess(command, 1, "", "pg_dump: error: no")

    monkeypatch.setattr(backup.shutil, "which", lambda name: name)
    monkeypatch.setattr(backup.subprocess, "run", run)
    url = sqlalchemy.make_url("postgresql://u:s3cret@127.0.0.1/x")
    with pytest.raises(Refused, match="backup-pg-dump-failed"):
        backup._dump_postgres(url, tmp_path)
    assert "s3cret" not in str(ran)
