"""Exemption applications (免修免考申请) as received; whether one is late follows from the pack (R3)."""

from datetime import date, datetime

from sqlalchemy import Column, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import Instant


class ExemptionApplication(SQLModel, table=True):
    """One student's application for one course. Personal data: all columns that say who asked for what."""

    __tablename__ = "exemption_application"
    __table_args__ = (
        UniqueConstraint("submission_id", "row"),
        Index("ix_exemption_student", "season", "student_id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    season: str = Field(max_length=16)
    student_id: int = Field(foreign_key="student.id")
    course_id: int
    kind: str = Field(max_length=8)  # 免修, 免考, 免修免考
    reason: str = Field(sa_column=Column(Text, nullable=False))
    handed_in: date  # as the unit states it; what counts is received_at
    submission_id: int = Field(foreign_key="submission.id")
    row: int
    received_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    withdrawn_at: datetime | None = Field(default=None, sa_column=Column(Instant))
