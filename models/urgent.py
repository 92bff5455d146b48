"""Urgent students (加急): whom units asked for, and whom HQ laid before a second person together (N4)."""

from datetime import datetime

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import Instant


class UrgentRequest(SQLModel, table=True):
    """A unit's request that a student be handled first (N4). Personal data: `reason`, about a student."""

    __tablename__ = "urgent_request"
    __table_args__ = (UniqueConstraint("season", "student_id"),)
    id: int | None = Field(default=None, primary_key=True)
    season: str = Field(max_length=16)
    student_id: int = Field(foreign_key="student.id", index=True)
    branch: str = Field(max_length=3)  # who asks
    reason: str
    submission_id: int = Field(foreign_key="submission.id")
    row: int
    received_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class UrgentList(SQLModel, table=True):
    """Cases proposed together for the urgent lane, one approval's subject. Personal data: `reason`."""

    __tablename__ = "urgent_list"
    id: int | None = Field(default=None, primary_key=True)
    season: str = Field(max_length=16, index=True)
    reason: str
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class UrgentCase(SQLModel, table=True):
    """One case of an urgent list; in force once the list is approved. Personal data: none."""

    __tablename__ = "urgent_case"
    list_id: int = Field(foreign_key="urgent_list.id", primary_key=True)
    case_id: int = Field(foreign_key="graduation_case.id", primary_key=True, index=True)
