"""Encodings of submitted text (BAD_INPUT.md, Encoding)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.refusals import Refused
from tasks.decode import decode
from tests.submitted import csv_file, csv_text, row_of

ROSTER = csv_text("roster", [row_of("roster", name="张喆"), row_of("roster", name="䶮𬭊·堃")])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_rare_characters_survive_every_encoding_that_is_taken(encoding):
    assert decode(ROSTER.encode(encoding), "r.csv").data.decode() == ROSTER


def test_what_was_converted_is_noted():
    assert decode(ROSTER.encode("utf-8"), "r.csv").notes == ()
    assert "BOM" in decode(ROSTER.encode("utf-8-sig"), "r.csv").notes[0]
    assert "UTF-16" in decode(ROSTER.encode("utf-16"), "r.csv").notes[0]
    assert "GB18030" in decode(ROSTER.encode("gb18030"), "r.csv").notes[0]


def code_of(data: bytes) -> str:
    with pytest.raises(Refused) as refused:
        decode(data, "r.csv")
    return refused.value.code


@pytest.mark.parametrize("first", ["utf-8", "gb18030"])
def test_two_encodings_in_one_file_are_refused_with_the_byte_where_the_second_starts(first):
    second = "gb18030" if first == "utf-8" else "utf-8"
    head = csv_file("roster", encoding=first)
    tail = csv_file("roster", row_of("roster", name="王小明"), encoding=second).split(b"\r\n", 1)[1]
    with pytest.raises(Refused) as refused:
        decode(head + tail, "r.csv")
    assert refused.value.code == "file-mixed-encoding"
    assert len(head) <= refused.value.where["offset"] < len(head) + 40


def test_big5_is_refused_as_big5():
    assert code_of("學號,姓名,性別,層次\r\n1711001200001,張學友,男,本科\r\n".encode("big5")) == "file-big5"


def test_a_nul_byte_is_refused_with_its_offset():
    with pytest.raises(Refused, match="file-nul") as refused:
        decode(b"a,b\r\n1,\x002\r\n", "r.csv")
    assert refused.value.where["offset"] == 7


def test_a_replacement_character_is_refused_with_its_row():
    with pytest.raises(Refused, match="file-replacement") as refused:
        decode("学号\n张\ufffd\n".encode(), "r.csv")
    assert refused.value.where["row"] == 2


@pytest.mark.parametrize(
    ("right", "wrong"), [("utf-8", "gb18030"), ("utf-8", "latin-1"), ("gb18030", "latin-1")]
)
def test_text_that_was_garbled_before_it_was_saved_is_refused(right, wrong):
    garbled = (
        "学号,课程ID,考试代码,综合成绩代码\n1,2,3,4".encode(right)
        .decode(wrong, "replace")
        .replace("\ufffd", "?")
    )
    assert code_of(garbled.encode()) == "file-mojibake"


def test_bytes_of_no_encoding_are_refused_with_their_offset():
    with pytest.raises(Refused, match="file-undecodable") as refused:
        decode("学号".encode("gb18030") + b"\r\n\xff\xff\r\n", "r.csv")
    assert refused.value.where["offset"] == 6


@given(st.lists(st.text(st.sampled_from("a,1张䶮\n\r"), max_size=6), max_size=12).map("\n".join))
def test_lines_beyond_ascii_are_decoded_where_they_stand(body):
    text = f"学号,姓名\n{body}"
    assert decode(text.encode("gb18030"), "r.csv").data.decode() == text


def test_an_error_far_down_is_told_by_its_offset_in_the_file():
    start = "学号\n".encode("gb18030") + b"1\n" * 1000 + "张\n".encode("gb18030")
    with pytest.raises(Refused, match="file-undecodable") as refused:
        decode(start + b"2\n3,\x81\n4\n", "r.csv")
    assert refused.value.where["offset"] == len(start) + 4


@given(
    st.lists(
        st.text(st.sampled_from("张王李喆堃䶮㛃·赵欧阳娜"), min_size=2, max_size=6), min_size=1, max_size=20
    )
)
def test_names_in_gb18030_are_never_taken_for_anything_else(names):
    text = csv_text("roster", [row_of("roster", name=name) for name in names])
    assert decode(text.encode("gb18030"), "r.csv").data.decode() == text
