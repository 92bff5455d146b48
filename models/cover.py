"""Estimates of certificate covers (封皮征订) as units sent them; a unit's latest for a level counts (N6)."""

from datetime import datetime

from sqlalchemy import Column, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import Instant


class CoverEstimate(SQLModel, table=True):
    """How many covers a unit asked for, for one level; earlier ones are kept. Personal data: none."""

    __tablename__ = "cover_estimate"
    __table_args__ = (
        UniqueConstraint("submission_id", "row"),
        Index("ix_cover_estimate_unit", "season", "branch", "level"),
    )
    id: int | None = Field(default=None, primary_key=True)
    season: str = Field(max_length=16)
    branch: str = Field(max_length=3)
    level: str = Field(max_length=8)
    quantity: int
    note: str = Field(sa_column=Column(Text, nullable=False))  # the explanation, empty where none was given
    submission_id: int = Field(foreign_key="submission.id")
    row: int
    received_at: datetime = Field(sa_column=Column(Instant, nullable=False))
