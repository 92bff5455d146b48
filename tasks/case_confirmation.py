"""What one student confirmed at pick-up, for people (N5)."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from models.columns import table_of
from models.confirmation import Confirmation

_CONFIRMATIONS = table_of(Confirmation)


@dataclass(frozen=True)
class ConfirmationSeen:
    """The two confirmations of one certificate. centre: owns what is deferred; asked_on: day 0 of its clock.

    certificate_at: None where the certificate was handed over before confirmations were recorded.
    """

    centre: str
    certificate_at: datetime | None
    record: str
    asked_on: date | None
    record_at: datetime | None
    record_by: str
    tracking: str


def case_confirmation(db: Connection, case_id: int) -> ConfirmationSeen | None:
    """Return what was confirmed of a case; None before its hand-over."""
    columns = (_CONFIRMATIONS.c[name] for name in ConfirmationSeen.__dataclass_fields__)
    row = db.execute(select(*columns).where(_CONFIRMATIONS.c.case_id == case_id)).mappings().one_or_none()
    return ConfirmationSeen(**row) if row else None
