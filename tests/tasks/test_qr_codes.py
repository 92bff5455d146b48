"""QR codes drawn together are those that `qrcode` draws one by one (N9)."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tasks.qr_codes as qr
from rules.labels import QR_ALPHANUMERIC, TOKEN_ALPHABET, TOKEN_LENGTH, label_link, new_tokens
from rules.refusals import Refused

BASES = ["https://biye.invalid", "https://biye.example.edu.cn", "http://127.0.0.1:8080/biye"]  # 49, 56, 55
TOKENS = st.lists(
    st.text(TOKEN_ALPHABET, min_size=TOKEN_LENGTH, max_size=TOKEN_LENGTH), min_size=1, max_size=12
)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(BASES), TOKENS)
def test_n9_codes_of_any_tokens_are_those_of_qrcode(base: str, tokens: list[str]) -> None:
    links = [label_link(base, token) for token in tokens]
    assert qr.qr_codes(links) == [qr.drawn(link) for link in links]


@settings(max_examples=40, deadline=None)
@given(st.data(), st.sampled_from([1, 2, 21, 48, 111]))
def test_codes_of_any_texts_of_one_length_are_those_of_qrcode(data: st.DataObject, length: int) -> None:
    """At 111 characters a code has several blocks. No zeros: `qrcode` fails on a block of zeros alone."""
    text = st.text("".join(sorted(QR_ALPHANUMERIC - {"0"})), min_size=length, max_size=length)
    texts = data.draw(st.lists(text, min_size=2, max_size=5))
    assert qr.qr_codes(texts) == [qr.drawn(text) for text in texts]


def test_links_of_other_lengths_keep_their_places() -> None:
    links = [label_link(base, token) for base in BASES for token in new_tokens(2)][::-1]
    mixed = links[::2] + links[1::2]
    assert qr.qr_codes(mixed) == [qr.drawn(link) for link in mixed]


def test_links_beyond_what_is_drawn_at_once_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qr, "AT_ONCE", 3)
    links = [label_link(BASES[0], token) for token in new_tokens(10)]
    assert qr.qr_codes(links) == [qr.drawn(link) for link in links]


def test_a_code_has_a_bit_a_module_and_a_row_fills_whole_bytes() -> None:
    (code,) = qr.qr_codes([label_link(BASES[1], new_tokens(1)[0])])
    assert code.side == 33  # version 4
    rows = np.unpackbits(np.frombuffer(code.rows, dtype=np.uint8).reshape(33, 5), axis=1)
    assert rows[0, :8].tolist() == [1] * 7 + [0]  # the upper edge of the finder, then its white
    assert not rows[:, 33:].any()


def test_no_links_have_no_codes() -> None:
    assert qr.qr_codes([]) == []


@pytest.mark.parametrize("foreign", ["a", "_", "例", "\x7f"])
def test_a_character_outside_the_mode_is_a_programming_error(foreign: str) -> None:
    for links in (["AB" + foreign], ["ABC", "AB" + foreign]):
        with pytest.raises(ValueError):
            qr.qr_codes(links)


def test_n9_a_code_that_qrcode_draws_otherwise_is_refused_not_printed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    links = [label_link(BASES[0], token) for token in new_tokens(8)]
    right = qr._turned
    monkeypatch.setattr(qr, "_turned", lambda length, place: right(length, place) ^ np.uint64(place == 20))
    with pytest.raises(Refused) as refused:
        qr.qr_codes(links)
    assert refused.value.code == "label-qr"
