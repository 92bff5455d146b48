"""Packages of certificates and the scans that move them (N9)."""

from datetime import datetime

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import Instant, state_column
from rules.states import Custody


class Package(SQLModel, table=True):
    """At most 50 certificates of one study centre. Personal data: none; the token opens nothing by itself."""

    __tablename__ = "package"
    id: int | None = Field(default=None, primary_key=True)
    season: str = Field(max_length=16, index=True)
    batch: int
    lot_id: int = Field(foreign_key="lot.id", index=True)
    branch: str = Field(max_length=3)
    centre: str = Field(max_length=7)
    code: str = Field(max_length=24, unique=True)  # human-readable, with a check digit
    token: str = Field(max_length=64, unique=True)  # random, in the QR link
    certificates: int
    custody: str = Field(sa_column=state_column(Custody, "custody", Custody.AT_HQ))
    holder: str = Field(default="010", max_length=7)  # who answers for it now
    expected: str | None = Field(default=None, max_length=7)  # who must confirm next, while in transit
    packed_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    dispatched_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    held_since: datetime = Field(sa_column=Column(Instant, nullable=False))


class Scan(SQLModel, table=True):
    """One confirmation of a transfer, whatever it led to. Personal data: `actor` may name staff.

    nonce: of a scan that was sent over a network and may be sent again; the first counts.
    """

    __tablename__ = "scan"
    __table_args__ = (UniqueConstraint("nonce", name="uq_scan_nonce"),)
    id: int | None = Field(default=None, primary_key=True)
    package_id: int = Field(foreign_key="package.id", index=True)
    organisation: str = Field(max_length=7)
    direction: str = Field(max_length=8)  # in, out
    outcome: str = Field(max_length=16)  # moved, repeated, sighting
    tracking: str = Field(default="scan", max_length=8)  # scan, paper
    occurred_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    recorded_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    actor: str = Field(max_length=80)
    nonce: str | None = Field(default=None, max_length=40)
    device: str = Field(default="", max_length=40, sa_column_kwargs={"server_default": ""})
