"""Score sheets judged from their bytes (T1, T2; BAD_INPUT.md, IDs and values)."""

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.grades import ScoreSheet, judge_grades, score_of
from rules.submission import Judged
from tests.submitted import codes_of, csv_file, grade_context, outcomes_of, read, row_of, xlsx_file

GRADE = row_of("final-exam")


def judge(*rows: dict, kind: str = "final-exam", **changes) -> Judged:
    table = read(csv_file(kind, *rows), kind)
    judged = judge_grades(ScoreSheet(table.columns, table.row), grade_context(kind=kind, **changes))
    return judged.with_reading(table.verdicts, table.notes)


def test_a_good_row_becomes_integers():
    judged = judge(GRADE | {"score_code": "82", "course": "00002", "attempt": "3"})
    row = judged.accepted.iloc[0]
    assert (row.row, row.student_id, row.course_id, row.attempt, row.score) == (2, 1, 2, 3, 82)
    assert (row.exam_code, row.category) == ("202001", "01")
    assert judged.accepted.dtypes[["student_id", "course_id", "attempt", "score"]].astype(str).tolist() == [
        "int32",
        "int32",
        "int8",
        "int16",
    ]


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [
        ("student_no", "9999999999999", "row-unknown-student"),
        ("student_no", "", "row-unknown-student"),
        ("student_no", "1.7110E+12", "row-scientific"),
        ("student_no", "1712001200002", "row-other-branch"),
        ("course", "99999", "row-unknown-course"),
        ("course", "1_0", "row-unknown-course"),
        ("course", "²", "row-unknown-course"),
        ("score_code", "100.5", "row-unknown-score"),
        ("score_code", "-9", "row-unknown-score"),
        ("score_code", "nan", "row-unknown-score"),
        ("score_code", "inf", "row-unknown-score"),
        ("score_code", "1_0", "row-unknown-score"),
        ("score_code", "²", "row-unknown-score"),
        ("score_code", "٣", "row-unknown-score"),
        ("score_code", "作弊", "row-unknown-score"),
        ("score_code", "", "row-missing"),
        ("attempt", "0", "row-bad-attempt"),
        ("attempt", "1.5", "row-bad-attempt"),
        ("attempt", "", "row-bad-attempt"),
        ("exam_code", "", "row-missing"),
        ("exam_code", "二〇二〇", "row-bad-code"),
    ],
)
def test_a_bad_cell_refuses_its_row_and_no_other(cell, value, code):
    judged = judge(GRADE | {cell: value}, GRADE | {"attempt": "2"})
    assert codes_of(judged) == {2: code}
    assert outcomes_of(judged) == {2: "refused"}
    assert judged.accepted["row"].tolist() == [3]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("student_no", "１７１１００１２００００１"),
        ("student_no", "1711001200001.0"),
        ("student_no", " 1711001200001\u200b"),
        ("course", "1"),
        ("course", "1.0"),
        ("score_code", "８２"),
        ("score_code", "82.0"),
        ("attempt", "1.0"),
    ],
)
def test_dirt_that_has_one_reading_is_normalised_and_noted(cell, value):
    judged = judge(GRADE | {cell: value})
    row = judged.accepted.iloc[0]
    assert (row.student_id, row.course_id, row.score, row.attempt) == (1, 1, 82, 1)


def test_a_lost_leading_zero_is_put_back():
    judged = judge(GRADE | {"student_no": "811001200009", "score_code": "5"})
    assert judged.accepted[["student_id", "score"]].values.tolist() == [[9, 5]]


@pytest.mark.parametrize(
    ("code", "score"), [("++", 100), ("&&", 60), ("-1", 0), (".5", 100), ("缺考", 0), ("100", 100)]
)
def test_scores_are_read_through_the_code_list(code, score):
    assert judge(GRADE | {"score_code": code}).accepted["score"].tolist() == [score]


def test_a_number_typed_into_a_workbook_is_read_as_its_code():
    table = read(xlsx_file("final-exam", GRADE | {"score_code": 5, "course": 1, "student_no": 1711001200001}))
    judged = judge_grades(ScoreSheet(table.columns, table.row), grade_context())
    assert judged.accepted[["student_id", "course_id", "score"]].values.tolist() == [[1, 1, 5]]


