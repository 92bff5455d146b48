"""N5, Readings 9: when a sheet may be spoiled, a number voided, a statement made."""

import pytest

from rules.refusals import Refused
from rules.sheets import Sheet, check_spoil, check_statement, check_void
from rules.states import Certificate, Custody, Registration

HAS_SHEET = {Certificate.PRINTED, Certificate.AT_PARTNER, Certificate.SEALED, Certificate.PACKED}
STANDS = set(Registration) - {Registration.NONE, Registration.REJECTED}


def sheet(
    certificate: Certificate = Certificate.PACKED,
    custody: Custody = Custody.AT_CENTRE,
    registration: Registration = Registration.ACCEPTED,
) -> Sheet:
    return Sheet("511618**********01", certificate, custody, registration)


def code_of(check, *given) -> str:
    try:
        check(*given)
    except Refused as refused:
        return refused.code
    return ""


@pytest.mark.parametrize("state", Certificate)
def test_a_sheet_that_is_there_can_be_spoiled_and_no_other(state: Certificate) -> None:
    refused = "sheet-voided" if state is Certificate.VOIDED else "sheet-none"
    assert code_of(check_spoil, sheet(certificate=state)) == ("" if state in HAS_SHEET else refused)


@pytest.mark.parametrize("custody", Custody)
def test_after_hand_over_there_is_a_statement_and_before_it_another_sheet(custody: Custody) -> None:
    """N5: never a second certificate."""
    given = custody is Custody.HANDED_OVER
    assert code_of(check_spoil, sheet(custody=custody)) == ("sheet-handed-over" if given else "")
    assert code_of(check_statement, sheet(custody=custody)) == ("" if given else "sheet-not-handed-over")
    assert code_of(check_void, sheet(custody=custody), "注销1号") == ("sheet-handed-over" if given else "")


@pytest.mark.parametrize("registration", Registration)
def test_a_number_is_void_only_with_its_registration(registration: Registration) -> None:
    expected = "sheet-registered" if registration in STANDS else ""
    assert code_of(check_void, sheet(registration=registration), " ") == expected
    assert code_of(check_void, sheet(registration=registration), "学信注销1号") == ""
