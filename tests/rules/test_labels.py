"""Tokens, links and package codes of labels (N9)."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from models.settings import Settings
from rules.labels import (
    CODE_ALPHABET,
    QR_ALPHANUMERIC,
    label_link,
    new_tokens,
    package_code,
    parse_code,
    read_scan,
)
from rules.refusals import Refused

CODES = st.builds(package_code, st.sampled_from(["2020-01", "2020-07", "2031-01"]), st.integers(1, 999_999))


def test_a_token_has_at_least_128_bits_and_is_never_drawn_twice() -> None:
    tokens = new_tokens(2000)
    assert len(set(tokens)) == 2000
    assert {len(token) for token in tokens} == {26}  # 26 × 5 = 130 bits
    assert len(set("".join(tokens))) == 32
    assert set("".join(tokens)) <= QR_ALPHANUMERIC
    assert new_tokens(0) == []


def test_a_link_is_upper_case_and_leads_to_its_token() -> None:
    (token,) = new_tokens(1)
    link = label_link("http://127.0.0.1:8080/biye/", token)
    assert link == f"HTTP://127.0.0.1:8080/BIYE/P/{token}"
    assert read_scan(f" {link}\n") == ("token", token)
    assert read_scan(token.lower()) == ("token", token)


@pytest.mark.parametrize("end", ["", "/", "//", "/P", "/P/", "/p", "/p/", " "])
@pytest.mark.parametrize("base", ["https://biye.example.edu.cn", "HTTP://127.0.0.1:8080/BIYE"])
def test_n9_an_address_with_or_without_slash_or_p_gives_the_one_right_link(base: str, end: str) -> None:
    (token,) = new_tokens(1)
    link = label_link(base + end, token.lower())
    assert link == f"{base.upper()}/P/{token}"
    assert read_scan(link) == read_scan(link.lower()) == ("token", token)


def test_n9_a_host_or_path_that_ends_in_p_stays_whole() -> None:
    (token,) = new_tokens(1)
    assert label_link("https://a.cn/map", token) == f"HTTPS://A.CN/MAP/P/{token}"
    assert label_link("https://shop", token) == f"HTTPS://SHOP/P/{token}"


def test_n9_the_default_address_gives_a_link_that_leads_nowhere() -> None:
    link = label_link(Settings(_env_file=None).label_base_url, new_tokens(1)[0])
    assert link.startswith("HTTPS://BIYE.INVALID/P/")


@pytest.mark.parametrize("base", ["", "/", "biye.example.edu.cn", "ftp://a.cn", "https://", "https:///P"])
def test_n9_what_is_no_web_address_is_refused(base: str) -> None:
    with pytest.raises(Refused) as refused:
        label_link(base, new_tokens(1)[0])
    assert refused.value.code == "label-base-form"


@pytest.mark.parametrize("base", ["https://例子.cn", "https://a.cn/x_y", "https://a.cn/?q=1"])
def test_an_address_that_the_small_qr_code_cannot_carry_is_refused(base: str) -> None:
    with pytest.raises(Refused) as refused:
        label_link(base, new_tokens(1)[0])
    assert refused.value.code == "label-base"


@given(CODES)
def test_a_code_is_read_as_written(code: str) -> None:
    assert parse_code(code) == code
    assert read_scan(code) == ("code", code)


@given(CODES, st.sampled_from([str.lower, lambda c: c.replace("-", " "), lambda c: c.replace("-", "")]))
def test_case_spaces_and_dashes_do_not_matter(code: str, written: object) -> None:
    assert callable(written)
    assert parse_code(written(code)) == code


@pytest.mark.parametrize(
    "typed", ["2o2ooi-oooo42-y", "２０２００１－００００４２－Ｙ", "2020L1—000042—Y", "Z0Z00I 000042 y"]
)
def test_look_alikes_and_full_width_are_put_right(typed: str) -> None:
    assert parse_code(typed.replace("2020L1", "20200L")) == "202001-000042-Y"


@given(CODES, st.data())
def test_one_wrong_character_is_always_found(code: str, data: st.DataObject) -> None:
    plain = code.replace("-", "")
    place = data.draw(st.integers(0, len(plain) - 1))
    other = data.draw(st.sampled_from(CODE_ALPHABET.replace(plain[place], "")))
    with pytest.raises(Refused) as refused:
        parse_code(plain[:place] + other + plain[place + 1 :])
    assert refused.value.code in {"label-check-digit", "label-code"}


@given(CODES, st.data())
def test_two_swapped_characters_are_always_found(code: str, data: st.DataObject) -> None:
    plain = list(code.replace("-", ""))
    one, two = data.draw(st.tuples(*[st.integers(0, len(plain) - 1)] * 2))
    assume(plain[one] != plain[two])
    plain[one], plain[two] = plain[two], plain[one]
    with pytest.raises(Refused):
        parse_code("".join(plain))


@pytest.mark.parametrize("typed", ["", "-", "K", "000042-Y", "202001-ABCDEF-Y", "证书包", "²02001-000042-Y"])
def test_what_is_no_code_at_all_is_refused(typed: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_code(typed)
    assert refused.value.code == "label-code"


@pytest.mark.parametrize("sequence", [0, -1, 1_000_000])
def test_a_sequence_beyond_six_digits_is_a_programming_error(sequence: int) -> None:
    with pytest.raises(ValueError, match="sequence"):
        package_code("2020-01", sequence)
