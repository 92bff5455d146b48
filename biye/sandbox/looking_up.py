"""What students do in a replay once their records are public: look them up, or forget to (N5, N7)."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from biye.sandbox.bearers import KEEPER
from biye.sandbox.incidents import Incidents
from models.case import Case
from models.columns import table_of
from models.confirmation import Confirmation
from models.database import reading
from models.student import Student
from rules.certificate_problem import REGISTRY_WANTED
from rules.confirmation import RecordCheck
from rules.reference import Reference
from rules.season import Pack
from rules.states import Visibility
from rules.tracking import Tracking, tracking_of
from tasks.certificate_problem import note_registry_corrected
from tasks.confirmation import Word, confirm_records
from tasks.confirmation_list import enter_list
from tasks.problem_view import problems

CASES, STUDENTS, CONFIRMATIONS = table_of(Case), table_of(Student), table_of(Confirmation)
ACTOR = "演示发放员"


@dataclass
class LookingUp:
    """Students who fetched their certificates before their records were public. One finds a wrong photo."""

    season: str
    reference: Reference
    incidents: Incidents
    _wrong: str = field(default="", init=False)
    _silent: str = field(default="", init=False)

    def look(self, at: datetime, pack: Pack) -> int:
        """Let who can look the record up say what it is, centre by centre; returns how many did."""
        asked = asked_students(self.season)
        if len(asked) > 2 and not self._wrong:
            self._find_mistake(asked.pop(0), at, pack)
            self._stay_silent(asked.pop())
        by_centre: dict[str, list[str]] = defaultdict(list)
        for one in asked:
            if one.student_no not in (self._silent, self._wrong):
                by_centre[one.centre].append(one.student_no)
        for centre, students in by_centre.items():
            self._enter(centre, students, at, pack)
        return sum(map(len, by_centre.values()))

    def put_right(self, at: datetime, pack: Pack) -> None:
        """CHSI has corrected what was wrong, and the student looks again."""
        for one in problems(self.season, REGISTRY_WANTED):
            if one.about == "record" and self._wrong:
                note_registry_corrected(
                    one.problem, f"演示学信更〔{at:%Y}〕1号", KEEPER, at, pack, self.reference
                )
                self._say(Word(self._wrong), one.found_by, at + timedelta(hours=4), pack)

    def _enter(self, centre: str, students: list[str], at: datetime, pack: Pack) -> None:
        """Enter the words of one centre's students: off a paper list, where it does not scan (N9)."""
        if tracking_of(pack, self.reference, centre) is Tracking.PAPER:
            text = "\n".join(["学号", *students])
            enter_list(text.encode(), f"{centre}.csv", centre, at, ACTOR, pack, self.reference)
            name, said = "record-later-paper", "领取时学信网未公开，公开后以纸质名单成批确认"
        else:
            words = map(Word, students)
            confirm_records(words, centre, at, ACTOR, pack, self.reference)
            name, said = "record-later", "领取时学信网未公开，公开后在学习中心确认"
        self.incidents.note(name, "N5", said, centre, students)

    def _find_mistake(self, student: Any, at: datetime, pack: Pack) -> None:
        self._wrong = student.student_no
        self._say(Word(self._wrong, "照片", "照片不是本人"), student.centre, at, pack)
        said = "公开后学生发现学信网照片有误：总部处理，学信网更正后再次确认"
        self.incidents.note("wrong-record", "N5", said, student.centre, [self._wrong])

    def _stay_silent(self, student: Any) -> None:
        self._silent = student.student_no
        said = "学生未核对学信网信息：逾期，由学习中心催办，列入查缺补漏"
        self.incidents.note("record-unconfirmed", "N5", said, student.centre, [self._silent])

    def _say(self, word: Word, centre: str, at: datetime, pack: Pack) -> None:
        confirm_records([word], centre, at, ACTOR, pack, self.reference)


def asked_students(season: str) -> list[Any]:
    """Return student_no and centre of who has the certificate, can look the record up and has not."""
    wanted = (
        select(STUDENTS.c.student_no, CONFIRMATIONS.c.centre)
        .join(CASES, CASES.c.student_id == STUDENTS.c.id)
        .join(CONFIRMATIONS, CONFIRMATIONS.c.case_id == CASES.c.id)
        .where(CASES.c.season == season, CASES.c.visibility == Visibility.VISIBLE.value)
        .where(CONFIRMATIONS.c.record == RecordCheck.DEFERRED.value)
        .order_by(STUDENTS.c.id)
    )
    with reading() as db:
        return list(db.execute(wanted).all())
