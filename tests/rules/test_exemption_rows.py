"""Exemption applications judged from their bytes against roster and courses (R3)."""

from datetime import date

import pandas as pd
import pytest

from rules.exemption_rows import ExemptionContext, judge_exemptions
from rules.registry_fields import Field
from rules.submission import Judged
from tasks.dbf import write_dbf
from tests.submitted import codes_of, csv_file, outcomes_of, read, roster_context, row_of, xlsx_file
from tests.xls import xls_file

ROW = row_of("exemption")
COURSES = pd.DataFrame({"course_id": [1, 2, 600], "module": ["01", "02", "06"]})


def judge(data: bytes, filename: str | None = None, **changes: object) -> Judged:
    table = read(data, "exemption", filename)
    known = ExemptionContext(roster_context(**changes), COURSES)
    return judge_exemptions(table.frame, table.row, known).with_reading(table.verdicts, table.notes)


def judge_rows(*rows: dict[str, str], **changes: object) -> Judged:
    return judge(csv_file("exemption", *rows), **changes)


def test_a_good_row_says_who_asks_for_what_and_why() -> None:
    """R3: the branch's own date is kept, and does not count."""
    row = judge_rows(ROW).accepted.iloc[0]
    assert (row["student_id"], row["course_id"], row["kind"]) == (1, 1, "免修")
    assert (row["reason"], row["handed_in"]) == ("已取得相同课程学分", date(2019, 12, 5))


def test_the_same_row_is_read_from_every_kind_of_file() -> None:
    """R3."""
    headings = ["学号", "课程ID", "类型", "理由", "递交日期"]
    files = {"a.csv": csv_file("exemption", ROW, encoding="utf-8"), "a.xlsx": xlsx_file("exemption", ROW)}
    files["a.xls"] = xls_file([headings, list(ROW.values())])
    frame = pd.DataFrame([list(ROW.values())], columns=headings, dtype="str")
    fields = tuple(Field(heading, 40) for heading in headings)
    files["a.dbf"] = write_dbf(frame, fields, "gb18030", date(2019, 12, 5))
    for name, data in files.items():
        assert judge(data, name).accepted["course_id"].tolist() == [1], name


@pytest.mark.parametrize(
    ("cells", "code", "outcome"),
    [
        ({"student_no": "1711001200099"}, "row-unknown-student", "refused"),
        ({"student_no": "1712001200002"}, "row-other-branch", "refused"),
        ({"course": "00099"}, "row-unknown-course", "refused"),
        ({"course": "一"}, "row-unknown-course", "refused"),
        ({"course": ""}, "row-missing", "refused"),
        ({"course": "00600"}, "R3-practice", "refused"),
        ({"kind": "免试"}, "row-bad-value", "refused"),
        ({"kind": ""}, "row-missing", "refused"),
        ({"reason": ""}, "row-missing", "refused"),
        ({"handed_in": "11/12/2019"}, "row-ambiguous-date", "refused"),
        ({"handed_in": "2019-13-01"}, "row-bad-date", "refused"),
    ],
)
def test_r3_a_bad_cell_stops_its_row(cells: dict[str, str], code: str, outcome: str) -> None:
    judged = judge_rows(ROW | cells, ROW | {"course": "00002"})
    assert codes_of(judged) == {2: code}
    assert outcomes_of(judged) == {2: outcome}
    assert len(judged.accepted) == 1


def test_comprehensive_practice_can_never_be_exempted() -> None:
    """R3, G0: neither from its course nor from its examination."""
    rows = [ROW | {"course": "600", "kind": kind} for kind in ("免修", "免考")]
    assert set(codes_of(judge_rows(*rows)).values()) == {"R3-practice"}


def test_hq_may_send_for_all_units() -> None:
    """R3."""
    row = ROW | {"student_no": "1712001200002"}
    assert judge_rows(row, branch="010").accepted["student_id"].tolist() == [2]


def test_r3_one_student_may_ask_for_two_courses_and_for_each_only_once() -> None:
    other = ROW | {"course": "00002"}
    assert len(judge_rows(ROW, other).accepted) == 2
    assert outcomes_of(judge_rows(ROW, ROW)) == {3: "duplicate"}
    differing = judge_rows(ROW, ROW | {"kind": "免考"}, other)
    assert codes_of(differing) == {2: "row-same-course", 3: "row-same-course"}
    assert outcomes_of(differing) == {2: "held", 3: "held"}
