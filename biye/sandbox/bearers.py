"""Who carries packages in the demo: branches and centres scan what reaches them, students collect."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from models.case import Case
from models.columns import table_of
from models.custody import Package
from models.database import reading
from models.student import Student
from rules.reference import Reference
from rules.season import Pack
from rules.states import Custody, Registration
from tasks.custody import scan
from tasks.hand_over import hand_over

CASES, PACKAGES, STUDENTS = table_of(Case), table_of(Package), table_of(Student)
SCANS = 5  # in and out at the branch, in and out at a local college, in at the centre


def carry(season: str, at: datetime, reference: Reference) -> int:
    """Scan every package in at each stop and out again until it lies at its centre; returns the scans.

    The first arrives the day after `at`; each further scan is a day later.
    """
    scans = 0
    for day in range(1, SCANS + 1):
        for package in _under_way(season):
            arriving = package.custody == Custody.IN_TRANSIT
            by = package.expected if arriving else package.holder
            scan(package.code, by, not arriving, at + timedelta(days=day), "演示扫码员", reference)
            scans += 1
    return scans


def _under_way(season: str) -> list[Any]:
    moving = (Custody.IN_TRANSIT, Custody.AT_BRANCH, Custody.AT_COLLEGE)
    wanted = select(PACKAGES).where(PACKAGES.c.season == season, PACKAGES.c.custody.in_(moving))
    with reading() as db:
        return list(db.execute(wanted.order_by(PACKAGES.c.id)).all())


def collect_all(season: str, at: datetime, pack: Pack) -> int:
    """Hand every certificate at a centre with an accepted registration to its student; returns how many."""
    wanted = (
        select(STUDENTS.c.student_no, STUDENTS.c.centre)
        .join(CASES, CASES.c.student_id == STUDENTS.c.id)
        .where(CASES.c.season == season, CASES.c.custody == Custody.AT_CENTRE)
        .where(CASES.c.registration == Registration.ACCEPTED)
        .order_by(STUDENTS.c.id)
    )
    with reading() as db:
        waiting = db.execute(wanted).all()
    for student in waiting:
        hand_over(student.student_no, student.centre, at, "演示发放员", pack)
    return len(waiting)
