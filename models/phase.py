"""The plan of a season's runs as rows, and the leases that keep one phase from running twice at once."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import Instant, state_column, table_of

WHOLE_SEASON = -1  # in a lease: the phase belongs to no batch (0 is the number of a cancelled batch)


class PlannedState(StrEnum):
    """How far a planned phase has come."""

    PLANNED = "planned"
    DONE = "done"
    SKIPPED = "skipped"  # was past when its deployment was made, so it is never run
    REMOVED = "removed"  # an amendment of the pack took it off the plan


class PlannedPhase(SQLModel, table=True):
    """One run that a season's policy plans; batch is empty for the season's own phases. No personal data."""

    __tablename__ = "planned_phase"
    __table_args__ = (
        UniqueConstraint("season", "flow", "batch", "due_at"),
        Index("ix_planned_phase_due", "state", "due_at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    season: str = Field(max_length=16)
    batch: int | None = None
    flow: str = Field(max_length=16)
    due_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    clause: str = Field(max_length=8)
    deployed_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    state: str = Field(sa_column=state_column(PlannedState, "state", PlannedState.PLANNED))
    done_at: datetime | None = Field(default=None, sa_column=Column(Instant))


class Lease(SQLModel, table=True):
    """Who is running a phase, and until when that is believed on the database's clock. No personal data."""

    __tablename__ = "lease"
    flow: str = Field(primary_key=True, max_length=16)
    season: str = Field(primary_key=True, max_length=16)
    batch: int = Field(primary_key=True)  # WHOLE_SEASON for a phase without a batch
    owner: str = Field(default="", max_length=128)  # empty: free
    expires_at: datetime = Field(sa_column=Column(Instant, nullable=False))


PLAN = table_of(PlannedPhase)
LEASE = table_of(Lease)
