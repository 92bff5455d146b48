"""Who carries packages in the demo: units scan what reaches them or sign paper lists, students collect."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from biye.sandbox.incidents import Incidents
from models.case import Case
from models.certificate import CertificateSheet
from models.columns import table_of
from models.custody import Package
from models.database import reading
from models.student import Student
from rules.package_check import FindingKind
from rules.reference import Reference
from rules.season import Pack
from rules.sheets import SpoilReason
from rules.states import Custody
from rules.tracking import Tracking, tracking_of
from tasks.custody import scan, sign
from tasks.package_check import check_package, note_returned
from tasks.spoil import spoil

CASES, PACKAGES = table_of(Case), table_of(Package)
SHEETS, STUDENTS = table_of(CertificateSheet), table_of(Student)
SCANS = 5  # in and out at the branch, in and out at a local college, in at the centre
MISROUTED, STRANGER = "340", "350"  # a package of the first is brought to the second (N9)
CHECKED = "410"  # finds a misprint (R2)
KEEPER = "演示证书管理 赵保管"
ACTOR = "演示扫码员"


@dataclass
class Bearers:
    """Units that pass packages on. Whoever is outside the pilot signs paper lists."""

    season: str
    reference: Reference
    incidents: Incidents
    _brought_wrong: bool = field(default=False, init=False)
    _misprint_found: bool = field(default=False, init=False)

    def carry(self, at: datetime, pack: Pack) -> int:
        """Confirm every package at each stop until it lies at its centre; returns the confirmations.

        The first arrives the day after `at`; each further one is a day later.
        """
        confirmed = 0
        for day in range(1, SCANS + 1):
            for package in under_way(self.season):
                self._pass_on(package, at + timedelta(days=day), pack)
                confirmed += 1
        return confirmed

    def _pass_on(self, package: Any, at: datetime, pack: Pack) -> None:
        arriving = package.custody == Custody.IN_TRANSIT
        by = package.expected if arriving else package.holder
        if arriving and by == MISROUTED and not self._brought_wrong:
            self._bring_wrong(package, at)
        if arriving and tracking_of(pack, self.reference, by) is Tracking.PAPER:
            sign([package.code], by, at, "演示签收人", self.reference, pack)
            said = "非试点单位以纸质签收表确认接收"
            self.incidents.note("paper-list", "N9", said, by, students_in(package.id)[:1])
        else:
            scan(package.code, by, not arriving, at, ACTOR, self.reference)
        if arriving and by == CHECKED and not self._misprint_found:
            self._find_misprint(package, at)

    def _find_misprint(self, package: Any, at: datetime) -> None:
        """R2: a branch checks what came and sends one sheet back; it is printed again under its number."""
        self._misprint_found = True
        student = students_in(package.id)[0]
        named = {FindingKind.DAMAGED: [number_of(student)]}
        check_package(package.code, CHECKED, named, at + timedelta(hours=1), ACTOR, self.reference)
        note_returned(student, KEEPER, at + timedelta(hours=20), self.season)
        spoil(student, SpoilReason.MISPRINT, KEEPER, at + timedelta(hours=21), season=self.season)
        said = "核对时发现打印错误：退回总部，登记作废台账，同号重印"
        self.incidents.note("misprint", "R2", said, CHECKED, [student])

    def _bring_wrong(self, package: Any, at: datetime) -> None:
        """Let another branch scan a package that is not its own: it is seen there, and then found."""
        scan(package.code, STRANGER, False, at - timedelta(hours=2), ACTOR, self.reference)
        self._brought_wrong = True
        said = f"证书包误投到{STRANGER}，登记后找回"
        self.incidents.note("misrouted", "N9", said, MISROUTED, students_in(package.id))


def under_way(season: str) -> list[Any]:
    """Return the packages that have left HQ with something in them and are not at their centres yet."""
    moving = (Custody.IN_TRANSIT, Custody.AT_BRANCH, Custody.AT_COLLEGE)
    full = (PACKAGES.c.season == season, PACKAGES.c.certificates > 0)
    wanted = select(PACKAGES).where(*full, PACKAGES.c.custody.in_(moving))
    with reading() as db:
        return list(db.execute(wanted.order_by(PACKAGES.c.id)).all())


def students_in(package_id: int) -> list[str]:
    """Return the student numbers of a package's certificates."""
    wanted = (
        select(STUDENTS.c.student_no)
        .join(CASES, CASES.c.student_id == STUDENTS.c.id)
        .join(SHEETS, SHEETS.c.case_id == CASES.c.id)
    )
    with reading() as db:
        return list(db.scalars(wanted.where(SHEETS.c.package_id == package_id).order_by(SHEETS.c.number)))


def number_of(student_no: str) -> str:
    """Return the certificate number of a student."""
    wanted = (
        select(SHEETS.c.number)
        .join(CASES, CASES.c.id == SHEETS.c.case_id)
        .join(STUDENTS, STUDENTS.c.id == CASES.c.student_id)
    )
    with reading() as db:
        return str(db.scalars(wanted.where(STUDENTS.c.student_no == student_no)).one())
