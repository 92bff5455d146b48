"""Late exemption applications of a replayed season, as their branches know them (R3)."""

from sqlalchemy import select

from models.columns import table_of
from models.database import reading
from models.exemption import ExemptionApplication
from models.student import Student
from rules.exemption import course_code, is_late
from tasks.policy import season_pack

_APPLICATIONS, _STUDENTS = table_of(ExemptionApplication), table_of(Student)


def late_applications(season: str) -> list[tuple[str, str, str]]:
    """Return student number, course and branch of each late application that stands."""
    wanted = (
        select(_APPLICATIONS, _STUDENTS.c.student_no, _STUDENTS.c.branch)
        .join(_STUDENTS, _STUDENTS.c.id == _APPLICATIONS.c.student_id)
        .where(_APPLICATIONS.c.season == season, _APPLICATIONS.c.withdrawn_at.is_(None))
        .order_by(_APPLICATIONS.c.id)
    )
    pack = season_pack(season)
    with reading() as db:
        rows = db.execute(wanted).all()
    late = [row for row in rows if is_late(pack, row.received_at)]
    return [(row.student_no, course_code(row.course_id), row.branch) for row in late]
