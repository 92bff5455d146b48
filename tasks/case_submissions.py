"""Which submissions made one case: roster, grades, audit data, certificate data, photo."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, select

from models.columns import table_of
from models.submission import Submission
from rules.identity import mask_numbers
from tasks.grades_store import grade_receipts, read_grades

_SUBMISSIONS = table_of(Submission)


@dataclass(frozen=True)
class Brought:
    """One submission and what it brought to the case. grades: rows of the student's; row: of the case's own
    line where it has one; makes_place: whether the case's key is this receipt's (N3).
    """

    receipt: int
    kind: str
    branch: str
    filename: str
    received_at: datetime
    row: int | None
    grades: int
    makes_place: bool


def case_submissions(db: Connection, case: Row[Any], roster_receipt: int) -> list[Brought]:
    """Return the submissions that made a case (a row of graduation_case), in order of receipt."""
    grades = _grade_rows(db, case)
    rows = {case.audit_submission: case.audit_row, case.order_receipt: case.order_row}
    named = {roster_receipt, case.audit_submission, case.certificate_submission, case.photo_submission}
    wanted = _SUBMISSIONS.c.id.in_(sorted({*filter(None, named), *grades}))
    found = db.execute(select(_SUBMISSIONS).where(wanted).order_by(_SUBMISSIONS.c.received_at)).all()
    return [
        Brought(
            receipt=sent.id,
            kind=sent.kind,
            branch=sent.branch,
            filename=mask_numbers(sent.filename),
            received_at=sent.received_at,
            row=rows.get(sent.id),
            grades=grades.get(sent.id, 0),
            makes_place=sent.id == case.order_receipt,
        )
        for sent in found
    ]


def _grade_rows(db: Connection, case: Row[Any]) -> dict[int, int]:
    """Count the student's accepted grade rows of each submission."""
    grades = read_grades(grade_receipts(db, case.branch), np.array([case.student_id]))
    counts = np.bincount(grades.receipt, minlength=len(grades.receipts.submission)).tolist()
    found = zip(grades.receipts.submission.tolist(), counts, strict=True)
    return {receipt: count for receipt, count in found if count}
