"""Exemption applications for people: which came, which are late, which were withdrawn (R3)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from models.columns import table_of
from models.database import reading
from models.student import Student
from rules.exemption import course_code, is_late
from rules.identity import mask_id
from rules.season import Pack
from tasks.exemption import APPLICATIONS
from tasks.policy import season_pack

_STUDENTS = table_of(Student)


@dataclass(frozen=True)
class ApplicationSeen:
    """One application. student_no: masked. handed_in: as its unit states it; late goes by received_at."""

    id: int
    season: str
    branch: str
    student_no: str
    course: str
    kind: str
    handed_in: date
    received_at: datetime
    receipt: int
    row: int
    late: bool
    later_season: str | None
    withdrawn_at: datetime | None


def list_applications(season: str, branch: str = "", late: bool = False) -> list[ApplicationSeen]:
    """Return a season's applications in order of receipt. branch: "" for all; late: only late ones."""
    pack = season_pack(season)
    with reading() as db:
        found = applications_seen(db, pack, _STUDENTS.c.branch == branch if branch else True)
    return [one for one in found if one.late or not late]


def applications_seen(db: Connection, pack: Pack, where: Any) -> list[ApplicationSeen]:
    """Return the season's applications that a condition (on student or exemption_application) selects."""
    wanted = (
        select(APPLICATIONS, _STUDENTS.c.branch, _STUDENTS.c.student_no)
        .join(_STUDENTS, _STUDENTS.c.id == APPLICATIONS.c.student_id)
        .where(APPLICATIONS.c.season == pack.season, where)
        .order_by(APPLICATIONS.c.received_at, APPLICATIONS.c.id)
    )
    return [_seen(row, pack) for row in db.execute(wanted)]


def _seen(row: Any, pack: Pack) -> ApplicationSeen:
    late = is_late(pack, row.received_at)
    same = ("id", "season", "branch", "kind", "handed_in", "received_at", "row", "withdrawn_at")
    return ApplicationSeen(
        student_no=mask_id(row.student_no),
        course=course_code(row.course_id),
        receipt=row.submission_id,
        late=late,
        later_season=pack.exemption.later_season if late and pack.exemption else None,
        **{name: getattr(row, name) for name in same},
    )
