"""Names of persons and characters that cannot be seen (BAD_INPUT.md, Encoding)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.characters import clean_code, clean_text, fold_brackets
from rules.names import clean_name, doubt_name, mask_name


@pytest.mark.parametrize("dot", ["•", "‧", "・", "·"])
def test_every_middle_dot_becomes_one(dot):
    assert clean_name(f"买买提{dot}艾力") == "买买提·艾力"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("张\u200b喆", "张喆"),
        ("\u202a张喆\u202c", "张喆"),
        ("\ufeff张喆", "张喆"),
        ("张喆\u3000", "张喆"),
        ("张　喆", "张喆"),
        ("张\r\n喆", "张喆"),
        (" John  Smith ", "John Smith"),
        ("龍龙", "龍龙"),
    ],
)
def test_what_cannot_be_seen_goes_and_traditional_characters_stay(written, name):
    assert clean_name(written) == name


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("张\ue863", "row-private-use"),
        ("张\U000f0000", "row-private-use"),
        ("\uf9e1", "row-compatibility"),
        ("张\U0002f800", "row-compatibility"),
        ("\ufa0e", None),
        ("张䶮𬭊㛃", None),
        ("Smith", None),
    ],
)
def test_private_and_compatibility_characters_need_a_person(name, code):
    assert doubt_name(name) == code


@given(st.text(max_size=20))
def test_cleaning_twice_changes_nothing(text):
    assert clean_text(clean_text(text)) == clean_text(text)
    assert clean_code(clean_code(text)) == clean_code(text)
    assert clean_name(clean_name(text)) == clean_name(text)


def test_full_width_codes_become_ascii_and_superscripts_do_not():
    assert clean_code("１９Ｘ－３") == "19X-3"
    assert clean_code("1²") == "1²"


def test_brackets_of_both_widths_compare_alike():
    """N2: the partner-seal major is matched whatever brackets a branch types."""
    assert fold_brackets("公共事业管理（教育管理）") == fold_brackets("公共事业管理 (教育管理)")


@pytest.mark.parametrize(
    ("name", "shown"),
    [("张喆", "张*"), ("买买提·艾力", "买**·**"), ("John Smith", "J*** *****"), ("", "")],
)
def test_a_masked_name_keeps_its_first_character_and_its_shape(name, shown):
    assert mask_name(name) == shown
