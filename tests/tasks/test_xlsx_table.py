"""Workbooks as branches send them (BAD_INPUT.md, XLSX)."""

import io
import re
import time
import zipfile
from datetime import date

import openpyxl
import pytest

from rules.refusals import Refused
from tests.submitted import csv_file, read, row_of, xlsx_file

GRADE = row_of("final-exam")


def code_of(data: bytes, filename: str = "成绩.xlsx", kind: str = "final-exam") -> str:
    with pytest.raises(Refused) as refused:
        read(data, kind, filename)
    return refused.value.code


def repacked(data: bytes, name: str, change) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            part = old.read(member)
            new.writestr(member.filename, change(part) if member.filename == name else part)
    return written.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def verdict(data: bytes, kind: str = "final-exam") -> list:
    return read(data, kind).verdicts[["row", "column", "code"]].values.tolist()


def test_text_cells_come_as_they_are_and_rows_have_their_numbers():
    table = read(xlsx_file("final-exam", GRADE, GRADE | {"attempt": "2"}))
    assert table.frame["course"].tolist() == ["00001", "00001"]
    assert table.row.tolist() == [2, 3]
    assert table.sheet == "Sheet"


def test_numbers_and_dates_read_as_a_person_would_type_them():
    table = read(
        xlsx_file("roster", row_of("roster", student_no=1711001200001, birth_date=date(1990, 3, 7))), "roster"
    )
    assert table.frame.loc[0, ["student_no", "birth_date"]].tolist() == ["1711001200001", "1990-03-07"]


def test_an_id_of_18_digits_in_a_numeric_cell_is_refused_and_says_format_as_text():
    data = xlsx_file("roster", row_of("roster", id_number=999999199003070028), row_of("roster"))
    assert verdict(data, "roster") == [[2, "证件号", "row-numeric-id"]]
    assert read(data, "roster").row.tolist() == [3]


@pytest.mark.parametrize("score", [-1, 100.5, -0.5])
def test_a_number_that_is_no_score_is_refused(score):
    assert verdict(xlsx_file("final-exam", GRADE | {"score_code": score})) == [
        [2, "综合成绩代码", "row-unknown-score"]
    ]


def test_merged_cells_are_refused_with_their_place():
    data = xlsx_file("final-exam", change=lambda book, sheet: sheet.merge_cells("A3:B4"))
    with pytest.raises(Refused, match="A3:B4") as refused:
        read(data)
    assert refused.value.code == "file-merged-cells"


def test_a_formula_without_a_stored_value_refuses_its_row():
    assert verdict(xlsx_file("final-exam", GRADE, GRADE | {"score_code": "=80+2"})) == [
        [3, "综合成绩代码", "row-no-cached-value"]
    ]


def test_a_formula_without_a_stored_value_is_seen_where_tags_have_a_prefix():
    def prefixed(xml: bytes) -> bytes:
        named = re.sub(rb"(</?)([a-zA-Z])", rb"\1x:\2", xml)
        return named.replace(b"xmlns=", b"xmlns:x=", 1)

    data = repacked(xlsx_file("final-exam", GRADE, GRADE | {"score_code": "=80+2"}), SHEET, prefixed)
    assert verdict(data) == [[3, "综合成绩代码", "row-no-cached-value"]]


def test_a_formula_with_a_stored_value_is_taken():
    data = xlsx_file("final-exam", GRADE | {"score_code": "=80+2"})
    # openpyxl writes the missing value in one of three ways, by the XML library that it finds.
    stored = repacked(data, SHEET, lambda xml: re.sub(rb"<v ?/>|<v></v>", b"<v>82</v>", xml))
    assert read(stored).frame["score_code"].tolist() == ["82"]


def test_an_error_cell_refuses_its_row():
    assert verdict(xlsx_file("final-exam", GRADE | {"score_code": "#N/A"})) == [
        [2, "综合成绩代码", "row-error-cell"]
    ]


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_ignored_and_noted(state):
    def hide(book, sheet):
        other = book.create_sheet("旧数据")
        other.append(["学号", "课程ID"])
        other.sheet_state = state

    table = read(xlsx_file("final-exam", change=hide))
    assert table.rows_read == 1
    assert any("旧数据" in note for note in table.notes)