def test_a_practice_file_takes_module_06_only():
    """T1: comprehensive practice."""
    judged = judge(GRADE | {"course": "00600"}, GRADE, kind="practice")
    assert codes_of(judged) == {3: "T1-not-practice"}
    assert judged.accepted["course_id"].tolist() == [600]


def test_headquarters_may_send_for_every_branch():
    assert len(judge(GRADE | {"student_no": "1712001200002"}, branch="010").accepted) == 1


def test_an_exact_duplicate_is_counted_once():
    judged = judge(GRADE, GRADE, GRADE | {"paper_no": "77"})
    assert outcomes_of(judged) == {3: "duplicate", 4: "duplicate"}
    assert judged.accepted["row"].tolist() == [2]


def test_conflicting_grades_are_all_held():
    judged = judge(GRADE, GRADE | {"score_code": "60"}, GRADE | {"attempt": "2"})
    assert codes_of(judged) == {2: "row-conflict", 3: "row-conflict"}
    assert outcomes_of(judged) == {2: "held", 3: "held"}
    assert judged.accepted["row"].tolist() == [4]


def test_a_refused_row_conflicts_with_nothing():
    judged = judge(GRADE, GRADE | {"score_code": "x"})
    assert codes_of(judged) == {3: "row-unknown-score"}


def test_good_rows_outside_the_window_are_parked_and_bad_ones_still_refused():
    """T1: a grade after the window waits for the next batch, with the reason of the window."""
    judged = judge(GRADE, GRADE | {"course": "99999"}, GRADE, outcome="parked", code="T1-late")
    assert codes_of(judged) == {2: "T1-late", 3: "row-unknown-course", 4: "row-duplicate"}
    assert judged.accepted.empty
    assert judged.counts() == {"accepted": 0, "refused": 1, "held": 0, "parked": 1, "duplicate": 1}


def test_history_has_terms():
    judged = judge(
        row_of("grade-history", term="2019春"),
        row_of("grade-history", term="201905", attempt="2"),
        kind="grade-history",
    )
    assert judged.accepted["row"].tolist() == [2]
    assert codes_of(judged) == {3: "row-bad-term"}


CELLS = {
    "student_no": st.sampled_from(
        ["1711001200001", "1712001200002", "0811001200009", "811001200009", "x", ""]
    ),
    "course": st.sampled_from(["1", "00002", "00600", "7", "٣", "00001"]),
    "score_code": st.sampled_from(["82", "60", "++", "-1", "nan", "1_0", "82.0", ""]),
    "attempt": st.sampled_from(["1", "2", "0", "1.0", "x"]),
    "exam_code": st.sampled_from(["202001", "201907", ""]),
}


@given(
    st.lists(st.fixed_dictionaries(CELLS), min_size=1, max_size=25), st.sampled_from(["110", "120", "010"])
)
@settings(max_examples=150, deadline=None)
def test_rows_read_are_accepted_or_have_exactly_one_verdict(rows, branch):
    judged = judge(*[GRADE | row for row in rows], branch=branch)
    seen = [*judged.accepted["row"].tolist(), *judged.verdicts["row"].tolist()]
    assert sorted(seen) == list(range(2, len(rows) + 2))
    assert sum(judged.counts().values()) == judged.rows_read == len(rows)
    kept = judged.accepted[["student_id", "course_id", "exam_code", "attempt"]].astype(str)
    assert not kept.duplicated().any()


def plain_text(columns: pa.Table) -> pa.Table:
    return columns.cast(pa.schema([(name, pa.string()) for name in columns.column_names]))


@given(st.lists(st.fixed_dictionaries(CELLS), min_size=2, max_size=12))
@settings(max_examples=60, deadline=None)
def test_plain_text_columns_judge_like_dictionaries(rows):
    table = read(csv_file("final-exam", *[GRADE | row for row in rows]))
    coded = judge_grades(ScoreSheet(table.columns, table.row), grade_context())
    plain = judge_grades(ScoreSheet(plain_text(table.columns), table.row), grade_context())
    pd.testing.assert_frame_equal(coded.verdicts, plain.verdicts)
    assert coded.accepted.astype(str).values.tolist() == plain.accepted.astype(str).values.tolist()


def test_an_empty_roster_knows_nobody():
    assert codes_of(judge(GRADE, students={})) == {2: "row-unknown-student"}


def test_a_single_code_is_a_table_of_one_row():
    assert score_of("07", {"07": 7}) == score_of("7", {"07": 7}) == 7
    assert score_of("007", {"07": 7}) == -1
