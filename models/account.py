"""Accounts of the web application, their sessions, and how often somebody tried (N9, G2)."""

from datetime import datetime

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from models.columns import Instant, state_column
from rules.accounts import Role


class Account(SQLModel, table=True):
    """Somebody of the university's staff, or a unit's phone, which has no password and is bound by a code.

    Personal data: `name` names staff; the TOTP secret is encrypted.
    """

    __tablename__ = "account"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=32, unique=True)
    role: str = Field(sa_column=state_column(Role, "role"))
    unit: str = Field(max_length=7)
    password_hash: str = Field(max_length=160)  # argon2id; empty: a phone
    totp_cipher: bytes
    totp_step: int = 0  # of the last code taken: none counts twice
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    disabled_at: datetime | None = Field(default=None, sa_column=Column(Instant))


class PhoneInvitation(SQLModel, table=True):
    """A code that binds one phone, for minutes. Personal data: none; `digest` is the SHA-256 of the code."""

    __tablename__ = "phone_invitation"
    digest: bytes = Field(primary_key=True, max_length=32)
    account_id: int = Field(foreign_key="account.id")
    expires_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class WebSession(SQLModel, table=True):
    """One browser that is let in: an account, or a student who looks at one case. Personal data: none.

    digest: SHA-256 of the cookie's random token; the token itself is nowhere.
    """

    __tablename__ = "web_session"
    digest: bytes = Field(primary_key=True, max_length=32)
    account_id: int | None = Field(default=None, foreign_key="account.id", index=True)
    case_id: int | None = Field(default=None, foreign_key="graduation_case.id")
    begun_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    expires_at: datetime = Field(sa_column=Column(Instant, nullable=False, index=True))


class Attempt(SQLModel, table=True):
    """How often something was tried since a moment. Personal data: none; `digest` is a keyed hash of whom."""

    __tablename__ = "attempt"
    digest: bytes = Field(primary_key=True, max_length=32)
    since: datetime = Field(sa_column=Column(Instant, nullable=False))
    count: int
