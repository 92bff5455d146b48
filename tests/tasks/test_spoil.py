"""N5, R2, Readings 9: a spoiled sheet enters the ledger and is printed again under the same number."""

from datetime import timedelta

import pytest

from models.certificate import CertificateSheet
from models.custody import Package
from models.spoiled import SpoiledSheet
from rules.refusals import Refused
from rules.sheets import SpoilReason
from tasks.ledger import ledger
from tasks.packing import pack_lot
from tasks.spoil import spoil
from tests.rules.policy_packs import january_2020
from tests.tasks.graduates import SEASON, change, column, rows_of, season
from tests.tasks.test_certificate import LATER, print_now, ready

pytestmark = pytest.mark.usefixtures(season.__name__)
AFTER = LATER + timedelta(hours=1)


def number_of(case_id: int) -> str:
    return next(row["number"] for row in rows_of(CertificateSheet) if row["case_id"] == case_id)


def packed(*people: dict[str, object]) -> tuple[int, list[int]]:
    """A lot printed and packed, its registration accepted."""
    lot, ids = ready(*people)
    print_now(lot)
    pack_lot(lot, LATER, january_2020())
    return lot, ids


def test_a_spoiled_sheet_is_printed_again_under_the_same_number_and_packed_anew() -> None:
    lot, (one, other) = packed({}, {})
    before = {row["case_id"]: row["number"] for row in rows_of(CertificateSheet)}
    done = spoil(number_of(one), SpoilReason.MISPRINT, "钱印", AFTER, sheet_no="A0001")
    assert (done.sheet, done.case_id) == (1, one)
    assert number_of(one) not in str(done)
    assert column("certificate") == {one: "numbered", other: "packed"}
    assert column("custody") == {one: "none", other: "at-hq"}
    assert [row["certificates"] for row in rows_of(Package)] == [1]
    assert print_now(lot)["printed"] == 1
    assert {row["case_id"]: row["number"] for row in rows_of(CertificateSheet)} == before
    assert [row["sheet"] for row in rows_of(CertificateSheet)] == [2, 1]
    assert pack_lot(lot, AFTER, january_2020()) == [2]
    assert set(column("certificate").values()) == {"packed"}


def test_the_ledger_says_which_sheet_why_by_whom_when_and_where() -> None:
    lot, (one,) = packed({})
    spoil("1711014000001", SpoilReason.DAMAGED, "钱印", AFTER, sheet_no=" A0001 ")
    (row,) = rows_of(SpoiledSheet)
    assert (row["number"], row["sheet"], row["sheet_no"], row["reason"]) == (
        number_of(one),
        1,
        "A0001",
        "damaged",
    )
    assert (row["place"], row["holder"], row["by"], row["spoiled_at"]) == ("at-hq", "010", "钱印", AFTER)
    (shown,) = ledger(SEASON)
    assert not shown.printed_again
    assert "*" in shown.number + shown.student_no + shown.name
    print_now(lot)
    assert ledger(SEASON)[0].printed_again
    (full,) = ledger(SEASON, "钱印")
    assert full.number == number_of(one)


def test_a_sheet_is_not_spoiled_twice() -> None:
    _, (one,) = packed({})
    spoil(number_of(one), SpoilReason.LOST, "钱印", AFTER)
    with pytest.raises(Refused) as refused:
        spoil(number_of(one), SpoilReason.LOST, "钱印", AFTER)
    assert refused.value.code == "sheet-none"
    assert len(rows_of(SpoiledSheet)) == 1


@pytest.mark.parametrize(
    ("named", "by", "code"), [("1", "钱", "sheet-unknown"), ("1", " ", "sheet-nameless")]
)
def test_what_is_not_known_or_by_nobody_is_refused(named: str, by: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        spoil(named, SpoilReason.LOST, by, AFTER)
    assert refused.value.code == code


def test_a_handed_over_certificate_is_never_printed_again() -> None:
    _, (one,) = packed({})
    change(one, custody="handed-over")
    with pytest.raises(Refused) as refused:
        spoil(number_of(one), SpoilReason.LOST, "钱印", AFTER)
    assert refused.value.code == "sheet-handed-over"
