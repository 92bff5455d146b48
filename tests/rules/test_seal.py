"""N2: what becomes of each certificate of a list when it comes back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.refusals import Refused
from rules.seal import SealOutcome, outcomes_of

AWAY = [f"51161820200500000{digit}" for digit in range(1, 8)]


@given(st.permutations(AWAY), st.integers(0, 3), st.integers(0, 3))
def test_everybody_is_sealed_lost_damaged_or_still_away_and_only_once(order, first, second) -> None:
    excepted, missing, damaged = order[:first], order[first : first + second], order[first + second :][:1]
    lost = {SealOutcome.MISSING: missing, SealOutcome.DAMAGED: damaged}
    found = outcomes_of(1, AWAY, excepted, lost)
    assert set(found) == set(AWAY) - set(excepted)
    assert {number for number, one in found.items() if one is SealOutcome.MISSING} == set(missing)
    assert {number for number, one in found.items() if one is SealOutcome.DAMAGED} == set(damaged)


@pytest.mark.parametrize(
    ("excepted", "missing", "code"),
    [(["511618202005000099"], [], "seal-not-away"), (AWAY[:1], AWAY[:1], "seal-twice")],
)
def test_a_number_that_is_not_away_or_named_twice_is_refused_masked(excepted, missing, code) -> None:
    with pytest.raises(Refused) as refused:
        outcomes_of(1, AWAY, excepted, {SealOutcome.MISSING: missing})
    assert refused.value.code == code
    assert excepted[0] not in str(refused.value)
