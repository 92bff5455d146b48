"""Archive, answers and keys of several machines: an S3-compatible store and keys that are shared."""

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.object_store import ASKS, address, object_store
from biye.checkup import findings
from models import archive
from models.keys import decrypt_ids, encrypt_ids, key, make_keys
from models.out import lay_out, lying_out, take_away
from models.settings import settings
from rules.refusals import Refused


def look_again() -> None:
    """Look at the environment again; connections to the database stay."""
    settings.cache_clear()
    key.cache_clear()


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    """A real S3 server with an empty bucket."""
    with object_store() as server:
        yield server


@pytest.fixture
def elsewhere(store: str, biye_home: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest):
    """An installation whose archive and answers lie in the bucket, under the test's own name."""
    for name, value in ASKS.items():
        monkeypatch.setenv(name, value)
    place = hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:12]
    monkeypatch.setenv("BIYE_ARCHIVE_URL", address(store, f"{place}/archive"))
    monkeypatch.setenv("BIYE_OUT_URL", address(store, f"{place}/out"))
    look_again()
    return biye_home


def test_what_is_kept_in_a_bucket_comes_back_and_is_copied_once(elsewhere: Path, tmp_path: Path) -> None:
    digest = archive.keep(b"grades" * 1000)
    assert archive.keep(b"grades" * 1000) == digest
    assert archive.fetch(digest) == b"grades" * 1000
    assert archive.is_whole(digest)
    assert not archive.is_whole("0" * 64)
    assert archive.copy_to(tmp_path / "copy") == (1, 6000)
    assert (tmp_path / "copy" / digest[:2] / digest).read_bytes() == b"grades" * 1000
    assert not (elsewhere / "archive").exists()


def test_bytes_in_a_bucket_that_were_altered_are_found(elsewhere: Path) -> None:
    digest = archive.keep(b"as it was received")
    with archive.store().open_output_stream(archive.path_of(digest)) as altered:
        altered.write(b"something else")
    assert not archive.is_whole(digest)


def test_answers_lie_in_the_bucket_until_they_are_taken_away(elsewhere: Path) -> None:
    told = lay_out("110", "回执-000001.csv", b"first")
    assert lay_out("110", "回执-000001.csv", b"second") == told
    assert told.endswith("/out/110/回执-000001.csv")
    assert "?" not in told
    assert lying_out("110", "回执-000001.csv", "未接收-000001.xlsx") == [told]
    take_away("110", "回执-000001.csv")
    take_away("110", "回执-000001.csv")
    assert lying_out("110", "回执-000001.csv") == []
    assert not (elsewhere / "out").exists()


def test_an_address_with_a_password_is_refused_without_it(biye_home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BIYE_ARCHIVE_URL", "s4://user:s3cret@biye/archive?secret=hidden")
    look_again()
    with pytest.raises(Refused, match="address-unknown") as refused:
        archive.keep(b"x")
    assert "s4://biye/archive" in str(refused.value)
    assert "s3cret" not in str(refused.value)
    assert "hidden" not in str(refused.value)


def test_the_doctor_finds_a_bucket_that_is_not_there(elsewhere: Path, monkeypatch: pytest.MonkeyPatch):
    def archive_found() -> bool:
        return next(one.ok for one in findings() if one.name.startswith("归档"))

    assert archive_found()
    monkeypatch.setenv("BIYE_ARCHIVE_URL", settings().archive.replace("s3://biye/", "s3://not-there/"))
    look_again()
    assert not archive_found()


def test_a_machine_without_the_shared_keys_makes_none(biye_home: Path, monkeypatch: pytest.MonkeyPatch):
    encrypted = encrypt_ids(["999999199001010014"])
    make_keys()
    monkeypatch.setenv("BIYE_HOME", str(biye_home.parent / "second"))
    monkeypatch.setenv("BIYE_KEYS_FOLDER", str(biye_home.parent / "mounted"))
    look_again()
    with pytest.raises(Refused, match="keys-not-shared"):
        decrypt_ids(encrypted)
    assert not (biye_home.parent / "mounted").exists()
    shutil.copytree(biye_home / "keys", biye_home.parent / "mounted")
    assert decrypt_ids(encrypted) == ["999999199001010014"]
