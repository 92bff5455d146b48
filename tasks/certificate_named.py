"""A certificate by its number, or by student number and season (N5)."""

from typing import Any

from sqlalchemy import Connection, Row, select

from models.case import Case
from models.certificate import CertificateSheet
from models.columns import table_of
from models.custody import Package
from models.database import reading
from models.student import Student
from rules.identity import mask_id
from rules.reference import HQ
from rules.refusals import Refused
from rules.sheets import Sheet
from rules.states import Certificate, Custody, Registration

_CASES, _STUDENTS = table_of(Case), table_of(Student)
_SHEETS, _PACKAGES = table_of(CertificateSheet), table_of(Package)
NUMBER_LENGTH = 18


def certificate_named(db: Connection, named: str, season: str = "") -> Row[Any]:
    """Return the case with number, sheet, package_id, holder (of the package) and student_no; locked.

    named: certificate number, or student number; season: default the student's latest with a number.
    Raises Refused sheet-unknown.
    """
    given = named.strip()
    column = _SHEETS.c.number if len(given) == NUMBER_LENGTH else _STUDENTS.c.student_no
    wanted = (
        select(_CASES, _SHEETS.c.number, _SHEETS.c.sheet, _SHEETS.c.package_id, _STUDENTS.c.student_no)
        .add_columns(_PACKAGES.c.holder)
        .join(_SHEETS, _SHEETS.c.case_id == _CASES.c.id)
        .join(_STUDENTS, _STUDENTS.c.id == _CASES.c.student_id)
        .outerjoin(_PACKAGES, _PACKAGES.c.id == _SHEETS.c.package_id)
        .where(column == given)
        .order_by(_CASES.c.season.desc())
    )
    wanted = wanted.where(_CASES.c.season == season) if season else wanted
    found = db.execute(wanted.with_for_update(of=_CASES)).first()
    if found is None:
        raise Refused("sheet-unknown", named=mask_id(given))
    return found


def season_of(named: str) -> str:
    """Return the season of a certificate, the latest for a student number; Refused sheet-unknown."""
    with reading() as db:
        return str(certificate_named(db, named).season)


def as_sheet(case: Row[Any]) -> Sheet:
    """Return a row of certificate_named as the rules of sheets see it."""
    states = (Certificate(case.certificate), Custody(case.custody), Registration(case.registration))
    return Sheet(mask_id(case.number), *states)


def holder_of(case: Row[Any]) -> str:
    """Return who has the certificate of a row of certificate_named: what lies in no package is at HQ."""
    return str(case.holder or HQ)
