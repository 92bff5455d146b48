"""The outbox: what has to happen outside once, and how far it has come (DESIGN 6)."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import Instant, state_column, table_of


class OutboxState(StrEnum):
    """How far an effect outside has come."""

    NEW = "new"  # certainly did not happen yet
    SENDING = "sending"  # somebody is at it; if nobody is, it may have happened
    UNKNOWN = "unknown"  # may have happened: ask first
    DONE = "done"
    REFUSED = "refused"  # the other side said no: never again by itself


class Outgoing(SQLModel, table=True):
    """One effect outside; its idempotency key is kept for ever. Personal data: none."""

    __tablename__ = "outbox"
    __table_args__ = (UniqueConstraint("kind", "subject_id"),)
    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=128, unique=True)
    season: str = Field(max_length=16)
    kind: str = Field(max_length=32)  # registry-upload
    subject_id: int  # the registry package's id
    state: str = Field(sa_column=state_column(OutboxState, "state", OutboxState.NEW))
    attempts: int = 0  # who claimed the row last; a write under an earlier number is refused
    code: str = Field(default="", max_length=48)  # why it stands where it stands
    receipt: str = Field(default="", max_length=64)  # the other side's, once it is done
    changed_at: datetime = Field(sa_column=Column(Instant, nullable=False))


OUTBOX = table_of(Outgoing)
