"""Promises: duty, clause, subject, clock, holder (DESIGN 3)."""

from datetime import date

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import state_column
from rules.promises import PromiseState as PromiseState


class Promise(SQLModel, table=True):
    """One duty towards one subject; a lot's cases of one start day share a row. Personal data: none."""

    __tablename__ = "promise"
    __table_args__ = (UniqueConstraint("season", "duty", "subject", "subject_id", "started_on"),)
    id: int | None = Field(default=None, primary_key=True)
    season: str = Field(max_length=16, index=True)
    duty: str = Field(max_length=32)  # registry-upload, certificate, certificate-in-hand, …
    clause: str = Field(max_length=8)
    subject: str = Field(max_length=16)  # lot, package, problem, unit, season
    subject_id: int
    started_on: date
    due_on: date | None = None
    holder: str = Field(max_length=7)  # the unit that answers for it
    total: int  # cases it covers
    open: int  # of them not yet done
    state: str = Field(sa_column=state_column(PromiseState, "state", PromiseState.RUNNING))
    done_on: date | None = None
    calendar_version: str = Field(max_length=64)
    policy_hash: str = Field(max_length=64)
