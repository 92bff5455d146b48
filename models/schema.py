"""All tables of Biye in one metadata: what migrations and checks compare with."""

from sqlmodel import SQLModel

from models import (
    case,
    certificate,
    certificate_problem,
    cleanup,
    closure,
    confirmation,
    cover,
    custody,
    event,
    exemption,
    extension,
    lot,
    outbox,
    package_check,
    phase,
    promise,
    reference_version,
    seal,
    source,
    spoiled,
    stocktake,
    student,
    submission,
    urgent,
)

MODULES = (
    case,
    certificate,
    certificate_problem,
    cleanup,
    closure,
    confirmation,
    cover,
    custody,
    event,
    exemption,
    extension,
    lot,
    outbox,
    package_check,
    phase,
    promise,
    reference_version,
    seal,
    source,
    spoiled,
    stocktake,
    student,
    submission,
    urgent,
)

metadata = SQLModel.metadata
