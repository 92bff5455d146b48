"""Lists of certificates that are away for a partner university's seal (送盖章清单, N2)."""

from datetime import datetime

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from models.columns import Instant


class SealList(SQLModel, table=True):
    """One list to one partner. Personal data: names of staff; the files in the archive name students."""

    __tablename__ = "seal_list"
    id: int | None = Field(default=None, primary_key=True)
    season: str = Field(max_length=16, index=True)
    partner: str = Field(max_length=80)
    certificates: int
    workbook: str = Field(max_length=64)  # SHA-256 of both files
    document: str = Field(max_length=64)
    sent_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    sent_by: str = Field(max_length=80)


class SealRow(SQLModel, table=True):
    """One certificate of a list. Personal data: the number identifies a person; `by` names staff."""

    __tablename__ = "seal_row"
    id: int | None = Field(default=None, primary_key=True)
    list_id: int = Field(foreign_key="seal_list.id", index=True)
    case_id: int = Field(foreign_key="graduation_case.id", index=True)
    number: str = Field(max_length=18)
    outcome: str = Field(default="", max_length=16)  # sealed, missing, damaged; empty: still away
    returned_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    by: str = Field(default="", max_length=80)
