"""A season of quite another shape as files: examples/season-2021-07, and what its two branches send (G1).

`python -m tests.biye.other_season DIR` writes it for `biye demo --input DIR`. Branch 710 writes XLS, branch
720 and the academic system DBF; photos are zips. Every sort of bad row comes once, and bad files, too.
"""

import json
import shutil
import sys
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path

import pandas as pd

from biye.sandbox.outbox import Outbox
from rules.clock import SHANGHAI
from rules.reference import HQ
from rules.registry_fields import Field
from rules.submission import KINDS
from tasks.dbf import write_dbf
from tests.submitted import jpeg, resident_id, row_of
from tests.xls import xls_file

EXAMPLE = Path(__file__).parents[2] / "examples" / "season-2021-07"
SEASON, EAST, WEST = "2021-07", "710", "720"
Row = dict[str, str | float]
# By level: the programme, and its courses: two of earlier terms, the last examination, the practice.
PROGRAMMES = {"本科": ("080901", "计算机科学与技术"), "专科": ("630302", "会计")}
COURSES = {"本科": ("10101", "10302", "10301", "10601"), "专科": ("20101", "20302", "20301", "20601")}
CENTRES = {EAST: ("7100001", "7100002"), WEST: ("7200101", "7200101")}
PASSES_IN = {  # story → batch, 0: never
    "examined": 1,  # the last examination is in batch 1
    "early": 2,  # the practice grade comes while batch 1 takes examinations alone: it waits
    "resit": 2,  # fails the examination in batch 1
    "other-level": 3,  # reported in batch 2, which audits short-cycle students alone
    "practice": 3,  # reported in batch 1, the practice grade comes later
    "late-photo": 3,  # everything but the photo comes in batch 1
    "fails": 0,
    "no-photo": 0,
    "silent": 0,  # on the roster, never reported
}


@dataclass(frozen=True)
class Student:
    """One student. place: from 1, unlike any other's."""

    place: int
    unit: str
    level: str
    story: str

    @property
    def number(self) -> str:
        """Entered in spring 2019: exactly the five terms that are needed."""
        return f"19{self.unit}{'012' if self.level == '本科' else '014'}{self.place:05d}"

    @property
    def id_number(self) -> str:
        """A woman's where the place is even."""
        return resident_id(self.place)

    @property
    def person(self) -> dict[str, str]:
        """What every table about people says of the student."""
        name = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"[self.place] + "同学"
        return {"student_no": self.number, "name": name, "id_number": self.id_number}


_STORIES = (
    ("本科", "examined"), ("专科", "examined"), ("专科", "early"), ("专科", "resit"), ("本科", "other-level"),
    ("本科", "practice"), ("专科", "fails"),
)  # fmt: skip
_OF_UNIT = {
    EAST: (*_STORIES, ("本科", "no-photo"), ("专科", "silent")),
    WEST: (*_STORIES, ("本科", "late-photo")),
}
STUDENTS = tuple(
    Student(place, *told)
    for place, told in enumerate(
        ((unit, *story) for unit, stories in _OF_UNIT.items() for story in stories), start=1
    )
)


def at(text: str) -> datetime:
    """An instant of 2021 in Asia/Shanghai: "05-28T18:00"."""
    return datetime.fromisoformat(f"2021-{text}").replace(tzinfo=SHANGHAI)


def write_other_season(folder: Path) -> Path:
    """Write the season to a folder and return it; expected.json says how it has to end."""
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("README.md"), dirs_exist_ok=True)
    outbox = Outbox(folder)
    _send(outbox, "roster", HQ, "05-10T08:00", [*map(roster_row, STUDENTS), *_bad_roster_rows()])
    for unit in (EAST, WEST):
        _send(outbox, "grade-history", unit, "05-10T09:00", _history(unit))
        _send_batch_1(outbox, unit)
        _send_later(outbox, unit)
    _send_bad_files(outbox)
    outbox.write_manifest()
    passes = [PASSES_IN[one.story] for one in STUDENTS if one.story != "silent"]
    graduates = {str(batch): passes.count(batch) for batch in (1, 2, 3)} | {"never": passes.count(0)}
    expected = json.dumps({"graduates": graduates, "exceptions": []})
    (folder / "expected.json").write_text(expected, encoding="utf-8")
    return folder


def own(unit: str, *stories: str) -> list[Student]:
    """The students of a unit with one of these stories; without any: all."""
    return [one for one in STUDENTS if one.unit == unit and (not stories or one.story in stories)]


