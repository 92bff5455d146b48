"""DBF tables (T4): nothing is cut, nothing is dropped, and a table that is not whole is refused."""

from contextlib import suppress
from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.refusals import Refused
from rules.registry_fields import Field
from tasks.dbf import dbf_problems, read_dbf, write_dbf

FIELDS = (Field("XM", 40), Field("XB", 2), Field("ZSBH", 18))
DAY = date(2020, 1, 19)
TEXT = st.text(
    st.characters(min_codepoint=0x20, exclude_categories=["Cs"], exclude_characters="\x7f"), max_size=10
)


def people(*names: str | None, **changed: object) -> pd.DataFrame:
    """Rows of these names."""
    numbers = [f"511618202005{n:06d}" for n in range(1, len(names) + 1)]
    return pd.DataFrame({"XM": names, "XB": "女", "ZSBH": numbers, **changed}, dtype="str")


def test_what_is_written_is_read_back_rare_characters_included() -> None:
    frame = people("张三", "李䶮", "王𬭊", "阿卜杜热合曼·买买提", "A NA null")
    pd.testing.assert_frame_equal(read_dbf(write_dbf(frame, FIELDS, "gb18030", DAY)), frame)


@given(st.lists(TEXT, max_size=20))
def test_any_text_that_fits_survives(names: list[str]) -> None:
    frame = people(*names)
    found = read_dbf(write_dbf(frame, FIELDS, "gb18030", DAY))
    assert found["XM"].tolist() == [name.strip(" ") for name in names]


def test_the_bytes_are_a_dbase_3_table() -> None:
    """Counted by hand from the format's description, not with our own reader."""
    table = write_dbf(people("张三", "李四"), FIELDS, "gb18030", DAY)
    assert table[0] == 0x03
    assert tuple(table[1:4]) == (120, 1, 19)
    assert int.from_bytes(table[4:8], "little") == 2
    assert int.from_bytes(table[8:10], "little") == 32 * 4 + 1
    assert int.from_bytes(table[10:12], "little") == 1 + 40 + 2 + 18
    assert table[32:35] == b"XM\0"
    assert (table[32 + 11 : 32 + 12], table[32 + 16]) == (b"C", 40)
    assert table[128:129] == b"\x0d"
    assert (
        table[129:190] == b" " + "张三".encode("gbk").ljust(40) + "女".encode("gbk") + b"511618202005000001"
    )
    assert table[190 + 61 :] == b"\x1a"


def test_a_value_longer_in_bytes_than_its_field_is_named_never_cut() -> None:
    frame = people("张三", "长" * 21, "长" * 20)
    with pytest.raises(Refused) as refused:
        write_dbf(frame, FIELDS, "gb18030", DAY)
    assert refused.value.code == "T4-dbf-width"
    assert (refused.value.where["row"], refused.value.where["column"]) == (2, "XM")
    assert "42" in str(refused.value)
    assert "长长" not in str(refused.value), "a value may be personal data"


def test_a_rare_character_counts_four_bytes() -> None:
    assert dbf_problems(people("𬭊" * 10), FIELDS, "gb18030").empty
    assert dbf_problems(people("𬭊" * 10 + "三"), FIELDS, "gb18030")["bytes"].tolist() == [42]


def test_every_problem_is_listed_in_the_order_of_the_rows() -> None:
    frame = people("张三", "李䶮", "长" * 21, "李䶮", XB=["女", "女女", "女", "女"])
    problems = dbf_problems(frame, FIELDS, "gbk")
    assert list(zip(problems["row"], problems["column"], problems["code"], strict=True)) == [
        (2, "XM", "T4-dbf-character"),
        (2, "XB", "T4-dbf-width"),
        (3, "XM", "T4-dbf-width"),
        (4, "XM", "T4-dbf-character"),
    ]
    assert problems["characters"].tolist() == ["U+4DAE", "", "", "U+4DAE"]


@pytest.mark.parametrize("name", ["张\n三", "张\0三", "A\x1aB"])
def test_a_character_that_would_break_the_table_is_refused(name: str) -> None:
    with pytest.raises(Refused) as refused:
        write_dbf(people(name), FIELDS, "gb18030", DAY)
    assert refused.value.code == "T4-dbf-character"


def test_a_missing_value_is_left_blank() -> None:
    assert read_dbf(write_dbf(people(None, "李四"), FIELDS, "gb18030", DAY))["XM"].tolist() == ["", "李四"]


def test_a_table_without_rows_keeps_its_columns() -> None:
    found = read_dbf(write_dbf(people(), FIELDS, "gb18030", DAY))
    assert (len(found), found.columns.tolist()) == (0, ["XM", "XB", "ZSBH"])


def test_a_row_marked_as_deleted_is_left_out() -> None:
    table = bytearray(write_dbf(people("张三", "李四", "王五"), FIELDS, "gb18030", DAY))
    table[129 + 61] = ord("*")
    assert read_dbf(bytes(table))["XM"].tolist() == ["张三", "王五"]


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda t: b"", "file-dbf"),
        (lambda t: b"PK\x03\x04" + t, "file-dbf"),
        (lambda t: "学号,姓名\n1,张三\n".encode() * 9, "file-dbf"),
        (lambda t: t[:40], "file-dbf-truncated"),
        (lambda t: t[:-2], "file-dbf-truncated"),
        (lambda t: t[:32] + b"XM\0".ljust(11, b"\0") + b"M" + t[44:], "file-dbf"),
        (lambda t: t[:48] + b"\x29" + t[49:], "file-dbf"),
        (lambda t: t[:64] + t[32:64] + t[96:], "file-dbf"),
        (lambda t: t[:10] + b"\0\0" + t[12:], "file-dbf"),
        (lambda t: t.replace("李四".encode("gbk"), b"\xc0\xee\xcb\xff"), "file-dbf-encoding"),
    ],
    ids=["empty", "zip", "csv", "header cut", "rows cut", "memo", "widths", "twice", "no width", "encoding"],
)
def test_what_is_no_whole_table_is_refused_without_a_traceback(spoil: object, code: str) -> None:
    assert callable(spoil)
    with pytest.raises(Refused) as refused:
        read_dbf(spoil(write_dbf(people("张三", "李四"), FIELDS, "gb18030", DAY)))
    assert refused.value.code == code


def test_the_row_that_is_not_in_the_encoding_is_named() -> None:
    table = write_dbf(people("张三", "李四"), FIELDS, "gb18030", DAY)
    with pytest.raises(Refused) as refused:
        read_dbf(table.replace("李四".encode("gbk"), b"\xc0\xee\xcb\xff"))
    assert (refused.value.where["row"], refused.value.where["column"]) == (2, "XM")


@given(st.binary(max_size=400))
def test_no_bytes_at_all_make_the_reader_fail_otherwise(data: bytes) -> None:
    for start in (b"", b"\x03", write_dbf(people("张三"), FIELDS, "gb18030", DAY)[:70]):
        with suppress(Refused):
            read_dbf(start + data)
