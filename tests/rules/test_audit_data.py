"""Audit data judged from its bytes against the roster (R1)."""

from datetime import date

import pytest

from rules.audit_data import judge_audit_data
from rules.submission import Judged
from tests.submitted import codes_of, csv_file, outcomes_of, read, resident_id, roster_context, row_of

ROW = row_of("audit-data")


def judge(*rows: dict, **changes) -> Judged:
    table = read(csv_file("audit-data", *rows), "audit-data")
    return judge_audit_data(table.frame, table.row, roster_context(**changes))


def test_a_good_row_carries_the_application_the_photo_link_and_the_branchs_finding():
    """R1: the case keeps its application date, the photo's link date and who found what when."""
    case = judge(ROW).accepted.iloc[0]
    assert case["student_id"] == 1
    assert (case["applied_on"], case["photo_linked_on"]) == (date(2019, 11, 20), date(2019, 11, 10))
    assert (case["branch_finding"], case["branch_auditor"]) == ("通过", "李四")
    assert case["branch_audited_on"] == date(2019, 11, 25)
    assert not case["continuing"]


def test_a_student_without_a_photo_link_is_no_error():
    assert judge(ROW | {"photo_linked_on": ""}).accepted["photo_linked_on"].tolist() == [None]


@pytest.mark.parametrize(
    ("cells", "code", "outcome"),
    [
        ({"student_no": "1711001200099"}, "row-unknown-student", "refused"),
        ({"student_no": "1712001200002"}, "row-other-branch", "refused"),
        ({"name": "张哲"}, "row-id-name", "held"),
        ({"id_number": resident_id(4)}, "row-id-mismatch", "held"),
        ({"id_number": resident_id()[:17] + "1"}, "row-bad-check-digit", "refused"),
        ({"id_number": ""}, "row-missing", "refused"),
        ({"applied_on": ""}, "row-missing", "refused"),
        ({"applied_on": "11/10/2019"}, "row-ambiguous-date", "refused"),
        ({"continuing": "也许"}, "row-bad-value", "refused"),
        ({"branch_finding": ""}, "row-missing", "refused"),
    ],
)
def test_a_bad_cell_stops_its_row(cells, code, outcome):
    judged = judge(ROW | cells)
    assert codes_of(judged) == {2: code}
    assert outcomes_of(judged) == {2: outcome}


def test_traditional_characters_are_held_and_never_converted():
    judged = judge(ROW | {"name": "張喆"})
    assert codes_of(judged) == {2: "row-id-name"}


def test_an_id_in_lower_case_is_the_same_id():
    assert len(judge(ROW | {"id_number": resident_id().lower()}).accepted) == 1


def test_the_other_kind_of_middle_dot_is_the_same_name():
    row = ROW | {"student_no": "1712001200002", "name": "买买提•艾力", "id_number": resident_id(3)}
    assert judge(row, branch="120").accepted["student_id"].tolist() == [2]


def test_rows_outside_the_window_are_parked():
    """N1: audit data after the end waits with the window's code."""
    judged = judge(ROW, outcome="parked", code="N1-closed")
    assert codes_of(judged) == {2: "N1-closed"}
    assert outcomes_of(judged) == {2: "parked"}


def test_two_different_rows_of_one_student_are_held_both():
    assert outcomes_of(judge(ROW, ROW | {"conduct": "优秀"})) == {2: "held", 3: "held"}
    assert outcomes_of(judge(ROW, ROW)) == {3: "duplicate"}


def test_a_repeated_row_is_told_by_the_number_that_the_file_has():
    said = judge(ROW, ROW).verdicts.iloc[0]
    assert (said["column"], said["value"]) == ("学号", ROW["student_no"])


def test_rows_of_unknown_students_are_no_duplicates_of_each_other():
    rows = [ROW | {"student_no": number} for number in ("1711001200098", "1711001200099", "")]
    assert codes_of(judge(*rows)) == {2: "row-unknown-student", 3: "row-unknown-student", 4: "row-missing"}
