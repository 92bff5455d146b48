"""What somebody found wrong on a certificate, and its correction (N5)."""

from datetime import datetime

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from models.columns import Instant


class CertificateProblem(SQLModel, table=True):
    """One problem of one certificate, or of its record.

    Personal data: what is printed and what is right; names of staff.
    """

    __tablename__ = "certificate_problem"
    id: int | None = Field(default=None, primary_key=True)
    season: str = Field(max_length=16, index=True)
    case_id: int = Field(foreign_key="graduation_case.id", index=True)
    number: str = Field(max_length=18)
    about: str = Field(default="certificate", max_length=16)  # certificate, record (that of CHSI)
    field: str = Field(max_length=16)  # name, sex, birth_date, … (rules/certificate_problem.py)
    found: str = Field(max_length=80)  # what the finder says
    found_by: str = Field(max_length=7)
    owner: str = Field(max_length=7)  # who has to act
    state: str = Field(default="open", max_length=16)  # open, proposed, corrected, dismissed
    opened_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    correct: str = Field(default="", max_length=80)  # the right value, as proposed
    evidence: str | None = Field(default=None, max_length=64)  # SHA-256 of the file
    settled_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    registry: str = Field(default="", max_length=16)  # wanted, done; empty: nothing registered is concerned
    registry_document: str = Field(default="", max_length=80)
