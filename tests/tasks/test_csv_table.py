"""Shapes of CSV files (BAD_INPUT.md, CSV shape)."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.refusals import Refused
from tests.submitted import csv_file, csv_text, read, row_of

GRADE = row_of("final-exam")


def code_of(data: bytes, kind: str = "final-exam") -> str:
    with pytest.raises(Refused) as refused:
        read(data, kind)
    return refused.value.code


def test_columns_are_taken_by_name_in_any_order():
    lines = [
        list(reversed(line.split(","))) for line in csv_text("final-exam", [GRADE]).split("\r\n") if line
    ]
    table = read("\n".join(",".join(line) for line in lines).encode())
    assert table.frame["student_no"].tolist() == [GRADE["student_no"]]
    assert table.frame["attempt"].tolist() == ["1"]


def test_headings_that_branches_use_instead_are_known():
    table = read(
        csv_file("roster").replace("证件号".encode("gb18030"), "身份证号码".encode("gb18030")), "roster"
    )
    assert "id_number" in table.frame


@pytest.mark.parametrize("data", [b"", b"\r\n\r\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(data):
    assert code_of(data) == "file-empty"


@pytest.mark.parametrize("tail", ["", "\r\n", "\r\n,,,,,,,,,,,\r\n"])
def test_a_header_alone_is_zero_rows(tail):
    assert code_of((csv_text("final-exam", []).strip() + tail).encode()) == "file-no-rows"


def test_a_heading_twice_is_refused():
    assert code_of(csv_file("final-exam").replace("试卷号".encode("gb18030"), "学号".encode("gb18030"))) == (
        "file-duplicate-header"
    )


def test_a_missing_column_is_named():
    with pytest.raises(Refused, match="课程ID"):
        read(csv_file("final-exam").replace("课程ID".encode("gb18030"), b"x"))


def test_an_unknown_column_is_noted_and_ignored():
    text = csv_text("final-exam", [GRADE]).replace("\r\n", ",备考\r\n", 1).replace(",1\r\n", ",1,x\r\n")
    table = read(text.encode())
    assert table.rows_read == 1
    assert any("备考" in note for note in table.notes)


def test_every_row_one_field_too_long_is_refused_whole():
    text = csv_text("final-exam", [GRADE] * 3).replace(",1\r\n", ",1,\r\n")
    assert code_of(text.encode()) == "file-shifted"


def test_a_ragged_row_is_refused_alone_and_keeps_its_row_number():
    lines = csv_text("final-exam", [GRADE] * 4).split("\r\n")
    lines[2] = "1,2,3"
    lines.insert(4, "")
    table = read("\r\n".join(lines).encode())
    assert table.verdicts[["row", "code", "value"]].values.tolist() == [[3, "row-ragged", "3"]]
    assert table.row.tolist() == [2, 4, 6]
    assert table.rows_read == 4


def test_an_unclosed_quote_is_refused_with_its_row():
    data = csv_file("final-exam", GRADE, GRADE | {"paper_no": '"12'}, GRADE)
    with pytest.raises(Refused, match="file-unclosed-quote"):
        read(data)


def test_two_unclosed_quotes_do_not_swallow_the_rows_between():
    data = csv_file("final-exam", GRADE | {"paper_no": '"12'}, GRADE, GRADE | {"paper_no": '12"'})
    assert code_of(data) == "file-unclosed-quote"


def test_mixed_line_ends_are_taken():
    text = csv_text("final-exam", [GRADE] * 3).replace("\r\n", "\n", 2)
    assert read(text.encode()).rows_read == 3
    assert read(csv_text("final-exam", [GRADE] * 3).replace("\r\n", "\r").encode()).rows_read == 3


def test_names_na_and_null_are_text():
    table = read(
        csv_file("roster", *[row_of("roster", name=name) for name in ("NA", "null", "NaN")]), "roster"
    )
    assert table.frame["name"].tolist() == ["NA", "null", "NaN"]


@pytest.mark.parametrize("delimiter", ["\t", ";"])
def test_another_delimiter_is_noted(delimiter):
    table = read(csv_text("final-exam", [GRADE], delimiter).encode())
    assert table.rows_read == 1
    assert "分隔符" in table.notes[0]


def test_a_break_inside_a_quoted_name_stays_one_row():
    table = read(csv_file("roster", row_of("roster", name='"张\n喆"'), row_of("roster")), "roster")
    assert table.frame["name"].tolist() == ["张\n喆", "张喆"]


@given(
    st.lists(
        st.tuples(st.text("ab\"',\n1 ", max_size=6), st.text("xy1;", max_size=4)), min_size=1, max_size=8
    )
)
def test_arrow_and_pythons_reader_agree_on_quoted_text(cells):
    written = io.StringIO(newline="")
    lines = csv.writer(written, quoting=csv.QUOTE_ALL)
    lines.writerow(["ZSBH", "状态", "备注"])
    lines.writerows([number, status, "x"] for number, status in cells)
    if any("\n" in number and number.count(",") > 1 for number, _ in cells):
        assert code_of(written.getvalue().encode(), "registry-receipt") == "file-unclosed-quote"
        return  # several delimiters in a value with a break look like a lost quote
    table = read(written.getvalue().encode(), "registry-receipt")
    assert table.frame["number"].tolist() == [number for number, _ in cells]
    assert table.frame["status"].tolist() == [status for _, status in cells]
