"""One registry package row by row: what was answered, and what is to be done about a rejection (T4)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from models.case import Case
from models.certificate import PackageContent, RegistryPackage, RegistryRow
from models.columns import table_of
from models.database import reading, transaction
from models.student import Student
from rules.clock import now_in_shanghai
from rules.identity import mask_id
from rules.names import mask_name
from rules.refusals import Refused
from rules.registry_receipt import Remedy, remedy_for
from rules.states import Registration
from tasks.registry_due import corrected
from tasks.unmasking import note_unmasked

_CASES, _STUDENTS = table_of(Case), table_of(Student)
_PACKAGES, _ROWS = table_of(RegistryPackage), table_of(RegistryRow)
_LATER = _ROWS.alias("later")


@dataclass(frozen=True)
class Answer:
    """One row of a package. number, student_no, name: masked unless asked for. result: empty while open.

    registration: where the case stands now. later: the package in which the row went again, if it did.
    remedy: what is to be done about a rejection that still stands.
    """

    case_id: int
    number: str
    student_no: str
    name: str
    result: str
    reason: str
    answered_at: datetime | None
    registration: str
    later: int | None
    remedy: Remedy | None


def package_answers(
    package_id: int, rejected: bool = False, asked_by: str | None = None, what: str = "registry show"
) -> list[Answer]:
    """Return a package's rows by number; rejected: those alone; asked_by: unmasked for them, logged.

    Raises Refused T4-package-unknown, unmasked-nameless.
    """
    if asked_by is None:
        with reading() as db:
            return [_answer(row, masked=True) for row in _rows(db, package_id, rejected)]
    with transaction() as db:
        rows = _rows(db, package_id, rejected)
        ids, stream = [row.case_id for row in rows], f"registry-package:{package_id}"
        note_unmasked(db, stream, what, ids, asked_by, now_in_shanghai())
    return [_answer(row, masked=False) for row in rows]


def _rows(db: Connection, package_id: int, rejected: bool) -> list[Any]:
    if db.scalar(select(_PACKAGES.c.id).where(_PACKAGES.c.id == package_id)) is None:
        raise Refused("T4-package-unknown", package=package_id)
    again = (_LATER.c.case_id == _ROWS.c.case_id) & (_LATER.c.id > _ROWS.c.id)
    later = select(func.min(_LATER.c.package_id)).where(again).correlate(_ROWS).scalar_subquery()
    named = [_ROWS.c[name] for name in ("case_id", "number", "result", "reason", "answered_at")]
    wanted = (
        select(*named, _STUDENTS.c.student_no, _STUDENTS.c.name, _CASES.c.registration, _PACKAGES.c.content)
        .add_columns(later.label("later"), corrected().label("corrected"))
        .join_from(_ROWS, _CASES, _CASES.c.id == _ROWS.c.case_id)
        .join(_STUDENTS, _STUDENTS.c.id == _CASES.c.student_id)
        .join(_PACKAGES, _PACKAGES.c.id == _ROWS.c.package_id)
        .where(_ROWS.c.package_id == package_id)
        .order_by(_ROWS.c.number)
    )
    if rejected:
        wanted = wanted.where(_ROWS.c.result == Registration.REJECTED.value)
    return list(db.execute(wanted))


def _answer(row: Any, *, masked: bool) -> Answer:
    shown: tuple[str, str, str] = (row.number, row.student_no, row.name)
    if masked:
        shown = (mask_id(row.number), mask_id(row.student_no), mask_name(row.name))
    remedy = None
    if row.result == Registration.REJECTED.value and row.later is None:
        photo = row.content == PackageContent.PHOTOS.value
        remedy = remedy_for(photo=photo, corrected=bool(row.corrected))
    said = (row.result, row.reason, row.answered_at, row.registration, row.later)
    return Answer(row.case_id, *shown, *said, remedy)
