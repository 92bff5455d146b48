"""The audit as many would write it first: one ORM session a student, who is read, looked at and let go."""

import io
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import insert, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlmodel import Session, col

from bench.plain_audit import Person, Rules, Unmet, unmet
from models.archive import fetch
from models.case import Case, Decision
from models.columns import table_of
from models.database import engine, reading, transaction
from models.exemption import ExemptionApplication
from models.student import Student
from models.submission import Submission
from rules.clock import in_shanghai
from tasks.grades_store import GRADE_SCHEMA

LAST_EXEMPTION = date(2019, 12, 10)  # R3


class _Base(DeclarativeBase):
    """Apart from the tables of an installation."""


class PlainGrade(_Base):
    """A grade as a row of a table, which Biye has none of. Personal data: none."""

    __tablename__ = "bench_grade"
    id: Mapped[int] = mapped_column(primary_key=True)
    student_id: Mapped[int] = mapped_column(index=True)
    course_id: Mapped[int]
    exam_code: Mapped[str]
    category: Mapped[str]
    attempt: Mapped[int]
    score: Mapped[int]


def store_grades() -> None:
    """Copy the installation's grades into a table, in order of arrival."""
    submissions = table_of(Submission)
    _Base.metadata.create_all(engine())
    wanted = select(submissions.c.grades).where(submissions.c.grades.is_not(None))
    with reading() as db:
        files = list(db.scalars(wanted.order_by(submissions.c.received_at, submissions.c.id)))
    for digest in files:
        rows = pd.read_parquet(io.BytesIO(fetch(digest)), columns=GRADE_SCHEMA.names[:-1])
        with transaction() as db:
            db.execute(insert(PlainGrade), _records(rows))


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    columns = [rows[name].astype(object).tolist() for name in rows]
    return [dict(zip(map(str, rows), row, strict=True)) for row in zip(*columns, strict=True)]


def audit_student(case_id: int, rules: Rules) -> set[Unmet]:
    """Return what a case lacks, read in a session of its own."""
    with Session(engine()) as session:
        case = session.get_one(Case, case_id)
        student = session.get_one(Student, case.student_id)
        grades = session.scalars(select(PlainGrade).where(PlainGrade.student_id == student.id)).all()
        asked = session.scalars(
            select(ExemptionApplication).where(col(ExemptionApplication.student_id) == student.id)
        ).all()
        late = {
            f"{one.course_id:05d}" for one in asked if in_shanghai(one.received_at).date() > LAST_EXEMPTION
        }
        known = [
            (f"{one.course_id:05d}", one.exam_code, one.attempt, one.score, one.category == "90")
            for one in grades
        ]
        return unmet(Person(_roster(student), _audit_data(case), known, late), rules)


def _roster(student: Student) -> dict[str, str]:
    return {
        "专业代码": student.programme_code,
        "专业方向": student.direction,
        "学籍状态": student.status,
        "处分": student.discipline,
        "入学学期": student.entry_term,
    }


def _audit_data(case: Case) -> dict[str, str]:
    return {
        "思想品德鉴定": case.conduct,
        "补修结果": case.remedial,
        "统考结果": case.unified_exam,
        "前置学历核验": case.prior_credential,
        "分部审核结论": case.branch_finding,
    }


def decided(case_id: int) -> set[Unmet]:
    """Return what Biye found of a case."""
    cases, decisions = table_of(Case), table_of(Decision)
    wanted = select(decisions.c.unmet).join(cases, cases.c.decision_id == decisions.c.id)
    with reading() as db:
        found = db.scalars(wanted.where(cases.c.id == case_id)).one()
    return {(rule["code"], rule.get("module", "")) for rule in found}
