"""What lies in a package, certificate by certificate: for checking it on arrival (R2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from models.case import Case
from models.certificate import CertificateSheet
from models.columns import table_of
from models.custody import Package
from models.database import reading, transaction
from models.student import Student
from rules.clock import now_in_shanghai
from rules.identity import mask_id
from rules.names import mask_name
from rules.refusals import Refused
from tasks.custody import package_named
from tasks.unmasking import note_unmasked

_CASES, _SHEETS = table_of(Case), table_of(CertificateSheet)
_PACKAGES, _STUDENTS = table_of(Package), table_of(Student)


@dataclass(frozen=True)
class Inside:
    """One certificate of a package. number, student_no, name: masked unless asked for."""

    case_id: int
    number: str
    student_no: str
    name: str
    custody: str


def package_contents(code_or_link: str, asked_by: str | None = None) -> list[Inside]:
    """Return a package's certificates in the order of their numbers; asked_by: unmasked for them, logged.

    Raises Refused label-…, N9-unknown-package, unmasked-nameless.
    """
    if asked_by is None:
        with reading() as db:
            return [_masked(one) for one in _inside(db, _package_id(db, code_or_link))]
    with transaction() as db:
        package_id = _package_id(db, code_or_link)
        found = _inside(db, package_id)
        ids = [one.case_id for one in found]
        note_unmasked(db, f"package:{package_id}", "package show", ids, asked_by, now_in_shanghai())
    return found


def numbers_of(code_or_link: str, case_ids: Iterable[int]) -> dict[int, str]:
    """Return the certificate numbers of cases in a package, by case; what lies elsewhere is left out.

    Raises Refused label-…, N9-unknown-package.
    """
    asked = set(case_ids)
    with reading() as db:
        inside = _inside(db, _package_id(db, code_or_link))
    return {one.case_id: one.number for one in inside if one.case_id in asked}


def _package_id(db: Connection, code_or_link: str) -> int:
    package = db.execute(package_named(code_or_link)).one_or_none()
    if package is None:
        raise Refused("N9-unknown-package", value=code_or_link)
    return int(package.id)


def _inside(db: Connection, package_id: int) -> list[Inside]:
    shown: tuple[Any, ...] = (_SHEETS.c.case_id, _SHEETS.c.number, _STUDENTS.c.student_no, _STUDENTS.c.name)
    wanted = (
        select(*shown, _CASES.c.custody)
        .join_from(_SHEETS, _CASES, _CASES.c.id == _SHEETS.c.case_id)
        .join(_STUDENTS, _STUDENTS.c.id == _CASES.c.student_id)
        .where(_SHEETS.c.package_id == package_id)
        .order_by(_SHEETS.c.number)
    )
    return [Inside(**row) for row in db.execute(wanted).mappings()]


def _masked(one: Inside) -> Inside:
    hidden = (mask_id(one.number), mask_id(one.student_no), mask_name(one.name))
    return Inside(one.case_id, *hidden, one.custody)
