"""N5, N7: what a student's word about the CHSI record makes of it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.clock import SHANGHAI
from rules.confirmation import CHINESE, Pickup, RecordCheck, at_hand_over, judge_answer
from rules.refusals import Refused

GIVEN = datetime(2020, 1, 20, 9, tzinfo=SHANGHAI)
UNITS = ("010", "110", "1100201")
ASKED = Pickup("1*********01", RecordCheck.DEFERRED, True, "1100201", UNITS, GIVEN)
CHECKS = st.sampled_from(RecordCheck)


@pytest.mark.parametrize(
    ("visible", "later", "check"),
    [
        (True, False, RecordCheck.CONFIRMED),
        (True, True, RecordCheck.DEFERRED),
        (False, False, RecordCheck.DEFERRED),  # N7: nobody can look it up yet
        (False, True, RecordCheck.DEFERRED),
    ],
)
def test_the_record_is_confirmed_at_hand_over_only_if_it_is_public_and_was_looked_at(
    visible: bool, later: bool, check: RecordCheck
) -> None:
    assert at_hand_over(visible, later) is check


@pytest.mark.parametrize(
    ("before", "wrong", "after"),
    [
        (RecordCheck.DEFERRED, False, RecordCheck.CONFIRMED),
        (RecordCheck.DEFERRED, True, RecordCheck.WRONG),
        (RecordCheck.CONFIRMED, False, None),
        (RecordCheck.CONFIRMED, True, RecordCheck.WRONG),  # N5: problems are fed back at once, also later
        (RecordCheck.WRONG, True, RecordCheck.WRONG),  # another field
    ],
)
def test_a_word_confirms_or_finds_wrong_and_a_repeat_changes_nothing(
    before: RecordCheck, wrong: bool, after: RecordCheck | None
) -> None:
    assert judge_answer(replace(ASKED, check=before), wrong, "1100201", GIVEN) is after


@pytest.mark.parametrize(
    ("changed", "by", "at", "code"),
    [
        ({"visible": False}, "1100201", GIVEN, "N5-record-hidden"),
        ({"handed_over_at": None}, "1100201", GIVEN, "N5-not-handed-over"),
        ({}, "1100301", GIVEN, "N5-confirmed-elsewhere"),
        ({}, "120", GIVEN, "N5-confirmed-elsewhere"),
        ({}, "1100201", GIVEN - timedelta(seconds=1), "N5-confirmed-earlier"),
        ({"check": RecordCheck.WRONG}, "1100201", GIVEN, "N5-record-wrong"),
    ],
)
def test_each_reason_against_a_confirmation_has_its_code(
    changed: dict[str, object], by: str, at: datetime, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        judge_answer(replace(ASKED, **changed), False, by, at)  # type: ignore[arg-type]
    assert refused.value.code == code
    assert "<" not in str(refused.value)  # every detail that the sentences name is there


@given(CHECKS, st.booleans(), st.booleans(), st.sampled_from([*UNITS, "120"]), st.integers(-9, 9))
def test_nothing_is_ever_said_of_a_record_that_is_not_public(
    check: RecordCheck, visible: bool, wrong: bool, by: str, hours: int
) -> None:
    """N7: whatever else holds; and a word, once taken, is a repeat when it is said again."""
    pickup, at = replace(ASKED, check=check, visible=visible), GIVEN + timedelta(hours=hours)
    try:
        after = judge_answer(pickup, wrong, by, at)
    except Refused:
        assert not visible or by not in UNITS or hours < 0 or check is RecordCheck.WRONG
        return
    assert visible
    assert by in UNITS
    assert hours >= 0
    assert after is not RecordCheck.DEFERRED
    if after is RecordCheck.CONFIRMED:
        assert judge_answer(replace(pickup, check=after), wrong, by, at) is None


def test_every_state_has_its_words() -> None:
    assert set(CHINESE) == set(RecordCheck)
