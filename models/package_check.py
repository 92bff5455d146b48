"""Checking of packages on arrival: what was expected, what was found (R2)."""

from datetime import datetime

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from models.columns import Instant


class PackageCheck(SQLModel, table=True):
    """One check of one package. Personal data: `actor` names staff."""

    __tablename__ = "package_check"
    id: int | None = Field(default=None, primary_key=True)
    package_id: int = Field(foreign_key="package.id", index=True)
    organisation: str = Field(max_length=7)
    expected: int
    found: int
    checked_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    actor: str = Field(max_length=80)


class CheckFinding(SQLModel, table=True):
    """One certificate that a check found wrong. Personal data: the number identifies a person."""

    __tablename__ = "check_finding"
    id: int | None = Field(default=None, primary_key=True)
    check_id: int = Field(foreign_key="package_check.id", index=True)
    package_id: int = Field(foreign_key="package.id", index=True)
    case_id: int | None = Field(default=None, foreign_key="graduation_case.id", index=True)
    number: str = Field(max_length=18)
    kind: str = Field(max_length=16)  # missing, extra, damaged, wrong-name (rules/package_check.py)
    sender: str = Field(max_length=7)  # who had the package before
    owner: str = Field(max_length=7)  # who has to act
    state: str = Field(default="open", max_length=16)  # open, found, reprinted
    since: datetime = Field(sa_column=Column(Instant, nullable=False))
    settled_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    settled_by: str = Field(default="", max_length=80)
