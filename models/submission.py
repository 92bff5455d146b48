"""What units sent, as received: a receipt per file, a verdict per row that was not plainly accepted."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from models.columns import Instant, state_column


class SubmissionState(StrEnum):
    """How far a received file has come."""

    RECEIVED = "received"  # bytes kept, not yet judged
    JUDGED = "judged"
    QUARANTINED = "quarantined"  # refused whole; bytes kept, nothing applied


class Submission(SQLModel, table=True):
    """One received file; its id is the receipt number. Personal data: none (the bytes lie in the archive)."""

    __tablename__ = "submission"
    id: int | None = Field(default=None, primary_key=True)
    season: str = Field(max_length=16, index=True)
    kind: str = Field(max_length=32)
    branch: str = Field(max_length=3, index=True)
    filename: str = Field(max_length=255)
    sha256: str = Field(max_length=64, index=True)
    size: int
    received_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    recorded_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    state: str = Field(sa_column=state_column(SubmissionState, "state", SubmissionState.RECEIVED))
    code: str | None = Field(default=None, max_length=48)  # why quarantined
    detail: str | None = None  # why and where it was quarantined, else what was normalised; masked
    batch: int | None = None  # the batch it counts for; empty while parked or without window
    rows_read: int = 0
    accepted: int = 0
    refused: int = 0
    held: int = 0
    parked: int = 0
    duplicate: int = 0
    grades: str | None = Field(
        default=None, max_length=64
    )  # SHA-256 of the Parquet file of accepted grade rows


class RowVerdict(SQLModel, table=True):
    """One row that was refused, held, parked or a duplicate. Personal data: `value` (IDs masked)."""

    __tablename__ = "row_verdict"
    id: int | None = Field(default=None, primary_key=True)
    submission_id: int = Field(foreign_key="submission.id", index=True)
    row: int
    column: str | None = Field(default=None, max_length=64)
    outcome: str = Field(max_length=16)
    code: str = Field(max_length=48)
    value: str | None = None
    resolved_by: int | None = None  # a held row: the receipt of the file that put it right, or its own
