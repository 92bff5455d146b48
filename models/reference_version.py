"""Which reference data and which policy an installation knows: every decision names the versions it used."""

from datetime import datetime

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from models.columns import Instant


class ReferenceVersion(SQLModel, table=True):
    """One loaded set of reference files, kept in the archive. Personal data: none."""

    __tablename__ = "reference_version"
    version: str = Field(primary_key=True, max_length=64)
    archived: str = Field(max_length=64)  # SHA-256 of the zip in the archive
    loaded_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class SeasonPolicy(SQLModel, table=True):
    """One version of a season's policy: a pack and the calendar amendments beside it, kept in the archive.

    The latest is in force. Personal data: none.
    """

    __tablename__ = "season_policy"
    season: str = Field(primary_key=True, max_length=16)
    version: int = Field(primary_key=True)
    policy_hash: str = Field(max_length=64)
    archived: str = Field(max_length=64)  # SHA-256 of the YAML text in the archive
    calendars: list[str] = Field(  # the same of each calendar amendment, in the order of amending
        default_factory=list, sa_column=Column(JSON, nullable=False, server_default="[]")
    )
    deployed_at: datetime = Field(sa_column=Column(Instant, nullable=False))
