"""Certificate data judged from its bytes against the roster (R2)."""

from datetime import date

import pytest

from rules.certificate_data import judge_certificate_data, read_period
from rules.submission import Judged
from tests.submitted import codes_of, csv_file, outcomes_of, read, roster_context, row_of

ROW = row_of("certificate-data")


def judge(*rows: dict, **changes) -> Judged:
    table = read(csv_file("certificate-data", *rows), "certificate-data")
    return judge_certificate_data(table.frame, table.row, roster_context(**changes))


def test_a_good_row_says_from_when_to_when_the_student_studied():
    row = judge(ROW).accepted.iloc[0]
    assert (row["student_id"], row["study_from"], row["study_to"]) == (1, date(2017, 3, 1), date(2020, 1, 1))


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"sex": "男"}, "性别"),
        ({"birth_date": "1990-03-08"}, "出生日期"),
        ({"programme": "会计学"}, "专业名称"),
        ({"direction": "教育"}, "专业方向"),
        ({"level": "本科"}, "层次"),
    ],
)
def test_what_disagrees_with_the_roster_is_held_with_its_column(cells, column):
    judged = judge(ROW | cells)
    assert judged.verdicts[["column", "code", "outcome"]].values.tolist() == [
        [column, "row-roster-mismatch", "held"]
    ]


def test_another_name_is_held():
    assert codes_of(judge(ROW | {"name": "张哲"})) == {2: "row-id-name"}


def test_kinds_of_brackets_are_no_disagreement():
    """N2: 公共事业管理（教育管理）is matched with half-width brackets too."""
    row = ROW | {
        "student_no": "1712001200002",
        "name": "买买提·艾力",
        "sex": "男",
        "level": "本科",
        "programme": "公共事业管理(教育管理)",
    }
    assert len(judge(row, branch="120").accepted) == 1


@pytest.mark.parametrize(
    "text",
    ["201703-202001", "2017.03-2020.01", "2017年3月至2020年1月", "2017-03 至 2020-01", "201703—202001"],
)
def test_periods_are_read_in_every_shape(text):
    assert read_period(text) == (date(2017, 3, 1), date(2020, 1, 1))


@pytest.mark.parametrize("text", ["", "2017", "202001-201703", "201713-202001", "三年"])
def test_a_period_that_cannot_be_read_is_refused(text):
    assert read_period(text) is None
    assert outcomes_of(judge(ROW | {"study_period": text})) == {2: "refused"}


def test_parked_and_doubled_rows():
    assert outcomes_of(judge(ROW, ROW, outcome="parked", code="N1-closed")) == {2: "parked", 3: "duplicate"}
