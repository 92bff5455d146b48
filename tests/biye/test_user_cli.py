"""`biye user` as an administrator types it: add, list, reset, disable (G2)."""

import json
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from click.testing import Result
from typer.testing import CliRunner

from biye.cli import app
from models.database import engine, migrate
from rules.clock import now_in_shanghai
from tasks.account import let_in
from tasks.policy import load_reference
from tests.conftest import forget_installation
from tests.printed_lots import PACKED, SHIPPED

PASSWORD = "correct horse battery staple"


@pytest.fixture(autouse=True)
def _installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("BIYE_HOME", str(tmp_path))
    forget_installation()
    migrate()
    load_reference(SHIPPED, PACKED)
    yield
    engine().dispose()
    forget_installation()


def user(*arguments: str, password: str = PASSWORD) -> Result:
    return CliRunner().invoke(app, ["user", *arguments], input=f"{password}\n")


def added(name: str = "east", role: str = "centre", unit: str = "1100201") -> str:
    """Make an account and return the secret that is shown once."""
    made = user("add", name, "--role", role, "--unit", unit, "--password-stdin", "--json")
    assert made.exit_code == 0, made.output
    return str(json.loads(made.stdout)["totp_secret"])


def opens(secret: str, password: str = PASSWORD, name: str = "east") -> bool:
    now = now_in_shanghai()
    return let_in(name, password, pyotp.TOTP(secret).at(now), "127.0.0.1", now) is not None


def test_an_account_opens_with_password_and_code_and_its_secrets_are_listed_nowhere() -> None:
    secret = added()
    assert opens(secret)
    listed = user("list")
    assert "东城学习中心" in listed.stdout
    assert secret not in user("list", "--json").stdout
    assert "argon2" not in user("list", "--json").stdout


def test_after_a_reset_only_the_new_secrets_open() -> None:
    old = added()
    new = json.loads(
        user("reset", "east", "--password-stdin", "--json", password="another horse staple").stdout
    )
    assert not opens(old)
    assert not opens(new["totp_secret"])
    assert opens(new["totp_secret"], "another horse staple")


def test_a_disabled_account_opens_no_more_until_it_is_reset() -> None:
    secret = added()
    assert user("disable", "east").exit_code == 0
    assert not opens(secret)
    again = json.loads(user("reset", "east", "--password-stdin", "--json").stdout)
    assert opens(again["totp_secret"])


@pytest.mark.parametrize(
    ("arguments", "password", "refused"),
    [
        (("add", "East!", "--role", "centre", "--unit", "1100201"), PASSWORD, "account-name"),
        (("add", "east", "--role", "branch", "--unit", "1100201"), PASSWORD, "account-unit"),
        (("add", "east", "--role", "centre", "--unit", "999"), PASSWORD, "N9-unknown-organisation"),
        (("add", "east", "--role", "centre", "--unit", "1100201"), "short", "password-weak"),
        (("add", "taken", "--role", "centre", "--unit", "1100201"), PASSWORD, "account-taken"),
        (("reset", "nobody"), PASSWORD, "account-unknown"),
    ],
)
def test_what_is_wrong_is_refused_with_its_code(
    arguments: tuple[str, ...], password: str, refused: str
) -> None:
    added("taken")
    told = user(*arguments, "--password-stdin", password=password)
    assert told.exit_code == 1
    assert refused in told.stderr
    assert refused in ("account-unknown",) or len(json.loads(user("list", "--json").stdout)) == 1
