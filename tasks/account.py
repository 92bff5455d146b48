"""Accounts: made, listed, reset, disabled, and let in by password and one-time code (G2)."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, Row, insert, select, update

from models.account import Account, WebSession
from models.columns import table_of
from models.database import reading, transaction
from models.event import record
from models.keys import decrypt_ids, encrypt_ids
from rules.accounts import Role, check_account
from rules.reference import Reference
from rules.refusals import Refused
from tasks.attempts import may_try

ACCOUNTS, SESSIONS = table_of(Account), table_of(WebSession)
LEAST_PASSWORD = 12
STREAM = "accounts"
_NAME = re.compile(r"[a-z][a-z0-9.-]{2,31}")
_STEP = 30  # seconds of one TOTP code
_TRIES, _TRIED_WITHIN = 10, timedelta(minutes=15)
_HASHER = PasswordHasher()
# What a password is compared with where there is no such account: as long as with any other.
_NOBODY = _HASHER.hash("nobody")


@dataclass(frozen=True)
class NewSecrets:
    """What is shown once to whoever made or reset an account. uri: for an authenticator's QR code."""

    name: str
    totp_secret: str
    uri: str


def add_account(
    name: str, role: Role, unit: str, password: str, at: datetime, actor: str, reference: Reference
) -> NewSecrets:
    """Make an account.

    Raises Refused account-name, account-taken, account-unit, password-weak, N9-unknown-organisation.
    """
    if not _NAME.fullmatch(name):
        raise Refused("account-name", name=name)
    check_account(role, unit, reference.tree)
    secret, values = _secrets(password)
    with transaction() as db:
        if _found(db, name) is not None:
            raise Refused("account-taken", name=name)
        row = {"name": name, "role": role, "unit": unit, "created_at": at, "totp_step": 0, **values}
        db.execute(insert(ACCOUNTS).values(**row))
        record(db, STREAM, "account-added", at, actor=actor, account=name, role=role.value, unit=unit)
    return _shown(name, secret)


def reset_account(name: str, password: str, at: datetime, actor: str) -> NewSecrets:
    """Set password and TOTP secret anew, let the account in again, and end its sessions."""
    secret, values = _secrets(password)
    with transaction() as db:
        account = _known(db, name)
        changed = values | {"disabled_at": None, "totp_step": 0}
        db.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == account.id).values(**changed))
        _end_sessions(db, account.id)
        record(db, STREAM, "account-reset", at, actor=actor, account=name)
    return _shown(name, secret)


def disable_account(name: str, at: datetime, actor: str) -> None:
    """Let an account in no more, from this moment on; Refused account-unknown."""
    with transaction() as db:
        account = _known(db, name)
        db.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == account.id).values(disabled_at=at))
        _end_sessions(db, account.id)
        record(db, STREAM, "account-disabled", at, actor=actor, account=name)


def list_accounts() -> list[dict[str, Any]]:
    """Return every account by unit and name, without its secrets."""
    shown = [ACCOUNTS.c[name] for name in ("name", "role", "unit", "created_at", "disabled_at")]
    with reading() as db:
        found = db.execute(select(*shown).order_by(ACCOUNTS.c.unit, ACCOUNTS.c.name)).mappings()
        return [dict(row) for row in found]


def let_in(name: str, password: str, code: str, address: str, at: datetime) -> int | None:
    """Return the account's id if name, password and one-time code are right; None, whatever was wrong.

    A code counts once. Too many tries for a name or from an address are told the same, for a while. The
    password is weighed between two transactions: it takes long, and SQLite has one writer.
    """
    limits = {f"login:{name}": _TRIES, f"login-from:{address}": _TRIES}
    with transaction() as db:
        free = may_try(db, limits, at, _TRIED_WITHIN)
        account = db.execute(select(ACCOUNTS).where(ACCOUNTS.c.name == name)).one_or_none()
    right = _is_password(account.password_hash if account else _NOBODY, password)
    step = _step_of(account, code, at)
    if account is None or not (free and right and step) or account.disabled_at:
        return None
    unused = (ACCOUNTS.c.id == account.id, ACCOUNTS.c.totp_step < step, ACCOUNTS.c.disabled_at.is_(None))
    with transaction() as db:
        taken = db.execute(update(ACCOUNTS).where(*unused).values(totp_step=step)).rowcount
    return int(account.id) if taken else None


def _secrets(password: str) -> tuple[str, dict[str, Any]]:
    if len(password) < LEAST_PASSWORD:
        raise Refused("password-weak", least=LEAST_PASSWORD)
    secret = pyotp.random_base32()
    return secret, {"password_hash": _HASHER.hash(password), "totp_cipher": encrypt_ids([secret])[0]}


def _shown(name: str, secret: str) -> NewSecrets:
    return NewSecrets(name, secret, pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name="Biye 毕业"))


def _found(db: Connection, name: str) -> Row[Any] | None:
    return db.execute(select(ACCOUNTS).where(ACCOUNTS.c.name == name).with_for_update()).one_or_none()


def _known(db: Connection, name: str) -> Row[Any]:
    account = _found(db, name)
    if account is None:
        raise Refused("account-unknown", name=name)
    return account


def _end_sessions(db: Connection, account_id: int) -> None:
    db.execute(SESSIONS.delete().where(SESSIONS.c.account_id == account_id))


def _is_password(hashed: str, password: str) -> bool:
    try:
        return _HASHER.verify(hashed, password)
    except (VerificationError, InvalidHashError):  # the latter: a phone has none
        return False


def _step_of(account: Row[Any] | None, code: str, at: datetime) -> int | None:
    """Return the time step whose code this is, of three around now and after the last taken; else None."""
    if account is None or not account.totp_cipher:
        return None
    totp, now = pyotp.TOTP(decrypt_ids([account.totp_cipher])[0]), int(at.timestamp()) // _STEP
    steps = (step for step in (now - 1, now, now + 1) if step > account.totp_step)
    return next((step for step in steps if totp.verify(code, for_time=step * _STEP)), None)
