"""What students confirm at pick-up: the certificate, and the CHSI record once it is public (N5)."""

from datetime import date, datetime

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from models.columns import Instant, state_column
from rules.confirmation import RecordCheck


class Confirmation(SQLModel, table=True):
    """The two confirmations of one certificate handed over. Personal data: `actor`s name staff."""

    __tablename__ = "confirmation"
    id: int | None = Field(default=None, primary_key=True)
    season: str = Field(max_length=16, index=True)
    case_id: int = Field(foreign_key="graduation_case.id", unique=True)
    centre: str = Field(max_length=7)  # handed it over, and owns what is deferred
    # That the certificate is right; None: handed over before this was recorded.
    certificate_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    certificate_actor: str = Field(default="", max_length=80)
    # That the record is right.
    record: str = Field(sa_column=state_column(RecordCheck, "record", RecordCheck.DEFERRED))
    asked_on: date | None = None  # day 0 of the promise, if it was deferred
    record_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    record_by: str = Field(default="", max_length=7)  # the unit that entered it
    record_actor: str = Field(default="", max_length=80)
    tracking: str = Field(default="scan", max_length=8)  # scan: entered at the centre; paper: off a list
