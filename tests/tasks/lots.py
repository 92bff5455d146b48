"""Lots for tests: cases of one branch in a database of their own, as promises and approvals see them."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from models import database
from models.case import Case, Hold
from models.columns import table_of
from models.custody import Package
from models.event import EVENTS
from models.lot import Approval, Lot
from models.promise import Promise
from models.student import Student
from models.submission import Submission
from rules.clock import SHANGHAI
from rules.states import Certificate, Custody, Registration, Visibility

CASES, HOLDS, LOTS, PROMISES = (table_of(one) for one in (Case, Hold, Lot, Promise))
PACKAGES, STUDENTS, SUBMISSIONS = (table_of(one) for one in (Package, Student, Submission))
APPROVALS = table_of(Approval)
SEASON = "2020-01"


def at(text: str) -> datetime:
    """An instant in Asia/Shanghai: `2019-12-02` (noon) or with a time."""
    return datetime.fromisoformat(text if "T" in text else f"{text}T12:00").replace(tzinfo=SHANGHAI)


@pytest.fixture
def installation(biye_home: Path) -> None:
    """An empty database with every table."""


def make_lot(part: int = 1, batch: int = 1, **values: Any) -> int:
    row = {"season": SEASON, "batch": batch, "branch": "130", "lane": "ordinary", "part": part, "cases": 0}
    with database.transaction() as db:
        made = insert(LOTS).values(**row, created_at=at("2019-11-29"), **values).returning(LOTS.c.id)
        return db.execute(made).scalar_one()


def make_case(
    lot_id: int | None, audit: str = "passed", complete: str | None = "2019-12-02", **own: Any
) -> int:
    """One student's case; complete: the day of its last data, None while its photo is missing."""
    first, last = at("2019-11-29"), at(complete) if complete else None
    row = {
        **{"season": SEASON, "branch": "130", "batch": 1, "lane": "ordinary", "lot_id": lot_id},
        **{"audit_row": 1, "audit_received_at": first, "certificate_received_at": first, "audit": audit},
        **{"photo_received_at": last, "registration": Registration.NONE, "certificate": Certificate.NONE},
        **{"custody": Custody.NONE, "visibility": Visibility.HIDDEN, "continuing": False},
        **dict.fromkeys(("conduct", "unified_exam", "remedial", "prior_credential"), ""),
        **dict.fromkeys(("branch_finding", "branch_auditor"), ""),
    }
    with database.transaction() as db:
        submission = _submission(db)
        row |= {"student_id": _student(db, submission), "audit_submission": submission, **own}
        return db.execute(insert(CASES).values(**row).returning(CASES.c.id)).scalar_one()


def _submission(db: Any) -> int:
    day = at("2019-11-29")
    row = {"season": SEASON, "kind": "audit-data", "branch": "130", "filename": "a.csv", "sha256": "0" * 64}
    counts = dict.fromkeys(("rows_read", "accepted", "refused", "held", "parked", "duplicate", "size"), 0)
    made = insert(SUBMISSIONS).values(**row, **counts, received_at=day, recorded_at=day, state="judged")
    return db.execute(made.returning(SUBMISSIONS.c.id)).scalar_one()


def _student(db: Any, submission: int) -> int:
    text = ("name", "sex", "ethnicity", "id_type", "exam_no", "level", "programme_code", "direction")
    row = dict.fromkeys((*text, "entry_term", "status", "discipline"), "")
    row |= {"student_no": f"S{submission}", "branch": "130", "centre": "1300101"}
    secret = {"id_cipher": b"", "id_index": b"", "birth_date": at("1990-01-01").date()}
    made = insert(STUDENTS).values(**row, **secret, submission_id=submission)
    return db.execute(made.returning(STUDENTS.c.id)).scalar_one()


def change(case_ids: list[int], **values: Any) -> None:
    with database.transaction() as db:
        db.execute(update(CASES).where(CASES.c.id.in_(case_ids)).values(**values))


def hold(case_id: int, reason: str) -> None:
    row = {"case_id": case_id, "track": "dispatch", "reason": reason, "clause": "N2", "detail": ""}
    with database.transaction() as db:
        db.execute(insert(HOLDS).values(**row, owner="010", since=at("2019-12-02")))


def rows(table: Any, **where: Any) -> list[Any]:
    with database.reading() as db:
        return list(db.execute(select(table).filter_by(**where).order_by(table.c.id)).all())


def promises(duty: str) -> list[Any]:
    return rows(PROMISES, duty=duty)


def events(kind: str) -> list[Any]:
    return rows(EVENTS, kind=kind)
