"""One student out of a season: finding the rows of all files that name the student, and the whole case."""

from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

from sqlalchemy import Row as Found
from sqlalchemy import select

from bench.biye_side import AT, intake, people
from bench.data import season_folder
from bench.events import installation
from bench.figure import Figure, Row, processor_seconds
from models.case import Case
from models.columns import table_of
from models.database import reading
from models.student import Student
from tasks.case_submissions import case_submissions
from tasks.case_view import case_view

SEEN = 40  # students, spread over the season
CASE = Row("case-rows", "查找一名学生的各项上报", "one call, median of 40 students", 50, unit="ms")


def figures(students: int, turns: int, tell: Callable[[object], None]) -> list[Figure]:
    """Take in a season, graduate its first batch, and look at single students."""
    with installation():
        folder = season_folder(students)
        people(folder)
        intake(folder).graduate(1)
        seen = _cases()
        found = [_fastest(partial(_rows, case), turns) for case in seen]
        whole = [_fastest(partial(case_view, case.student_no, AT), turns) for case in seen]
    for what, times in (("各项上报 rows", found), ("整个个案 whole case", whole)):
        tell(f"  {what}: {min(times) * 1000:.0f}–{max(times) * 1000:.0f} ms, {median(times) * 1000:.0f}")
    return [Figure(CASE, median(found) * 1000)]


def _fastest(work: Callable[[], object], turns: int) -> float:
    return min(processor_seconds(work) for _ in range(turns))


def _rows(case: Found[Any]) -> None:
    with reading() as db:
        case_submissions(db, case, case.roster_submission)


def _cases() -> list[Found[Any]]:
    """Return cases spread over the season."""
    cases, students = table_of(Case), table_of(Student)
    roster = students.c.submission_id.label("roster_submission")
    wanted = select(cases, students.c.student_no, roster).join(students, cases.c.student_id == students.c.id)
    with reading() as db:
        ids = list(db.scalars(select(cases.c.id).order_by(cases.c.id)))
        chosen = ids[:: max(len(ids) // SEEN, 1)]
        return list(db.execute(wanted.where(cases.c.id.in_(chosen)).order_by(cases.c.id)).all())
