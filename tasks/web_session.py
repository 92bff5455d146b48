"""Sessions of the web application, in the database: a cookie is a random token, kept as its hash (G2)."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from models.account import Account, WebSession
from models.columns import table_of
from models.database import reading, transaction
from rules.accounts import Act, Role, may

_ACCOUNTS, _SESSIONS = table_of(Account), table_of(WebSession)
OF_STAFF = timedelta(hours=10)  # a working day
OF_STUDENT = timedelta(minutes=30)
OF_PHONE = timedelta(days=180)  # a season; a lost one is cut off at once


@dataclass(frozen=True)
class Visitor:
    """Who asks: an account with its role and unit."""

    account_id: int
    name: str
    role: Role
    unit: str

    def may(self, act: Act) -> bool:
        """Say whether this visitor's role may do something."""
        return may(self.role, act)


def begin_session(at: datetime, *, account_id: int | None = None, case_id: int | None = None) -> str:
    """Let a browser in and return its cookie's token: an account, or a student with one case."""
    with transaction() as db:
        lasts = OF_STAFF if account_id else OF_STUDENT
        return open_session(db, at, lasts, account_id=account_id, case_id=case_id)


def open_session(
    db: Connection,
    at: datetime,
    lasts: timedelta,
    *,
    account_id: int | None = None,
    case_id: int | None = None,
) -> str:
    """Let a browser in within the caller's transaction and return its cookie's token."""
    token = secrets.token_urlsafe(32)
    row = {"digest": digest_of_token(token), "account_id": account_id, "case_id": case_id}
    db.execute(delete(_SESSIONS).where(_SESSIONS.c.expires_at <= at))
    db.execute(insert(_SESSIONS).values(**row, begun_at=at, expires_at=at + lasts))
    return token


def visitor_of(token: str, at: datetime) -> Visitor | None:
    """Return whose session a token is; None for none, one that is over, or a disabled account."""
    names = ("id", "name", "role", "unit")
    wanted = (
        select(*(_ACCOUNTS.c[name] for name in names))
        .join(_SESSIONS, _SESSIONS.c.account_id == _ACCOUNTS.c.id)
        .where(_SESSIONS.c.digest == digest_of_token(token), _SESSIONS.c.expires_at > at)
        .where(_ACCOUNTS.c.disabled_at.is_(None))
    )
    with reading() as db:
        found = db.execute(wanted).one_or_none()
    return Visitor(found.id, found.name, Role(found.role), found.unit) if found else None


def case_of(token: str, at: datetime) -> int | None:
    """Return the case that a student's session is about; None for none, or one that is over."""
    of_token = (_SESSIONS.c.digest == digest_of_token(token), _SESSIONS.c.expires_at > at)
    with reading() as db:
        return db.scalar(select(_SESSIONS.c.case_id).where(*of_token))


def end_session(token: str) -> None:
    """Let a browser in no more."""
    with transaction() as db:
        db.execute(delete(_SESSIONS).where(_SESSIONS.c.digest == digest_of_token(token)))


def digest_of_token(token: str) -> bytes:
    """Return what is kept of a token: its SHA-256."""
    return hashlib.sha256(token.encode()).digest()
