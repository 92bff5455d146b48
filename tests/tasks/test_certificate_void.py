"""N5, Readings 9: a number is void only with its registration, by two people, and never used again."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from models.certificate import CertificateSheet, Counter
from models.columns import table_of
from models.database import reading
from models.spoiled import CertifiedStatement, SpoiledSheet
from rules.refusals import Refused
from rules.sheets import SpoilReason
from tasks.approval import approve
from tasks.certificate_void import propose_void
from tasks.certified_statement import issue_statement
from tasks.ledger import statements
from tasks.numbers import allocate_numbers
from tasks.packing import pack_lot
from tasks.registration import export_lot
from tests.rules.policy_packs import january_2020
from tests.tasks.graduates import SEASON, change, column, reference, rows_of, season
from tests.tasks.test_certificate import LATER, print_now, ready

pytestmark = pytest.mark.usefixtures(season.__name__)
STUDENT, NOW = "1711014000001", LATER + timedelta(days=60)


@pytest.fixture
def case(season: None) -> int:
    """One certificate, printed and packed."""
    lot, (one,) = ready({})
    print_now(lot)
    pack_lot(lot, LATER, january_2020())
    return one


def refused(*given, **how) -> str:
    with pytest.raises(Refused) as refusal:
        propose_void(*given, **how)
    return refusal.value.code


@pytest.mark.parametrize("registration", ["exported", "sent", "unknown", "accepted"])
def test_while_a_registration_stands_a_number_is_not_voided(case: int, registration: str) -> None:
    change(case, registration=registration)
    assert refused(STUDENT, "误编", "王芳", NOW) == "sheet-registered"


@pytest.mark.parametrize(("registration", "after"), [("accepted", "none"), ("rejected", "rejected")])
def test_with_its_registration_a_number_is_void_for_ever(case: int, registration: str, after: str) -> None:
    change(case, registration=registration, visibility="visible" if registration == "accepted" else "hidden")
    cancelled = "学信注销1号" if registration == "accepted" else ""
    approval = propose_void(STUDENT, "误编", "王芳", NOW, cancelled=cancelled)
    with pytest.raises(Refused) as same:
        approve(approval, "王芳", NOW, pack=january_2020())
    assert same.value.code == "approval-same-person"
    approve(approval, "李明", NOW, pack=january_2020())
    states = [column(track)[case] for track in ("certificate", "registration", "custody", "visibility")]
    assert states == ["voided", after, "none", "hidden"]
    assert [row["reason"] for row in rows_of(SpoiledSheet)] == ["voided"]
    number = rows_of(CertificateSheet)[0]["number"]
    assert allocate_numbers(SEASON, 1, january_2020(), NOW) == 0
    assert export_lot(1, january_2020(), reference(), NOW, again=True) is None
    with reading() as db:
        following = {row.key: row.next for row in db.execute(table_of(Counter).select())}
    assert following[number[:12]] == int(number[12:]) + 1
    assert refused(STUDENT, "误编", "王芳", NOW) == "sheet-voided"


def test_a_registration_that_came_after_the_proposal_stops_it(case: int) -> None:
    change(case, registration="rejected")
    approval = propose_void(STUDENT, "误编", "王芳", NOW)
    change(case, registration="accepted")
    with pytest.raises(Refused) as refusal:
        approve(approval, "李明", NOW, pack=january_2020())
    assert refusal.value.code == "sheet-registered"
    assert column("certificate")[case] == "packed"


def test_a_certificate_lost_after_hand_over_gets_one_statement_that_cites_its_number(case: int) -> None:
    change(case, custody="handed-over")
    given = (STUDENT, SpoilReason.LOST, "王芳", NOW, january_2020(), reference())
    made = issue_statement(*given)
    number = rows_of(CertificateSheet)[0]["number"]
    text = "".join(PdfReader(BytesIO(Path(made.file).read_bytes())).pages[0].extract_text().split())
    assert "毕业证明书" in text
    assert number in text
    assert "因遗失不再补发，特此证明。" in text
    assert number not in str(made)
    again = issue_statement(*given)
    assert (again.entry, again.repeated, len(rows_of(CertifiedStatement))) == (1, True, 1)
    assert [one.reason for one in statements(SEASON)] == ["lost"]
    assert rows_of(SpoiledSheet) == []


def test_before_hand_over_there_is_no_statement(case: int) -> None:
    with pytest.raises(Refused) as refusal:
        issue_statement(STUDENT, SpoilReason.LOST, "王芳", NOW, january_2020(), reference())
    assert refusal.value.code == "sheet-not-handed-over"
