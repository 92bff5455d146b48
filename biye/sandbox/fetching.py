"""What students do in a replay: fetch their certificates, find a mistake, or do not come."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from biye.sandbox.bearers import KEEPER
from biye.sandbox.incidents import Incidents
from models.case import Case
from models.certificate import CertificateSheet
from models.columns import table_of
from models.custody import Package
from models.database import reading
from models.student import Student
from rules.holds import HAND_OVER
from rules.season import Pack
from rules.states import Custody, Registration
from tasks.certificate_problem import propose_correction
from tasks.hand_over import hand_over
from tasks.hold import held
from tasks.problem_opening import open_problem

CASES, STUDENTS = table_of(Case), table_of(Student)
PACKAGES, SHEETS = table_of(Package), table_of(CertificateSheet)
ACTOR = "演示发放员"
EVIDENCE = b"%PDF-1.4\n% scan of the identity card, for the replay"


@dataclass
class Fetching:
    """Students at their centres. One finds a wrong name, one never comes (N5)."""

    season: str
    incidents: Incidents
    _never_comes: str = field(default="", init=False)

    def fetch(self, at: datetime, pack: Pack) -> int:
        """Hand every certificate that can be fetched to its student; returns how many."""
        waiting = waiting_students(self.season, at)
        if len(waiting) > 1 and not self._never_comes:
            self._stay_away(waiting[-1])
            self._find_mistake(waiting[0], at, pack)
            waiting = waiting[1:]
        coming = [one for one in waiting if one.student_no != self._never_comes]
        for student in coming:
            hand_over(student.student_no, student.centre, at, ACTOR, pack)
        return len(coming)

    def _stay_away(self, student: Any) -> None:
        self._never_comes = student.student_no
        said = "证书到学习中心后一直未领取，列入查缺补漏"
        self.incidents.note("not-fetched", "N5", said, student.centre, [student.student_no])

    def _find_mistake(self, student: Any, at: datetime, pack: Pack) -> None:
        """The name on the sheet is not the student's; the record is right, so only the sheet is made anew."""
        problem = open_problem(
            student.student_no, "姓名", "姓名少一字", student.centre, at, ACTOR, pack, self.season
        )
        propose_correction(problem, "", EVIDENCE, KEEPER, at)
        said = "领取时发现姓名有误：登记、举证、另一人批准后同号重印"
        self.incidents.note("wrong-name", "N5", said, student.centre, [student.student_no])


def waiting_students(season: str, at: datetime) -> list[Any]:
    """Return student_no and centre of who can fetch a certificate: at the centre, registered, not held."""
    wanted = (
        select(STUDENTS.c.student_no, STUDENTS.c.centre)
        .join(CASES, CASES.c.student_id == STUDENTS.c.id)
        .join(SHEETS, SHEETS.c.case_id == CASES.c.id)
        .join(PACKAGES, PACKAGES.c.id == SHEETS.c.package_id)
        .where(CASES.c.season == season, CASES.c.custody == Custody.AT_CENTRE, PACKAGES.c.held_since <= at)
        .where(CASES.c.registration == Registration.ACCEPTED, ~held(HAND_OVER))
        .order_by(STUDENTS.c.id)
    )
    with reading() as db:
        return list(db.execute(wanted).all())
