"""Documents of identity (GB 11643; BAD_INPUT.md, IDs)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.identity import birth_date_of, check_digit, mask_id, mask_numbers, refuse_id, sex_of
from tests.submitted import resident_id


def test_the_standards_own_example_has_the_check_digit_x():
    assert check_digit("11010519491231002") == "X"


@given(st.dates(date(1900, 1, 1), date(2019, 12, 31)), st.integers(0, 999))
def test_a_well_formed_id_is_taken_and_says_birth_date_and_sex(born, serial):
    number = resident_id(serial, f"{born:%Y%m%d}")
    assert refuse_id(number) is None
    assert birth_date_of(number) == born
    assert sex_of(number) == ("男" if serial % 2 else "女")


@given(st.integers(0, 17), st.sampled_from("0123456789"))
def test_one_wrong_digit_is_always_found(place, digit):
    number = resident_id()
    changed = number[:place] + digit + number[place + 1 :]
    assert (refuse_id(changed) is None) == (changed == number)


@pytest.mark.parametrize(
    ("number", "id_type", "code"),
    [
        ("", "居民身份证", "row-missing"),
        ("1.10101E+17", "居民身份证", "row-scientific"),
        ("999999900307002", "居民身份证", "row-id-15"),
        (resident_id()[:17], "居民身份证", "row-bad-id"),
        ("99999919900307002²", "居民身份证", "row-bad-id"),
        ("99999919900307002٣", "", "row-bad-id"),
        (resident_id(2, "19900230"), "居民身份证", "row-bad-id-date"),
        (resident_id(2, "18900203"), "", "row-bad-id-date"),
        ("H1234567", "港澳台居民来往内地通行证", None),
        ("E12345678", "护照", None),
        ("南字第1234567号", "军官证", None),
        ("E1", "护照", "row-bad-id"),
        ("E=CMD()|A1", "护照", "row-bad-id"),
    ],
)
def test_numbers_of_other_documents_have_no_check_digit(number, id_type, code):
    assert refuse_id(number, id_type) == code


@given(st.text(st.characters(codec="ascii"), max_size=30))
def test_a_mask_keeps_the_length_and_never_shows_the_serial(number):
    masked = mask_id(number)
    assert len(masked) == len(number)
    if len(number) >= 15:
        assert masked[6:-2] == "*" * (len(number) - 8)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("99999919900307002X.jpg", "999999**********2X.jpg"),
        ("成绩1711001200001.csv", "成绩1**********01.csv"),
        ("practice-20191129153000-1.csv", "practice-20191129153000-1.csv"),
        ("20191129.csv", "20191129.csv"),
    ],
)
def test_numbers_that_identify_a_person_are_masked_inside_a_file_s_name(text, shown):
    assert mask_numbers(text) == shown