def test_several_data_sheets_are_refused_by_name():
    data = xlsx_file(
        "final-exam", change=lambda book, sheet: book.create_sheet("第二页").append(["学号", "课程ID"])
    )
    with pytest.raises(Refused, match="第二页") as refused:
        read(data)
    assert refused.value.code == "file-several-sheets"


def test_a_sheet_of_explanations_is_no_data_sheet():
    data = xlsx_file("final-exam", change=lambda book, sheet: book.create_sheet("说明").append(["请勿修改"]))
    assert any("说明" in note for note in read(data).notes)


def test_a_password_is_refused_with_the_remedy():
    encrypted = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "EncryptedPackage".encode("utf-16-le") + bytes(500)
    )
    with pytest.raises(Refused, match="Remove the password"):
        read(encrypted, "final-exam", "成绩.xlsx")


@pytest.mark.parametrize(
    ("data", "filename"),
    [
        (csv_file("final-exam"), "a.xlsx"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "a.xlsx"),
        (b"\xef\xbb\xbf<HTML><body>", "a.xls"),
        (xlsx_file("final-exam"), "a.csv"),
        (b"%PDF-1.7", "a.csv"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused_by_its_content(data, filename):
    assert code_of(data, filename) == "file-wrong-content"


@pytest.mark.parametrize("kept", [0.3, 0.5, 0.9, 0.99])
def test_a_truncated_workbook_is_refused(kept):
    data = xlsx_file("final-exam")
    assert code_of(data[: int(len(data) * kept)]) == "file-truncated"


def test_a_damaged_member_is_refused():
    data = bytearray(xlsx_file("final-exam"))
    at = data.find(b"xl/worksheets/sheet1.xml") + 60
    data[at : at + 40] = bytes(40)
    assert code_of(bytes(data)) == "file-truncated"


def test_a_decompression_bomb_is_refused_before_it_is_unpacked():
    def grow(part):
        return part + b" " * (300 << 20)

    data = repacked(xlsx_file("final-exam"), SHEET, grow)
    started = time.perf_counter()
    assert code_of(data) == "file-bomb"
    assert time.perf_counter() - started < 1


def test_a_lone_cell_at_the_far_corner_is_capped_and_noted():
    data = xlsx_file("final-exam", change=lambda book, sheet: sheet.cell(1_048_576, 16_384, "x"))
    table = read(data)
    assert table.rows_read == 1
    assert any("XFD1048576" in note for note in table.notes)


@pytest.mark.parametrize(
    "declaration",
    [b'<!DOCTYPE x [<!ENTITY a "aaaa">]>', b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'],
)
def test_an_entity_declaration_is_refused(declaration):
    def declare(part):
        return part.replace(b"<worksheet", declaration + b"<worksheet", 1)

    assert code_of(repacked(xlsx_file("final-exam"), SHEET, declare)) == "file-xml-entity"


def test_a_zip_that_is_no_workbook_is_refused():
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("a.txt", "x")
    assert code_of(written.getvalue()) == "file-wrong-content"


def test_blank_lines_between_rows_are_no_rows():
    data = xlsx_file(
        "final-exam",
        change=lambda book, sheet: (sheet.append([None, " "]), sheet.append(list(GRADE.values()))),
    )
    table = read(data)
    assert table.row.tolist() == [2, 4]


def test_a_workbook_without_any_row_is_refused():
    book = openpyxl.Workbook()
    written = io.BytesIO()
    book.save(written)
    assert code_of(written.getvalue()) == "file-empty"
    assert code_of(xlsx_file("final-exam", change=lambda book, sheet: sheet.delete_rows(2))) == "file-no-rows"


def test_a_file_over_the_cap_is_refused_before_it_is_read():
    with pytest.raises(Refused, match="file-too-big"):
        read(b"P" * (50 * 1024 * 1024 + 1), "final-exam", "a.xlsx")
