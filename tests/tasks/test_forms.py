"""Every kind in every form that units send: CSV, XLSX, XLS and DBF bring the same rows (R1, T1, T2)."""

from datetime import date

import pandas as pd
import pytest

from rules.columns import DBF_NAME, dbf_headings, dbf_name
from rules.refusals import Refused
from rules.registry_fields import Field
from rules.submission import KINDS, Kind
from tasks.dbf import write_dbf
from tasks.read_table import read_table
from tasks.template import Form, template
from tests.submitted import csv_file, row_of, xlsx_file
from tests.taken_in import EARLY, ONE, OTHER, REFERENCE, Seen, grade_row, roster_row, take
from tests.tasks.graduates import SHORT_CYCLE
from tests.xls import xls_file

TABLES = [kind for kind in KINDS if kind != Kind.PHOTOS]
FORMS = ["utf-8.csv", "gb18030.csv", "a.xlsx", "a.xls", "a.dbf"]
PROGRAMME = str(REFERENCE.programmes.set_index("code")["name"][[SHORT_CYCLE]].iloc[0])
ENROLLED = {"level": "专科", "programme": PROGRAMME, "study_period": "201709-202001", "sex": "女"}
GOOD = {
    Kind.ROSTER: [roster_row(**ONE), roster_row(**EARLY)],
    Kind.PRACTICE: [grade_row(), grade_row(attempt="2", score_code="++")],
    Kind.GRADE_HISTORY: [row_of("grade-history", course=OTHER, attempt=nth) for nth in ("1", "2")],
    Kind.AUDIT_DATA: [row_of("audit-data", **one) for one in (ONE, EARLY)],
    Kind.CERTIFICATE_DATA: [
        row_of("certificate-data", **ENROLLED, student_no=one["student_no"], name=one["name"])
        for one in (ONE, EARLY)
    ],
}


def made(kind: str, form: str, *rows: dict[str, str]) -> bytes:
    """The rows in one of the forms."""
    if form.endswith(".csv"):
        return csv_file(kind, *rows, encoding=form.removesuffix(".csv"))
    if form.endswith(".xlsx"):
        return xlsx_file(kind, *rows)
    columns = KINDS[kind].columns
    if form.endswith(".xls"):
        return xls_file([[c.heading for c in columns], *([row[c.name] for c in columns] for row in rows)])
    frame = pd.DataFrame({c.heading: [row[c.name] for row in rows] for c in columns}, dtype="str")
    return write_dbf(frame, [Field(c.heading, 60) for c in columns], "gb18030", date(2019, 12, 1))


def rows_of(kind: str) -> list[dict[str, str]]:
    return GOOD.get(kind, [row_of(kind), row_of(kind, student_no=EARLY["student_no"])])


def taken(kind: str, form: str) -> Seen:
    if kind == Kind.CERTIFICATE_DATA:
        take("audit-data", csv_file("audit-data", *GOOD[Kind.AUDIT_DATA]))
    unit = "010" if kind == Kind.REGISTRY_RECEIPT else "110"
    return take(kind, made(kind, form, *rows_of(kind)), form, unit)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", TABLES)
def test_the_same_rows_are_read_whatever_the_form(kind: str, form: str) -> None:
    table = read_table(made(kind, form, *rows_of(kind)), kind, form)
    wanted = read_table(made(kind, "utf-8.csv", *rows_of(kind)), kind, "a.csv")
    assert table.row.tolist() == [2, 3]
    pd.testing.assert_frame_equal(table.frame.astype("str"), wanted.frame.astype("str"))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", list(GOOD))
def test_good_rows_are_accepted_whatever_the_form(enrolled: object, kind: str, form: str) -> None:
    seen = taken(kind, form)
    assert (seen.counts["accepted"], seen.rows) == (2, [])


@pytest.mark.parametrize("form", ["a.xlsx", "a.xls", "a.dbf"])
def test_a_bad_row_is_named_by_its_row_and_heading_whatever_the_form(enrolled: object, form: str) -> None:
    seen = take("practice", made("practice", form, grade_row(), grade_row(score_code="优")), form)
    assert seen.rows == [(3, "综合成绩代码", "row-unknown-score", "refused", "优")]


@pytest.mark.parametrize("kind", TABLES)
def test_a_dbf_field_name_is_the_first_ten_bytes_of_a_heading_and_means_one_column(kind: str) -> None:
    known, columns = dbf_headings(KINDS[kind].columns), KINDS[kind].columns
    assert all(known[dbf_name(column.heading)] == column.name for column in columns)
    assert all(len(heading.encode("gb18030")) <= DBF_NAME for heading in known)


def test_a_field_name_that_could_be_two_columns_is_neither() -> None:
    known = dbf_headings(KINDS[Kind.PRACTICE].columns)
    assert dbf_name("形成性考核成绩代码") == dbf_name("形成性考核比例")
    assert dbf_name("形成性考核比例") not in known


def test_records_marked_as_deleted_are_noted_and_move_no_row_number(enrolled: object) -> None:
    data = bytearray(made("practice", "a.dbf", grade_row(), grade_row(attempt="2"), grade_row(attempt="x")))
    start = int.from_bytes(data[8:10], "little")
    data[start] = ord("*")
    seen = take("practice", bytes(data), "a.dbf")
    assert [row[:3] for row in seen.rows] == [(4, "考试次数", "row-bad-attempt")]
    assert "已标记删除的 1 条记录未读取" in seen.detail


@pytest.mark.parametrize("form", list(Form))
@pytest.mark.parametrize("kind", TABLES)
def test_a_template_is_a_file_of_its_kind_in_every_form(kind: str, form: Form) -> None:
    table = read_table(template(kind, form), kind, f"a.{form}")
    assert list(table.frame.columns) == KINDS[kind].used
    assert (table.rows_read, table.notes[1:]) == (1, [])


def test_photos_have_no_table_for_a_template() -> None:
    with pytest.raises(Refused, match="template-form"):
        template(Kind.PHOTOS, Form.DBF)