def roster_row(student: Student) -> Row:
    """A student's row of the roster."""
    programme, centre = PROGRAMMES[student.level][0], CENTRES[student.unit][student.place % 2]
    sex = "男" if student.place % 2 else "女"
    return dict(
        row_of("roster", **student.person, sex=sex, level=student.level, programme_code=programme,
               entry_term="201903", centre=centre)
    )  # fmt: skip


def _bad_roster_rows() -> list[Row]:
    """Two people whom the season has not: a wrong check digit, an unknown programme."""
    broken, stray = (Student(place, EAST, "专科", "silent") for place in (18, 19))
    wrong = {"id_number": broken.id_number[:-1] + ("0" if broken.id_number[-1] != "0" else "1")}
    return [roster_row(broken) | wrong, roster_row(stray) | {"programme_code": "999999"}]


def grade(kind: str, student: Student, course: str, score: str, **cells: str) -> Row:
    """A row of a score sheet."""
    said = {"exam_code": "202107", "score_code": score, "centre": CENTRES[student.unit][student.place % 2]}
    return dict(row_of(kind, student_no=student.number, course=course, **{**said, **cells}))


def _history(unit: str) -> list[Row]:
    """Whatever the season's own sheets do not bring."""
    rows = []
    for student in own(unit):
        first, second, exam, practice = COURSES[student.level]
        passed = [first, second]
        passed += [] if student.story in ("examined", "resit", "fails") else [exam]
        passed += [] if student.story in ("early", "practice") else [practice]
        when = {"exam_code": "202101", "term": "202009"}
        rows += [grade("grade-history", student, course, "良", **when) for course in passed]
    return rows


def _send_batch_1(outbox: Outbox, unit: str) -> None:
    reported = [one for one in own(unit) if one.story not in ("other-level", "silent")]
    rows = [audit_row(one, "2021-05-08") for one in reported]
    spoil = _spoilt_in_the_east if unit == EAST else _spoilt_in_the_west
    _send(outbox, "audit-data", unit, "05-11T10:00", spoil(rows))
    _send(outbox, "audit-data", unit, "05-11T16:00", rows)  # corrected: the good ones come again
    with_photo = [one for one in reported if one.story not in ("no-photo", "late-photo")]
    _send_photos(outbox, unit, "05-12T09:00", with_photo, bad=True)
    _send(outbox, "certificate-data", unit, "05-12T10:00", _certificate_rows(reported, bad=True))
    exams = [_examined(one, "85") for one in own(unit, "examined")]
    exams += [_examined(one, "45") for one in own(unit, "resit", "fails")]
    _send(outbox, "final-exam", unit, "05-12T11:00", [*exams, *_bad_grades(unit)])
    practice = [_practised(one) for one in own(unit, "early")]
    foreign = [grade("practice", one, COURSES[one.level][2], "80") for one in own(unit, "early")]
    _send(outbox, "practice", unit, "05-13T10:00", [*practice, *foreign])


def _send_later(outbox: Outbox, unit: str) -> None:
    """The resit comes an hour after batch 1 closed (T1) in the east, in batch 2 in the west.

    The west's practice grade comes in batch 2 already, which does not audit that student.
    """
    resits = [_examined(one, "70", attempt="2") for one in own(unit, "resit")]
    _send(outbox, "final-exam", unit, "05-28T18:00" if unit == EAST else "06-16T09:00", resits)
    others = own(unit, "other-level")
    _send(outbox, "audit-data", unit, "06-16T10:00", [audit_row(one, "2021-06-15") for one in others])
    _send_photos(outbox, unit, "06-16T11:00", others)
    _send(outbox, "certificate-data", unit, "06-16T12:00", _certificate_rows(others))
    practice = [_practised(one) for one in own(unit, "practice")]
    _send(outbox, "practice", unit, "09-07T10:00" if unit == EAST else "06-16T09:30", practice)
    if late := own(unit, "late-photo"):
        _send_photos(outbox, unit, "09-07T11:00", late)


def _send_bad_files(outbox: Outbox) -> None:
    """A page called XLS, a table cut off, and a kind that the season has not."""
    page = b"<html><table><tr><td>1</td></tr></table></html>"
    outbox.send_bytes("audit-data", EAST, at("05-11T09:00"), page, ".xls")
    cut = table("final-exam", [_examined(STUDENTS[-1], "85")], ".dbf")[:-40]
    outbox.send_bytes("final-exam", WEST, at("05-12T09:00"), cut, ".dbf")
    row = dict(row_of("exemption", student_no=STUDENTS[0].number, course="10101"))
    outbox.send_bytes("exemption", EAST, at("05-12T09:30"), table("exemption", [row], ".xls"), ".xls")


