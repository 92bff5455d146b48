"""Extensions of enrolment validity (学籍延期): a unit's list, and each student's application (N8)."""

from datetime import date, datetime

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import Instant, state_column
from rules.extension import ExtensionState


class ExtensionList(SQLModel, table=True):
    """What a unit reported by the day of the list: applications, or nil. Personal data: none."""

    __tablename__ = "extension_list"
    __table_args__ = (UniqueConstraint("season", "branch"),)
    id: int | None = Field(default=None, primary_key=True)
    season: str = Field(max_length=16)
    branch: str = Field(max_length=3)
    nil: bool
    submission_id: int = Field(foreign_key="submission.id")  # the newest one
    received_at: datetime = Field(sa_column=Column(Instant, nullable=False))  # of the first one


class Extension(SQLModel, table=True):
    """One extension of one student. Personal data: the reason of a student's application.

    One that the academic system knows from earlier seasons has no list and no application.
    """

    __tablename__ = "extension"
    __table_args__ = (UniqueConstraint("student_id", "valid_until"),)
    id: int | None = Field(default=None, primary_key=True)
    list_id: int | None = Field(default=None, foreign_key="extension_list.id", index=True)
    student_id: int = Field(foreign_key="student.id", index=True)
    valid_until: str = Field(max_length=6)  # the last valid term, YYYY03 or YYYY09
    applied_on: date | None = None
    reason: str = ""
    attachment: str = ""  # the scan's name as the unit gave it
    scan: str | None = Field(default=None, max_length=64)  # SHA-256 of the written application
    state: str = Field(sa_column=state_column(ExtensionState, "state", ExtensionState.PENDING))
    document_no: str = Field(default="", max_length=80)
    decided_on: date | None = None
    submission_id: int = Field(foreign_key="submission.id")
