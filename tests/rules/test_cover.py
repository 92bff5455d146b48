"""Covers: what a file of estimates says, and how an estimate stands beside the graduates (N6)."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.cover import CoverState, cover_state, difference_percent, judge_cover_estimates
from rules.cover_letter import CoverLine, cover_letter
from tests.rules.policy_packs import january_2020, pack_with
from tests.submitted import codes_of


def judged(*rows: tuple[str, str, str]):
    table = pd.DataFrame(list(rows), columns=["level", "quantity", "note"]).astype("str")
    return judge_cover_estimates(table, np.arange(2, len(rows) + 2))


def test_n6_a_file_of_both_levels_is_accepted():
    accepted = judged(("本科", "120", ""), ("专科", "０", "停招")).accepted
    assert accepted.to_dict("list") == {
        "row": [2, 3],
        "level": ["本科", "专科"],
        "quantity": [120, 0],
        "note": ["", "停招"],
    }


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (("研究生", "1", ""), "row-bad-value"),
        (("", "1", ""), "row-missing"),
        (("本科", "", ""), "row-missing"),
        *(
            (("本科", text, ""), "N6-quantity")
            for text in ("-1", "1.5", "1_0", "²", "٣", "nan", "1e3", "1000000", "一百")
        ),
    ],
)
def test_n6_a_row_that_is_no_estimate_is_refused(row, code):
    assert codes_of(judged(row, ("专科", "5", ""))) == {2: code}


def test_n6_two_quantities_for_one_level_are_held_and_the_same_twice_is_a_duplicate():
    assert codes_of(judged(("本科", "1", ""), ("本科", "2", ""))) == {2: "N6-same-level", 3: "N6-same-level"}
    assert codes_of(judged(("本科", "1", ""), ("本科", "1.0", ""))) == {3: "row-duplicate"}


@pytest.mark.parametrize(
    ("estimate", "graduates", "note", "state"),
    [
        (None, 0, "", CoverState.MISSING),
        (None, 9, "", CoverState.MISSING),
        (90, 100, "", CoverState.AGREES),
        (110, 100, "", CoverState.AGREES),
        (111, 100, "", CoverState.EXPLAIN),
        (89, 100, "", CoverState.EXPLAIN),
        (0, 100, "上季有余", CoverState.EXPLAINED),
        (5, 0, "", CoverState.OPEN),
    ],
)
def test_n6_ten_percent_either_way_agrees_and_more_needs_an_explanation(estimate, graduates, note, state):
    assert cover_state(estimate, graduates, 10, note) is state


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(0, 100))
def test_n6_an_explanation_is_asked_for_just_outside_the_tolerance(estimate, graduates, tolerance):
    asked = cover_state(estimate, graduates, tolerance, "") is CoverState.EXPLAIN
    low, high = graduates * (100 - tolerance), graduates * (100 + tolerance)
    assert asked == (not low <= 100 * estimate <= high)
    assert (difference_percent(estimate, graduates) or 0) * (estimate - graduates) >= 0


def test_n6_v1_a_letter_says_what_is_asked_until_when_and_whom_to_ask():
    lines = [
        CoverLine("本科", CoverState.MISSING, None, 12, None),
        CoverLine("专科", CoverState.EXPLAIN, 60, 50, 20.0),
        CoverLine("专科", CoverState.AGREES, 50, 50, 0.0),
    ]
    text = cover_letter(january_2020(), "110", "北京分部", lines, date(2020, 1, 6))
    for said in ("北京分部（110）", "尚未收到本科", "12 人", "专科征订 60", "+20.0%", "尽快", "2020-01-06"):
        assert said in text
    assert january_2020().contacts.telephone in text
    assert "3." not in text
    dated = pack_with(**{"dates__cover-estimates__day": "2020-01-10"})
    assert "于 2020-01-10 前" in cover_letter(dated, "110", "北京分部", lines, date(2020, 1, 6))
