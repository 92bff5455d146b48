"""Seasons that are closed: nothing but CHSI's answers comes in, and their phases end at once (N5)."""

from datetime import datetime

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from models.columns import Instant, table_of


class SeasonClosure(SQLModel, table=True):
    """A closed season: since when, and by which approval. Personal data: `closed_by` (staff)."""

    __tablename__ = "season_closure"
    season: str = Field(primary_key=True, max_length=16)
    approval_id: int = Field(foreign_key="approval.id")
    closed_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    closed_by: str = Field(max_length=80)
    missing: int  # people who missed a step then, each with a cause and an owner


CLOSURES = table_of(SeasonClosure)
