"""`biye doctor` says what is missing and how to get it, and fails only for what is needed."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from biye import checkup
from biye.cli.doctor import app
from models.keys import key
from tests.conftest import forget_installation
from tests.played_season import played, played_home  # noqa: F401

run = CliRunner().invoke


def by_name() -> dict[str, checkup.Finding]:
    """Finding by its name."""
    return {one.name: one for one in checkup.findings()}


def test_a_fresh_installation_is_healthy(biye_home: Path) -> None:
    answer = run(app, ["--json"])
    said = json.loads(answer.stdout)
    assert answer.exit_code == 0, answer.stdout
    assert said["healthy"]
    assert all(one["ok"] for one in said["findings"] if one["required"])


def test_nothing_is_made_by_looking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIYE_HOME", str(tmp_path / "new"))
    forget_installation()
    assert run(app, []).exit_code == 0
    assert not (tmp_path / "new").exists()
    forget_installation()


def test_a_home_that_cannot_be_written_is_named_with_its_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("BIYE_HOME", str(tmp_path / "file" / "home"))
    forget_installation()
    answer = run(app, [])
    assert answer.exit_code == 1
    assert "✗ BIYE_HOME" in answer.stdout
    assert "→" in answer.stdout
    forget_installation()


def test_a_key_that_others_may_read_is_named(biye_home: Path) -> None:
    key("seal")
    assert by_name()["密钥 keys (0600)"].ok
    (biye_home / "keys" / "seal.key").chmod(0o644)
    found = by_name()["密钥 keys (0600)"]
    assert (found.ok, found.found) == (False, "seal.key")


def test_a_database_that_is_not_migrated_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIYE_HOME", str(tmp_path))
    (tmp_path / "biye.db").touch()
    forget_installation()
    assert not by_name()["数据库 database"].ok
    monkeypatch.setenv("BIYE_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none?connect_timeout=2")
    forget_installation()
    found = by_name()["数据库 database"]
    assert (found.ok, found.found) == (False, "OperationalError")
    forget_installation()


@pytest.mark.parametrize(
    ("name", "number"), [("fastapi", "0.155.0"), ("sqlalchemy", "2.1.9"), ("prefect", "3.9.1")]
)
def test_a_version_that_prefect_does_not_survive_is_found(
    monkeypatch: pytest.MonkeyPatch, name: str, number: str
) -> None:
    installed = checkup.version
    pins = next(one for one in checkup.findings() if "prefect==" in one.name)
    assert pins.ok
    monkeypatch.setattr(checkup, "version", lambda asked: number if asked == name else installed(asked))
    found = by_name()[pins.name]
    assert not found.ok
    assert number in found.found


def test_what_is_only_handy_does_not_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkup, "BROWSERS", ("no-such-browser",))
    assert run(app, []).exit_code == 0
    assert "! Chromium" in run(app, []).stdout


@pytest.mark.parametrize("lost", ["seal.key", "id.key", "index.key"])
def test_a_lost_key_is_named_and_not_made_anew(played: Path, lost: str) -> None:  # noqa: F811
    (played / "keys" / lost).unlink()
    found = by_name()["密钥 keys (0600)"]
    assert not found.ok
    assert lost in found.found
    assert not (played / "keys" / lost).exists()
