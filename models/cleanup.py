"""Cleanup of expired enrolments (学籍清理): a unit's list, its rows, and the packages for CHSI (N8)."""

from datetime import date, datetime

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import Instant, state_column
from rules.withdrawal import WithdrawalState


class WithdrawalList(SQLModel, table=True):
    """One unit's candidates of one cleanup, and the notice to them. Personal data: names of staff."""

    __tablename__ = "withdrawal_list"
    __table_args__ = (UniqueConstraint("season", "cleanup", "branch"),)
    id: int | None = Field(default=None, primary_key=True)
    season: str = Field(max_length=16)
    cleanup: str = Field(max_length=40)
    branch: str = Field(max_length=3)
    listed_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    notified_on: date | None = None
    notified_by: str = Field(default="", max_length=80)
    notice: str = Field(default="", max_length=120)  # the notice's document


class Withdrawal(SQLModel, table=True):
    """One candidate. Personal data: that an enrolment ends, and what is disputed about it."""

    __tablename__ = "withdrawal"
    __table_args__ = (UniqueConstraint("list_id", "student_id"),)
    id: int | None = Field(default=None, primary_key=True)
    list_id: int = Field(foreign_key="withdrawal_list.id")
    student_id: int = Field(foreign_key="student.id", index=True)
    finding: str = Field(max_length=48)  # why a candidate, or what protects the student
    state: str = Field(sa_column=state_column(WithdrawalState, "state", WithdrawalState.LISTED))
    disputed: bool = False
    dispute: str = ""
    document_no: str = Field(default="", max_length=80)
    approved_on: date | None = None
    package_id: int | None = Field(default=None, foreign_key="withdrawal_package.id", index=True)
    answered_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    reason: str = Field(default="", max_length=80)  # of a rejection
    withdrawn_on: date | None = None  # the day on which the roster's status became 退学


class WithdrawalPackage(SQLModel, table=True):
    """One list's withdrawals as CHSI takes them. Personal data: none (the file lies in the archive)."""

    __tablename__ = "withdrawal_package"
    id: int | None = Field(default=None, primary_key=True)
    list_id: int = Field(foreign_key="withdrawal_list.id", index=True)
    archived: str = Field(max_length=64)  # SHA-256 of the DBF table
    rows: int
    exported_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    sent_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    sent_by: str = Field(default="", max_length=80)
    void: bool = False  # never sent: somebody in it was protected meanwhile
