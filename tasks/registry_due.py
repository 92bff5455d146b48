"""Which cases of a lot are to be exported to the registry, and which exported row of a case counts (T4)."""

from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, or_, select

from models.case import Case
from models.certificate import RegistryRow
from models.columns import table_of
from models.student import Student
from models.submission import Submission
from rules.states import Certificate, Registration
from tasks.hold import held

_CASES, _ROWS = table_of(Case), table_of(RegistryRow)
_STUDENTS, _SUBMISSIONS = table_of(Student), table_of(Submission)
_NEWER = _ROWS.alias("newer")


def latest_row() -> ColumnElement[bool]:
    """Return the condition that a registry row is its case's last: earlier exports no longer count."""
    return ~exists().where(_NEWER.c.case_id == _ROWS.c.case_id, _NEWER.c.id > _ROWS.c.id)


def photo_taken_at() -> ColumnElement[datetime | None]:
    """Return when the registry first accepted a photo of a case; NULL while it has none (N7)."""
    with_photo = (_ROWS.c.case_id == _CASES.c.id) & _ROWS.c.photo_submission.is_not(None)
    taken = select(func.min(_ROWS.c.answered_at)).where(with_photo, _ROWS.c.result == "accepted")
    return taken.correlate(_CASES).scalar_subquery()


def to_export(lot_id: int, again: bool) -> ColumnElement[bool]:
    """Return the condition that a case goes into the lot's next package; again: even if nothing changed."""
    return (_CASES.c.lot_id == lot_id) & exportable(again)


def exportable(again: bool) -> ColumnElement[bool]:
    """Return the condition that a case is to go to the registry, of whichever lot."""
    registration = _CASES.c.registration
    rejected = registration == Registration.REJECTED.value
    return (
        _CASES.c.certificate.not_in([Certificate.NONE.value, Certificate.VOIDED.value])
        & or_(registration == Registration.NONE.value, rejected if again else rejected & corrected())
        & ~held("registration")
    )


def corrected() -> ColumnElement[bool]:
    """Return the condition that something which the registry gets came after its last answer about a case."""
    answered = (
        select(_ROWS.c.answered_at)
        .where(_ROWS.c.case_id == _CASES.c.id)
        .order_by(_ROWS.c.id.desc())
        .limit(1)
        .correlate(_CASES)
        .scalar_subquery()
    )
    roster = exists().where(
        _STUDENTS.c.id == _CASES.c.student_id,
        _SUBMISSIONS.c.id == _STUDENTS.c.submission_id,
        _SUBMISSIONS.c.received_at > answered,
    )
    return or_(_CASES.c.photo_received_at > answered, _CASES.c.certificate_received_at > answered, roster)
