"""Certificate numbers and their sheets."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from models.columns import Instant, state_column


class Counter(SQLModel, table=True):
    """Next serial of a number range (school, education type, year, level). Personal data: none."""

    __tablename__ = "counter"
    key: str = Field(primary_key=True, max_length=32)  # the number's first 12 digits
    next: int = 1


class CertificateSheet(SQLModel, table=True):
    """One certificate number for one case, for ever. Personal data: the number identifies a person."""

    __tablename__ = "certificate"
    number: str = Field(primary_key=True, max_length=18)
    case_id: int = Field(foreign_key="graduation_case.id", unique=True)
    lot_id: int = Field(foreign_key="lot.id", index=True)
    position: int  # FIFO position within its allocation, from 1 (N3)
    allocated_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    sheet: int = 0  # how many sheets were printed under this number
    printed_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    print_file: str | None = Field(default=None, max_length=64)  # SHA-256 of the PDF in the archive
    package_id: int | None = Field(default=None, foreign_key="package.id", index=True)


class PackageContent(StrEnum):
    """What a registry package brings."""

    GRADUATES = "graduates"  # their rows, with the photos that there are
    PHOTOS = "photos"  # photos alone, of graduates that were accepted without one or with another (N7)


class RegistryPackage(SQLModel, table=True):
    """One lot's e-registration package for CHSI (T4). Personal data: none (the file lies in the archive)."""

    __tablename__ = "registry_package"
    id: int | None = Field(default=None, primary_key=True)
    season: str = Field(max_length=16, index=True)
    batch: int
    lot_id: int = Field(foreign_key="lot.id", index=True)
    content: str = Field(sa_column=state_column(PackageContent, "content", PackageContent.GRADUATES))
    archived: str = Field(max_length=64)  # SHA-256 of the zip
    rows: int
    exported_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    sent_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    sent_by: str | None = Field(default=None, max_length=80)


class RegistryRow(SQLModel, table=True):
    """One exported registration row. Personal data: the number identifies a person."""

    __tablename__ = "registry_row"
    id: int | None = Field(default=None, primary_key=True)
    package_id: int = Field(foreign_key="registry_package.id", index=True)
    case_id: int = Field(foreign_key="graduation_case.id", index=True)
    number: str = Field(max_length=18, index=True)
    digest: str = Field(max_length=64)  # SHA-256 of the fields that the certificate must repeat
    photo_submission: int | None = Field(default=None, foreign_key="submission.id")
    photo_member: int | None = None  # the photo that went with it, as the case names photos
    result: str = Field(default="", max_length=16)  # accepted, rejected, or empty: no answer yet
    reason: str = Field(default="", max_length=80)
    answered_at: datetime | None = Field(default=None, sa_column=Column(Instant))
