"""Templates that units fill in."""

import pytest

from rules.grades import ScoreSheet, judge_grades
from rules.submission import KINDS
from tasks.read_table import read_table
from tasks.template import template
from tests.submitted import codes_of, grade_context


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "photos"])
def test_a_template_is_itself_a_file_of_its_kind(kind):
    table = read_table(template(kind), kind, "模板.xlsx")
    assert table.rows_read == 1
    assert list(table.frame.columns) == KINDS[kind].used
    assert table.sheet == KINDS[kind].zh


def test_the_example_row_names_a_student_who_does_not_exist():
    table = read_table(template("final-exam"), "final-exam", "模板.xlsx")
    judged = judge_grades(ScoreSheet(table.columns, table.row), grade_context())
    assert codes_of(judged) == {2: "row-unknown-student"}


def test_the_photo_template_explains_the_zip():
    assert template("photos").startswith(b"PK")