def audit_row(student: Student, applied: str) -> Row:
    """A student's row of audit data, whole."""
    linked = "" if student.story in ("no-photo", "late-photo") else applied
    days = {"applied_on": applied, "photo_linked_on": linked, "branch_audited_on": applied}
    return dict(row_of("audit-data", **student.person, **days, unified_exam=""))


def _spoilt_in_the_east(rows: list[Row]) -> list[Row]:
    """An ID in a number's cell, a date that reads in two ways, another name, another unit's student."""
    spoilt = [dict(row) for row in rows]
    spoilt[1]["id_number"] = float(str(spoilt[1]["id_number"])[:17] + "0")
    spoilt[2]["applied_on"] = "03/04/2021"
    spoilt[3]["name"] = "另名"
    return [*spoilt, audit_row(own(WEST)[0], "2021-05-08")]


def _spoilt_in_the_west(rows: list[Row]) -> list[Row]:
    """A row twice, a student whom nobody knows."""
    return [*rows, rows[0], rows[1] | {"student_no": "1972001499999"}]


def _examined(student: Student, score: str, attempt: str = "1") -> Row:
    return grade("final-exam", student, COURSES[student.level][2], score, attempt=attempt)


def _practised(student: Student) -> Row:
    return grade("practice", student, COURSES[student.level][3], "优")


def _bad_grades(unit: str) -> list[Row]:
    """An unknown course, an unknown score, a row twice, and two scores for one examination."""
    student = own(unit, "fails")[0]
    again = _examined(own(unit, "examined")[0], "85")
    rows = [grade("final-exam", student, "99999", "80"), grade("final-exam", student, "20302", "甲"), again]
    return [*rows, *(grade("final-exam", student, "20101", score) for score in ("70", "71"))]


def _certificate_rows(students: list[Student], bad: bool = False) -> list[Row]:
    """Certificate data; bad: of who fails with another programme than the roster's."""
    rows: list[Row] = []
    for student in students:
        other = bad and student.story == "fails"
        programme = "市场营销" if other else PROGRAMMES[student.level][1]
        sex = "男" if student.place % 2 else "女"
        said = row_of("certificate-data", level=student.level, sex=sex, programme=programme)
        rows.append({**said, **student.person, "study_period": "201903-202107"})
    return rows


def _send_photos(outbox: Outbox, unit: str, when: str, students: list[Student], bad: bool = False) -> None:
    """Send one photo each; bad: and one of nobody, and a small one of who fails."""
    pictures = {one.id_number: _picture(one.place) for one in students}
    if bad:
        pictures[resident_id(999)] = _picture(99)
        pictures[own(unit, "fails")[0].id_number] = jpeg((300, 400))
    written = BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for stem, picture in pictures.items():
            archive.writestr(zipfile.ZipInfo(f"{stem}.jpg", (2021, 5, 1, 9, 0, 0)), picture)
    outbox.send_bytes("photos", unit, at(when), written.getvalue(), ".zip")


@cache
def _picture(seed: int) -> bytes:
    return jpeg(seed=seed)


def _send(outbox: Outbox, kind: str, unit: str, when: str, rows: list[Row]) -> None:
    ending = ".xls" if unit == EAST else ".dbf"
    outbox.send_bytes(kind, unit, at(when), table(kind, rows, ending), ending)


def table(kind: str, rows: list[Row], ending: str) -> bytes:
    """The bytes of a table of a kind as XLS or DBF, under the template's headings."""
    headings = {column.name: column.heading for column in KINDS[kind].columns}
    lines = [[row[name] for name in headings] for row in rows]
    if ending == ".xls":
        return xls_file([list(headings.values()), *lines])
    frame = pd.DataFrame(lines, columns=list(headings.values()))
    widths = {name: int(cells.str.encode("gb18030").str.len().max()) for name, cells in frame.items()}
    fields = [Field(str(name), max(width, 1)) for name, width in widths.items()]
    return write_dbf(frame, fields, "gb18030", date(2021, 5, 10))


if __name__ == "__main__":
    write_other_season(Path(sys.argv[1]))
