"""What somebody shows at the counter before a certificate is handed over (N5)."""

import pytest

from rules.bearer import CHINESE, Bearer, Shown, check_shown
from rules.refusals import Refused


@pytest.mark.parametrize(
    ("shown", "refused"),
    [
        (Shown(), ""),
        (Shown(code=True), ""),
        (Shown(identity=False), "N5-identity"),
        (Shown(identity=False, code=True), "N5-identity"),
        (Shown(Bearer.DELEGATE), "N5-authorisation"),
        (Shown(Bearer.DELEGATE, code=True), "N5-authorisation"),
        (Shown(Bearer.DELEGATE, authorisation=True), "N5-authorisation"),
        (Shown(Bearer.DELEGATE, code=True, authorisation=True), ""),
        (Shown(Bearer.DELEGATE, identity=False, code=True, authorisation=True), "N5-identity"),
    ],
)
def test_a_student_shows_an_identity_document_and_a_delegate_all_three(shown: Shown, refused: str) -> None:
    if not refused:
        check_shown(shown)
        return
    with pytest.raises(Refused) as raised:
        check_shown(shown)
    assert raised.value.code == refused


def test_both_are_said_in_chinese() -> None:
    assert set(CHINESE) == set(Bearer)
