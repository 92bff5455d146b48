"""Stocktakes at a place, and how each certificate stands in them (N5)."""

from datetime import datetime

from sqlalchemy import Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.columns import Instant

_OPEN = text("closed_at IS NULL")


class Stocktake(SQLModel, table=True):
    """One stocktake of one place, which has one open at a time. Personal data: who opened and closed it."""

    __tablename__ = "stocktake"
    __table_args__ = (
        Index("uq_stocktake_open", "organisation", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )
    id: int | None = Field(default=None, primary_key=True)
    organisation: str = Field(max_length=7)
    opened_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    opened_by: str = Field(max_length=80)
    closed_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    closed_by: str = Field(default="", max_length=80)


class StocktakeRow(SQLModel, table=True):
    """One certificate in one stocktake. Personal data: `found_by` and `explained_by` name staff."""

    __tablename__ = "stocktake_row"
    __table_args__ = (UniqueConstraint("stocktake_id", "case_id"),)
    id: int | None = Field(default=None, primary_key=True)
    stocktake_id: int = Field(foreign_key="stocktake.id")
    case_id: int = Field(foreign_key="graduation_case.id", index=True)
    listed: bool  # custody said that it lay here: at the opening, or when it was last scanned
    found_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    found_by: str = Field(default="", max_length=80)
    reason: str = Field(default="", max_length=16)  # rules.stocktake.Explanation
    note: str = ""
    explained_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    explained_by: str = Field(default="", max_length=80)
    verdict: str = Field(default="", max_length=16)  # frozen when the stocktake is closed
