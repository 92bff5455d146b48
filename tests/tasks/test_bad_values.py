"""Bad input, from the bytes of a file to the verdict on each row: IDs, scores, dates, units (T1, R1)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.database import reading
from models.event import EVENTS
from rules.refusals import Refused
from tests.played_season import at
from tests.submitted import csv_file, resident_id, row_of, xlsx_file
from tests.taken_in import (
    EARLY,
    ELSEWHERE,
    ONE,
    OPEN,
    OTHER,
    Case,
    check,
    grade_row,
    roster_row,
    take,
)

NEW = {"student_no": "1711001200009", "id_number": resident_id(8)}
WITH_X = next(number for number in map(resident_id, range(2, 400, 2)) if number.endswith("X"))
LATE = at("2019-12-03T00:00")


def grade(**changed: str) -> bytes:
    """A good grade, and another one with some cells changed."""
    return csv_file("practice", grade_row(), grade_row(attempt="2") | changed)


def roster(**changed: str) -> bytes:
    """A good student, and another one with some cells changed."""
    good = roster_row(student_no="1711001200008", id_number=resident_id(10))
    return csv_file("roster", good, roster_row(**NEW) | changed)


def audit_data(**changed: str) -> bytes:
    """Audit data of two students, with some cells of the second changed."""
    return csv_file("audit-data", row_of("audit-data", **EARLY), row_of("audit-data", **ONE) | changed)


def score(said: str) -> Case:
    """A score that the list of codes does not have."""
    return Case(f"score {said}", "R", "practice", grade(score_code=said), "row-unknown-score", SCORE, said)


SCORE, NUMBER = (3, "综合成绩代码"), (3, "证件号")
WRONG = resident_id(8)[:17] + "0123456789X"[("0123456789X".index(resident_id(8)[17]) + 1) % 11]
NUMERIC = xlsx_file("roster", roster_row(**NEW), roster_row(id_number=int(resident_id(10))))
MINUS = xlsx_file("practice", grade_row(), grade_row(attempt="2") | {"score_code": -1})
TWICE = csv_file("practice", grade_row(), grade_row())
SHORT = csv_file("audit-data", row_of("audit-data", **EARLY) | {"student_no": EARLY["student_no"][1:]})
UNKNOWN = grade(course="99999")

CASES = [
    Case(
        "full-width digits",
        "N",
        "practice",
        grade(student_no="１７１１００１２００００１"),
        shown="学号：1 个",
    ),
    Case("1.10101E+17", "R", "roster", roster(id_number="1.10101E+17"), "row-scientific", NUMBER),
    Case(
        "a student number 1.7E+12",
        "R",
        "practice",
        grade(student_no="1.7E+12"),
        "row-scientific",
        (3, "学号"),
    ),
    Case("18 digits in a numeric cell", "R", "roster", NUMERIC, "row-numeric-id", NUMBER, name="a.xlsx"),
    Case("15 digits", "H", "roster", roster(id_number="999999900307002"), "row-id-15", NUMBER, "99****"),
    Case("lower-case x", "N", "roster", roster(id_number=WITH_X.lower()), shown="证件号：1 处"),
    Case(
        "bad check digit", "R", "roster", roster(id_number=WRONG), "row-bad-check-digit", NUMBER, "999999****"
    ),
    Case("lost leading zero", "N", "practice", grade(student_no=EARLY["student_no"][1:]), shown="前导零"),
    Case("lost leading zero", "N", "audit-data", SHORT, shown="前导零"),
    *(score(said) for said in ("100.5", "-1.5", "101", "nan", "inf", "1_0", "²", "٣", "优")),
    Case("score -1 as a number", "R", "practice", MINUS, "row-unknown-score", SCORE, "-1", "a.xlsx"),
    Case("score -1 as a text is a code of the list", "N", "practice", grade(score_code="-1")),
    *(Case(said, "N", "practice", grade(score_code=said)) for said in ("缺考", "缓考", "作弊", "++", "&&")),
    Case(
        "ambiguous date",
        "R",
        "audit-data",
        audit_data(applied_on="03/04/2019"),
        "row-ambiguous-date",
        (3, "申请日期"),
        "03/04/2019",
    ),
    Case("no date", "R", "audit-data", audit_data(applied_on="2019-02-30"), "row-bad-date", (3, "申请日期")),
    Case("exact duplicate", "D", "practice", TWICE, "row-duplicate", (3, "")),
    Case("unknown course", "R", "practice", UNKNOWN, "row-unknown-course", (3, "课程ID"), "99999"),
    Case("course of another module", "R", "practice", grade(course=OTHER), "T1-not-practice", (3, "课程ID")),
    Case(
        "unknown student",
        "R",
        "practice",
        grade(student_no="1711001299999"),
        "row-unknown-student",
        (3, "学号"),
    ),
    Case("ID and name disagree", "H", "audit-data", audit_data(name="张三"), "row-id-name", (3, "姓名")),
    Case(
        "somebody else's ID",
        "H",
        "audit-data",
        audit_data(id_number=resident_id(12)),
        "row-id-mismatch",
        NUMBER,
        "999999****",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_row_gets_its_outcome(enrolled: object, case: Case) -> None:
    check(case)


def test_conflicting_grades_are_both_held(enrolled: object) -> None:
    data = csv_file("practice", grade_row(), grade_row(score_code="83"), grade_row(attempt="2"))
    seen = take("practice", data)
    assert [row[::2] for row in seen.rows] == [(2, "row-conflict", ""), (3, "row-conflict", "")]
    assert (seen.counts["held"], seen.counts["accepted"]) == (2, 1)


def test_another_units_student_is_refused_and_leaves_a_security_record(enrolled: object) -> None:
    seen = take("practice", grade(student_no=ELSEWHERE["student_no"]))
    assert seen.rows == [(3, "学号", "row-other-branch", "refused", ELSEWHERE["student_no"])]
    with reading() as db:
        (event,) = db.execute(select(EVENTS).where(EVENTS.c.stream == "security")).all()
    assert (event.kind, event.actor) == ("other-unit-rows", "110")
    assert event.data == {"submission": seen.receipt, "of": "practice", "rows": 1}


def test_t1_outside_the_window_good_rows_are_parked_with_the_reason_and_bad_ones_refused(
    enrolled: object,
) -> None:
    seen = take("practice", grade(course="99999"), when=LATE)
    assert [row[:4] for row in seen.rows] == [
        (2, "", "T1-late", "parked"),
        (3, "课程ID", "row-unknown-course", "refused"),
    ]


def test_t3_a_late_fast_track_file_is_refused_whole_and_not_parked(enrolled: object) -> None:
    data = csv_file("audit-data-fast-track", row_of("audit-data-fast-track", **ONE))
    seen = take("audit-data-fast-track", data, when=at("2020-03-10T00:00"))
    assert (seen.state, seen.code, sum(seen.counts.values())) == ("quarantined", "T3-late", 0)


def test_the_same_file_again_names_its_receipt_and_changes_nothing(enrolled: object) -> None:
    first = take("practice", grade())
    with pytest.raises(Refused, match="file-again") as refused:
        take("practice", grade(), name="again.csv", when=OPEN + timedelta(hours=1))
    assert refused.value.where["receipt"] == first.receipt
    assert refused.value.where["received"] == "2019-12-01 10:00"


def test_n3_a_corrected_resend_shows_the_difference_and_waits_for_hq(enrolled: object) -> None:
    take("practice", grade())
    seen = take("practice", grade(score_code="90"), when=OPEN + timedelta(hours=1))
    assert [(row[0], *row[2:]) for row in seen.rows] == [
        (2, "row-already", "duplicate", ""),
        (3, "row-correction", "held", "82 → 90"),
    ]
