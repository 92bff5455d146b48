"""What was fetched from where units offer their files: enough to ask whether there is something new."""

from datetime import datetime

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import Instant


class PulledFile(SQLModel, table=True):
    """The last file fetched from an address. Personal data: none (an address with a token is refused)."""

    __tablename__ = "pulled_file"
    __table_args__ = (UniqueConstraint("season", "branch", "kind", "url"),)
    id: int | None = Field(default=None, primary_key=True)
    season: str = Field(max_length=16)
    branch: str = Field(max_length=3)
    kind: str = Field(max_length=32)
    url: str = Field(max_length=500)
    etag: str = Field(max_length=255)
    submission_id: int = Field(foreign_key="submission.id")
    pulled_at: datetime = Field(sa_column=Column(Instant, nullable=False))
