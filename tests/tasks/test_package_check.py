"""R2: arrivals are checked; each difference has an owner and goes its way until it is settled."""

from datetime import timedelta

import pytest

from models.custody import Package
from models.event import Event
from models.package_check import CheckFinding, PackageCheck
from rules.package_check import FindingKind
from rules.refusals import Refused
from rules.sheets import SpoilReason
from tasks.custody import dispatch_lot
from tasks.finding_view import findings
from tasks.hand_over import hand_over
from tasks.package_check import Checked, check_package, note_found, note_returned
from tasks.package_view import show_package
from tasks.packing import pack_lot
from tasks.spoil import spoil
from tasks.today import today
from tests.printed_lots import (
    PACKED,
    bring,
    cases,
    installation,
    printed_lot,
    rows_of,
    shipped_reference,
    student_no,
)
from tests.rules.policy_packs import january_2020

pytestmark = pytest.mark.usefixtures(installation.__name__)
EAST, WEST = "1100201", "1100301"
ARRIVED, LATER = PACKED + timedelta(days=4), PACKED + timedelta(days=40)
FOREIGN = "511618202005000099"


@pytest.fixture
def lot(installation: None) -> int:
    """Three certificates in a package that has reached its centre."""
    made = printed_lot([EAST] * 3)
    pack_lot(made, PACKED, january_2020())
    dispatch_lot(made, PACKED, shipped_reference())
    bring(code(), EAST, ARRIVED)
    return made


def code() -> str:
    return str(rows_of(Package)[0]["code"])


def number(serial: int) -> str:
    return f"511618202005{serial:06d}"


def checked(by: str = EAST, **named: list[int]) -> Checked:
    kinds = {
        FindingKind(kind.replace("_", "-")): list(map(number, serials)) for kind, serials in named.items()
    }
    return check_package(code(), by, kinds, ARRIVED, "赵六", shipped_reference())


def custody() -> list[str]:
    return [case["custody"] for case in cases()]


def test_a_package_without_fault_is_checked_and_nothing_moves(lot: int) -> None:
    before = cases()
    done = checked()
    assert (done.expected, done.found, done.sender) == (3, 3, "110")
    assert cases() == before
    assert [row["expected"] for row in rows_of(PackageCheck)] == [3]


def test_each_finding_has_its_owner_and_is_seen_by_the_sender_at_once(lot: int) -> None:
    done = checked(missing=[1], damaged=[2], wrong_name=[3], extra=[99])
    assert (done.expected, done.found) == (3, 3)
    assert done.new == {"missing": 1, "extra": 1, "damaged": 1, "wrong-name": 1}
    owners = {one.kind: (one.owner, one.state) for one in findings(unit="110")}
    assert owners == {
        "missing": ("110", "open"),
        "extra": ("110", "open"),
        "damaged": ("010", "open"),
        "wrong-name": ("010", "open"),
    }
    assert custody() == ["lost", "damaged", "at-centre"]
    assert [one["kind"] for one in show_package(code())["findings"]] == [one.kind for one in findings()]
    assert len(today(ARRIVED).findings) == 4
    assert number(1) not in str(findings())


def test_the_same_check_again_makes_nothing_twice(lot: int) -> None:
    checked(missing=[1], extra=[99])
    before = [rows_of(table) for table in (PackageCheck, CheckFinding, Event)]
    assert sum(checked(missing=[1], extra=[99]).new.values()) == 0
    assert [rows_of(table) for table in (PackageCheck, CheckFinding, Event)] == before


def test_only_who_holds_a_package_checks_it(lot: int) -> None:
    for by in ("110", "010", WEST):
        with pytest.raises(Refused) as refused:
            checked(by)
        assert refused.value.code == "R2-check-not-here"
    assert rows_of(PackageCheck) == []


def test_a_missing_certificate_that_is_found_again_lies_in_its_package_and_can_be_handed_over(
    lot: int,
) -> None:
    checked(missing=[1])
    with pytest.raises(Refused) as refused:
        note_found(number(1), WEST, ARRIVED, "赵六")
    assert refused.value.code == "R2-found-elsewhere"
    note_found(number(1), EAST, ARRIVED, "赵六")
    assert custody() == ["at-centre"] * 3
    assert [(one.state, one.settled_by) for one in findings()] == [("found", "赵六")]
    hand_over(student_no(1), EAST, LATER, "赵六", january_2020())


def test_what_headquarters_finds_in_its_own_cupboard_is_packed_anew(lot: int) -> None:
    checked(missing=[1])
    note_found(number(1), "010", ARRIVED, "赵六")
    assert custody()[0] == "none"
    assert pack_lot(lot, LATER, january_2020()) == [2]
    assert [row["certificates"] for row in rows_of(Package)] == [2, 1]


def test_a_certificate_that_stays_missing_is_printed_again_under_its_number(lot: int) -> None:
    checked(missing=[1])
    spoil(number(1), SpoilReason.LOST, "钱印", LATER)
    assert [one.state for one in findings()] == ["reprinted"]
    assert (custody()[0], cases()[0]["certificate"]) == ("none", "numbered")
    with pytest.raises(Refused) as refused:
        note_found(number(1), EAST, LATER, "赵六")
    assert refused.value.code == "R2-not-missing"


def test_a_damaged_certificate_goes_back_to_headquarters_and_is_printed_again(lot: int) -> None:
    checked(damaged=[2])
    note_returned(number(2), "钱印", LATER)
    assert custody()[1] == "returned-to-hq"
    spoil(number(2), SpoilReason.DAMAGED, "钱印", LATER)
    assert custody()[1] == "none"
    with pytest.raises(Refused) as refused:
        note_returned(number(1), "钱印", LATER)
    assert refused.value.code == "R2-not-damaged"


def test_n5_a_wrong_name_is_not_handed_over_until_it_is_printed_again_or_found_right(lot: int) -> None:
    checked(wrong_name=[3])
    with pytest.raises(Refused) as refused:
        hand_over(student_no(3), EAST, LATER, "赵六", january_2020())
    assert refused.value.code == "N5-held"
    note_found(number(3), "010", LATER, "钱印")
    hand_over(student_no(3), EAST, LATER, "赵六", january_2020())


def test_the_last_certificate_taken_out_of_a_package_closes_it(lot: int) -> None:
    for serial in (1, 2):
        hand_over(student_no(serial), EAST, LATER, "赵六", january_2020())
    spoil(number(3), SpoilReason.DAMAGED, "钱印", LATER)
    assert rows_of(Package)[0]["custody"] == "handed-over"
