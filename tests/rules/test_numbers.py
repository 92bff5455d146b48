"""Certificate numbers: 18 digits, unique and gapless, rising in the order of the cases (N3)."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.numbers import LAST_SERIAL, number_in_order, prefix_of
from rules.refusals import Refused
from tests.rules.policy_packs import january_2020

UNDERGRADUATE, SHORT_CYCLE = "511618202005", "511618202006"
NEXT = st.integers(1, LAST_SERIAL - 60)


@pytest.mark.parametrize(("level", "prefix"), [("本科", UNDERGRADUATE), ("专科", SHORT_CYCLE)])
def test_a_number_begins_with_school_type_graduation_year_and_level(level: str, prefix: str) -> None:
    assert prefix_of(january_2020().school, 2020, level) == prefix


def test_each_level_counts_on_its_own_and_the_next_season_goes_on() -> None:
    order = pd.Series([UNDERGRADUATE, SHORT_CYCLE, UNDERGRADUATE])
    numbers, following = number_in_order(order, {UNDERGRADUATE: 1, SHORT_CYCLE: 981300})
    assert numbers.tolist() == ["511618202005000001", "511618202006981300", "511618202005000002"]
    assert following == {UNDERGRADUATE: 3, SHORT_CYCLE: 981301}


@given(st.lists(st.sampled_from([UNDERGRADUATE, SHORT_CYCLE]), max_size=50), NEXT, NEXT)
def test_numbers_are_unique_gapless_and_rise_in_fifo_order(order: list[str], one: int, other: int) -> None:
    # N3
    start = {UNDERGRADUATE: one, SHORT_CYCLE: other}
    numbers, following = number_in_order(pd.Series(order, dtype="str"), start)
    assert numbers.str.fullmatch(r"\d{18}").all()
    for prefix, first in start.items():
        serials = [int(number[12:]) for number in numbers if number.startswith(prefix)]
        assert serials == list(range(first, first + order.count(prefix)))
        assert following[prefix] == first + order.count(prefix)
    assert [number[:12] for number in numbers] == order


@given(st.lists(st.integers(0, 5), min_size=1, max_size=6))
def test_allocations_one_after_the_other_leave_no_gap_between_them(sizes: list[int]) -> None:
    following, issued = {UNDERGRADUATE: 7}, []
    for size in sizes:
        numbers, following = number_in_order(pd.Series([UNDERGRADUATE] * size, dtype="str"), following)
        issued += numbers.tolist()
    assert [int(number[12:]) for number in issued] == list(range(7, 7 + sum(sizes)))


def test_the_last_of_six_digits_is_still_given() -> None:
    numbers, following = number_in_order(pd.Series([UNDERGRADUATE]), {UNDERGRADUATE: 999_999})
    assert numbers.tolist() == [UNDERGRADUATE + "999999"]
    assert number_in_order(pd.Series([], dtype="str"), following)[1] == {UNDERGRADUATE: 1_000_000}


@pytest.mark.parametrize(("start", "left"), [(999_999, 1), (1_000_000, 0)])
def test_more_than_six_digits_have_left_is_refused_whole(start: int, left: int) -> None:
    order = pd.Series([SHORT_CYCLE, UNDERGRADUATE, UNDERGRADUATE])
    with pytest.raises(Refused) as refused:
        number_in_order(order, {UNDERGRADUATE: start, SHORT_CYCLE: 1})
    assert refused.value.code == "N3-serials"
    assert refused.value.where == {"prefix": UNDERGRADUATE, "left": left, "wanted": 2}
