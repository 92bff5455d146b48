"""One student's whole case out of a season: what `biye case show` waits for once it has started."""

from collections.abc import Callable
from statistics import median

from sqlalchemy import select

from bench.biye_side import AT, intake, people
from bench.data import season_folder
from bench.events import installation
from bench.figure import Figure, Row, processor_seconds
from models.case import Case
from models.columns import table_of
from models.database import reading
from models.student import Student
from tasks.case_view import case_view

SEEN = 40  # students, spread over the season
CASE = Row("case-view", "查看一名学生", "one call, median of 40 students", 50, unit="ms")


def figures(students: int, turns: int, tell: Callable[[object], None]) -> list[Figure]:
    """Take in a season, graduate its first batch, and look at single students."""
    with installation():
        folder = season_folder(students)
        people(folder)
        intake(folder).graduate(1)
        seen = [_fastest(number, turns) for number in _numbers()]
    tell(f"{students} 名学生 students：{min(seen) * 1000:.0f}–{max(seen) * 1000:.0f} ms")
    return [Figure(CASE, median(seen) * 1000)]


def _fastest(number: str, turns: int) -> float:
    return min(processor_seconds(lambda: case_view(number, AT)) for _ in range(turns))


def _numbers() -> list[str]:
    cases, students = table_of(Case), table_of(Student)
    wanted = select(students.c.student_no).join(cases, cases.c.student_id == students.c.id)
    with reading() as db:
        known = list(db.scalars(wanted.order_by(students.c.id)))
    return known[:: max(len(known) // SEEN, 1)]
