"""R2: what a check says about each certificate, and who has to act."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.package_check import FindingKind, findings_of, owner_of
from rules.refusals import Refused

INSIDE = [f"51161820200500000{digit}" for digit in range(1, 7)]
FOREIGN = "511618202005000099"


@given(st.dictionaries(st.sampled_from(INSIDE), st.sampled_from([*FindingKind][:1] + [*FindingKind][2:])))
def test_each_certificate_named_once_is_one_finding(said) -> None:
    named = {kind: [number for number, one in said.items() if one is kind] for kind in FindingKind}
    assert findings_of("P", INSIDE, named | {FindingKind.EXTRA: [FOREIGN]}) == said | {
        FOREIGN: FindingKind.EXTRA
    }


@pytest.mark.parametrize(
    ("named", "code"),
    [
        ({FindingKind.MISSING: [FOREIGN]}, "R2-check-not-inside"),
        ({FindingKind.EXTRA: INSIDE[:1]}, "R2-check-inside"),
        ({FindingKind.MISSING: INSIDE[:1], FindingKind.DAMAGED: INSIDE[:1]}, "R2-check-twice"),
        ({FindingKind.MISSING: [INSIDE[0], INSIDE[0]]}, "R2-check-twice"),
    ],
)
def test_what_cannot_be_is_refused_whole_and_masked(named, code: str) -> None:
    with pytest.raises(Refused) as refused:
        findings_of("P", INSIDE, named)
    assert refused.value.code == code
    assert INSIDE[0] not in str(refused.value)
    assert FOREIGN not in str(refused.value)


@pytest.mark.parametrize("kind", FindingKind)
def test_the_sender_looks_for_and_headquarters_prints_again(kind: FindingKind) -> None:
    assert owner_of(kind, "110") == ("110" if kind in ("missing", "extra") else "010")
