"""Lots and approvals: what one unit's audited graduates are, and who said yes to what."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import Instant, state_column


class Lot(SQLModel, table=True):
    """The unit of task, retry and distribution: (season, batch, branch, lane, part). Personal data: none."""

    __tablename__ = "lot"
    __table_args__ = (UniqueConstraint("season", "batch", "branch", "lane", "part"),)
    id: int | None = Field(default=None, primary_key=True)
    season: str = Field(max_length=16)
    batch: int
    branch: str = Field(max_length=3)
    lane: str = Field(default="ordinary", max_length=16)
    part: int
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    approved_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    document_no: str | None = Field(default=None, max_length=80)
    cases: int = 0  # approved cases, frozen at approval


class ApprovalState(StrEnum):
    """How far an approval has come."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    STALE = "stale"  # what it froze is no longer so; proposed anew
    WITHDRAWN = "withdrawn"  # was approved; taken back before a number was allocated


class Approval(SQLModel, table=True):
    """A frozen, hashed list that a second person accepts or not. Personal data: names of staff."""

    __tablename__ = "approval"
    id: int | None = Field(default=None, primary_key=True)
    season: str = Field(max_length=16, index=True)
    batch: int | None = None
    kind: str = Field(max_length=32)  # rules.approvals.ApprovalKind
    subject_id: int  # what it is about: a lot, a registry package, the receipt of a correction …
    frozen_hash: str = Field(max_length=64)
    count: int
    summary: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    proposer: str = Field(max_length=80)
    proposed_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    state: str = Field(sa_column=state_column(ApprovalState, "state", ApprovalState.PROPOSED))
    decided_by: str | None = Field(default=None, max_length=80)
    decided_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    document_no: str | None = Field(default=None, max_length=80)
    note: str = ""
