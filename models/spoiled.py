"""The ledger of spoiled sheets (作废台账), and certified statements in place of lost certificates (N5)."""

from datetime import datetime

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from models.columns import Instant


class SpoiledSheet(SQLModel, table=True):
    """One sheet that counts no longer. Personal data: the number identifies a person; `by` names staff."""

    __tablename__ = "spoiled_sheet"
    id: int | None = Field(default=None, primary_key=True)
    season: str = Field(max_length=16, index=True)
    case_id: int = Field(foreign_key="graduation_case.id", index=True)
    number: str = Field(max_length=18, index=True)
    sheet: int  # the how manieth under this number, from 1
    sheet_no: str = Field(default="", max_length=40)  # serial of the paper, where it has one
    reason: str = Field(max_length=16)  # misprint, damaged, lost, voided (rules/sheets.py)
    place: str = Field(max_length=16)  # the certificate's state of custody, or at-partner
    holder: str = Field(max_length=7)  # who had the sheet then
    by: str = Field(max_length=80)
    spoiled_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class CertifiedStatement(SQLModel, table=True):
    """One certified statement (毕业证明书). Personal data: the number identifies a person; `by`: staff."""

    __tablename__ = "certified_statement"
    id: int | None = Field(default=None, primary_key=True)
    season: str = Field(max_length=16, index=True)
    case_id: int = Field(foreign_key="graduation_case.id", unique=True)
    number: str = Field(max_length=18)  # of the certificate that it stands for
    reason: str = Field(max_length=16)  # lost, damaged
    archived: str = Field(max_length=64)  # SHA-256 of the PDF
    by: str = Field(max_length=80)
    issued_at: datetime = Field(sa_column=Column(Instant, nullable=False))
