"""A graduate's case: one student in one season, with its parallel tracks, decisions and holds."""

from datetime import date, datetime

from sqlalchemy import JSON, Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import Instant, state_column
from rules.states import Audit, Certificate, Custody, Registration, Visibility


class Case(SQLModel, table=True):
    """One student in one season. Personal data: findings about a student, names of branch auditors."""

    __tablename__ = "graduation_case"
    __table_args__ = (
        UniqueConstraint("season", "student_id"),
        Index("ix_case_batch_audit", "season", "batch", "audit"),
        Index("ix_case_branch", "season", "branch"),
    )
    id: int | None = Field(default=None, primary_key=True)
    season: str = Field(max_length=16)
    student_id: int = Field(foreign_key="student.id", index=True)
    branch: str = Field(max_length=3)
    batch: int
    lane: str = Field(default="ordinary", max_length=16)
    lot_id: int | None = Field(default=None, foreign_key="lot.id", index=True)
    # What the branch reported (R1).
    applied_on: date | None = None
    photo_linked_on: date | None = None
    conduct: str = Field(default="", max_length=40)
    unified_exam: str = Field(default="", max_length=40)
    remedial: str = Field(default="", max_length=40)
    prior_credential: str = Field(default="", max_length=40)
    continuing: bool = False
    branch_finding: str = Field(default="", max_length=40)
    branch_auditor: str = Field(default="", max_length=80)
    branch_audited_on: date | None = None
    audit_submission: int = Field(foreign_key="submission.id")
    audit_row: int
    audit_received_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    # Certificate data and photo: when they came.
    certificate_submission: int | None = Field(default=None, foreign_key="submission.id")
    certificate_received_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    study_from: date | None = None
    study_to: date | None = None
    photo_submission: int | None = Field(default=None, foreign_key="submission.id")
    photo_member: int | None = None  # position in the zip: the member's name is an ID number
    photo_received_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    # FIFO key (N3), written with the decision.
    order_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    order_receipt: int | None = None
    order_row: int | None = None
    decision_id: int | None = None  # the decision in force
    # Tracks.
    audit: str = Field(sa_column=state_column(Audit, "audit", Audit.AWAITING))
    registration: str = Field(sa_column=state_column(Registration, "registration", Registration.NONE))
    certificate: str = Field(sa_column=state_column(Certificate, "certificate", Certificate.NONE))
    custody: str = Field(sa_column=state_column(Custody, "custody", Custody.NONE))
    visibility: str = Field(sa_column=state_column(Visibility, "visibility", Visibility.HIDDEN))
    registered_at: datetime | None = Field(default=None, sa_column=Column(Instant))  # acceptance
    visible_on: date | None = None
    handed_over_at: datetime | None = Field(default=None, sa_column=Column(Instant))


class Decision(SQLModel, table=True):
    """One audit of one case. Personal data: `unmet` tells what a student lacks."""

    __tablename__ = "decision"
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="graduation_case.id", index=True)
    passed: bool
    unmet: list[dict[str, str]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    decided_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    policy_hash: str = Field(max_length=64)
    reference_version: str = Field(max_length=64)
    calendar_version: str = Field(max_length=64)


class Hold(SQLModel, table=True):
    """Why one track of one case waits. Personal data: none."""

    __tablename__ = "hold"
    __table_args__ = (Index("ix_hold_case", "case_id", "track"),)
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="graduation_case.id")
    track: str = Field(max_length=16)  # registration, certificate, dispatch, hand-over, visibility
    reason: str = Field(max_length=24)  # photo, partner-seal, dispute, glyph-missing, … (rules/holds.py)
    clause: str = Field(max_length=8)
    detail: str = Field(default="", max_length=80)
    owner: str = Field(max_length=16)  # the unit that has to act
    since: datetime = Field(sa_column=Column(Instant, nullable=False))
    released_at: datetime | None = Field(default=None, sa_column=Column(Instant))
