"""`biye exemption`: applications listed without persons, and a late one taken back through HQ (R3)."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update
from typer.testing import CliRunner

from biye.cli import app
from models.database import transaction
from rules.clock import SHANGHAI
from tasks.audit import CASES, STUDENTS, audit_lot
from tasks.intake import take_in
from tasks.policy import current_reference, season_pack
from tasks.receiving import receive
from tests.submitted import csv_file, row_of

SEASON, BRANCH = "2020-01", "110"
LATE = datetime(2019, 12, 12, 9, tzinfo=SHANGHAI)
AUDITED = datetime(2020, 1, 14, 9, tzinfo=SHANGHAI)


@pytest.fixture
def student(played: Path) -> str:
    """A student who passed and waits for the approval, and whose application came late."""
    with transaction() as db:
        case = db.execute(
            select(CASES.c.id, STUDENTS.c.student_no)
            .join(STUDENTS, STUDENTS.c.id == CASES.c.student_id)
            .where(CASES.c.audit == "approved")
            .order_by(CASES.c.id)
        ).first()
        assert case is not None
        db.execute(update(CASES).where(CASES.c.id == case.id).values(audit="passed"))
        course = current_reference().courses.query("module == '05'")["course_id"].iloc[-1]
    row = row_of("exemption", student_no=case.student_no, course=f"{course:05d}")
    receipt = receive(SEASON, "exemption", BRANCH, "a.csv", csv_file("exemption", row), LATE)
    take_in(receipt, season_pack(SEASON), current_reference(), LATE)
    audit_lot(SEASON, 1, BRANCH, AUDITED)
    return f"{case.student_no} {course}"


def biye(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, list(words))
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.exit_code, done.output


def test_r3_a_late_application_is_listed_asked_back_approved_and_gone(student: str) -> None:
    number, course = student.split()
    code, output = biye("exemption", "list", "--late")
    assert (code, "2020-07" in output, number in output) == (0, True, False)
    code, output = biye("case", "show", number)
    assert (code, "R3-exemption-withdrawable" in output, "免修免考申请" in output) == (0, True, True)
    asked = ("exemption", "withdraw", number, "--course", course, "--branch", BRANCH, "--by", "王芳")
    code, output = biye(*asked, "--json")
    assert code == 0, output
    approval = str(json.loads(output)["approval"])
    assert biye("approval", "approve", approval, "--by", "王芳")[0] == 1
    assert biye("approval", "approve", approval, "--by", "李明")[0] == 0
    code, output = biye("exemption", "list", "--json")
    (seen,) = json.loads(output)
    assert (seen["late"], bool(seen["withdrawn_at"]), number in output) == (True, True, False)
    code, output = biye(*asked)
    assert (code, "exemption-none" in output, number in output) == (1, True, False)
    assert audit_lot(SEASON, 1, BRANCH, AUDITED)["now_passed"] == 1
