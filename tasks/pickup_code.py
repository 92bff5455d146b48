"""The pick-up code: the student's page shows it, the study centre asks for it (N5); it is kept nowhere."""

import hmac
from datetime import datetime, timedelta

from sqlalchemy import select

from models.case import Case
from models.certificate import CertificateSheet
from models.columns import table_of
from models.database import transaction
from models.keys import index_ids
from models.student import Student
from tasks.attempts import may_try

_CASES, _STUDENTS, _SHEETS = table_of(Case), table_of(Student), table_of(CertificateSheet)
DIGITS = 6
_TRIES, _TRIED_WITHIN = 10, timedelta(hours=1)


def pickup_code(case_id: int, sheet: int) -> str:
    """Return the code of a case's present sheet: six digits that nobody without the key can tell."""
    drawn = index_ids([f"pickup:{case_id}:{sheet}"])[0]
    return f"{int.from_bytes(drawn[:8], 'big') % 10**DIGITS:0{DIGITS}d}"


def is_pickup_code(typed: str, student_no: str, season: str, at: datetime) -> bool:
    """Say whether this is the code of a student's certificate; False, too, where it was tried too often."""
    wanted = (
        select(_CASES.c.id, _SHEETS.c.sheet)
        .join(_STUDENTS, _STUDENTS.c.id == _CASES.c.student_id)
        .join(_SHEETS, _SHEETS.c.case_id == _CASES.c.id)
        .where(_STUDENTS.c.student_no == student_no, _CASES.c.season == season)
    )
    with transaction() as db:
        free = may_try(db, {f"pickup:{student_no}": _TRIES}, at, _TRIED_WITHIN)
        found = db.execute(wanted).one_or_none()
    right = pickup_code(found.id, found.sheet) if found else "-" * DIGITS
    return hmac.compare_digest(typed.strip().encode(), right.encode()) and free
