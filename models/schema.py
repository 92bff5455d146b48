"""All tables of Biye in one metadata: what migrations and checks compare with."""

from sqlmodel import SQLModel

from models import (
    case,
    certificate,
    custody,
    event,
    lot,
    phase,
    promise,
    reference_version,
    student,
    submission,
)

MODULES = (case, certificate, custody, event, lot, phase, promise, reference_version, student, submission)

metadata = SQLModel.metadata
