"""N5: a unit takes stock of what it holds by scanning; nothing moves, and nothing is closed unexplained."""

from datetime import datetime, timedelta

import pytest

from models.custody import Package, Scan
from models.event import Event
from models.stocktake import Stocktake, StocktakeRow
from rules.refusals import Refused
from rules.states import Custody
from rules.stocktake import Counts, Explanation
from rules.stocktake_sentences import ScanOutcome
from tasks.custody import dispatch_lot, scan
from tasks.gap import season_gaps
from tasks.hand_over import hand_over
from tasks.package_check import check_package, note_found
from tasks.package_view import sightings
from tasks.packing import pack_lot
from tasks.stocktake import close_stocktake, explain_stock, open_stocktake, scan_stock
from tasks.stocktake_view import show_stocktake, stocktakes
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
ARRIVED, COUNT = PACKED + timedelta(days=4), PACKED + timedelta(days=40)
WHO = "盘点员"


@pytest.fixture
def packages(installation: None) -> list[str]:
    """The codes of two packages: three certificates at EAST, two at WEST."""
    lot = printed_lot([EAST] * 3 + [WEST] * 2)
    pack_lot(lot, PACKED, january_2020())
    dispatch_lot(lot, PACKED, shipped_reference())
    codes = [str(row["code"]) for row in rows_of(Package)]
    for code, centre in zip(codes, (EAST, WEST), strict=True):
        bring(code, centre, ARRIVED)
    return codes


def number(serial: int) -> str:
    return f"511618202005{serial:06d}"


def later(hours: int) -> datetime:
    return COUNT + timedelta(hours=hours)


def opened(place: str = EAST) -> int:
    return open_stocktake(place, COUNT, WHO, shipped_reference()).expected


def counted(code: str, place: str = EAST, hours: int = 1) -> str:
    return scan_stock(code, place, later(hours), WHO, shipped_reference()).outcome


def explained(code: str, reason: Explanation, place: str = EAST, note: str = "") -> int:
    return explain_stock(code, place, reason, note, later(2), WHO)[1]


def closed(place: str = EAST) -> Counts:
    return close_stocktake(place, later(3), WHO)[1]


def counts(place: str = EAST) -> Counts:
    return show_stocktake(place)[0].counts


def refusal(act: object, *arguments: object) -> str:
    with pytest.raises(Refused) as refused:
        act(*arguments)  # type: ignore[operator]
    assert number(1) not in str(refused.value)
    return refused.value.code


def events() -> list[str]:
    return [row["kind"] for row in rows_of(Event) if row["stream"].startswith("stocktake:")]


def custody() -> list[str]:
    return [case["custody"] for case in cases()]


def test_a_sealed_package_is_counted_by_its_label_once_however_often_it_is_scanned(packages) -> None:
    assert opened() == 3
    assert counts() == Counts(3, 0, 3, 0, 0, 0, 0)
    assert [counted(packages[0]), counted(packages[0]), counted(number(1))] == [
        "found",
        "repeated",
        "repeated",
    ]
    assert closed() == Counts(3, 3, 0, 0, 0, 0, 0)
    assert events() == [
        "stocktake-opened",
        "stocktake-found",
        "scan-repeated",
        "scan-repeated",
        "stocktake-closed",
    ]
    assert [row["verdict"] for row in rows_of(StocktakeRow)] == ["found"] * 3


def test_numbers_count_one_by_one_and_what_is_left_out_is_missing(packages) -> None:
    opened()
    assert [counted(number(1)), counted(number(2))] == ["found", "found"]
    seen, lines = show_stocktake(EAST)
    assert seen.counts == Counts(3, 2, 1, 0, 0, 0, 0)
    assert [(line.verdict, line.package) for line in lines] == [("missing", packages[0])]
    assert number(3) not in str(lines)
    assert refusal(closed) == "N5-stocktake-unexplained"
    assert rows_of(Stocktake)[0]["closed_at"] is None


def test_the_label_of_an_opened_package_proves_nothing(packages) -> None:
    hand_over(student_no(1), EAST, COUNT, WHO, january_2020())
    assert opened() == 2
    assert refusal(counted, packages[0]) == "N5-stocktake-opened-package"
    counted(number(2))
    counted(number(3))
    assert closed() == Counts(2, 2, 0, 0, 0, 0, 0)


def test_what_is_elsewhere_by_custody_is_a_sighting_and_moves_nothing(packages) -> None:
    before = cases()
    opened()
    counted(packages[0])
    assert counted(packages[1]) == ScanOutcome.UNEXPECTED
    assert counted(packages[1]) == ScanOutcome.REPEATED
    assert cases() == before
    assert [one["organisation"] for one in sightings(COUNT, later(9))] == [EAST]
    assert counts() == Counts(3, 3, 0, 0, 2, 0, 0)
    assert refusal(closed) == "N5-stocktake-unexplained"
    assert refusal(explained, packages[1], Explanation.LOST) == "N5-stocktake-reason"
    assert explained(packages[1], Explanation.MISROUTED) == 2
    assert closed() == Counts(3, 3, 0, 0, 0, 2, 0)
    assert custody() == ["at-centre"] * 5


def test_a_certificate_of_another_place_is_seen_in_its_package_s_history(packages) -> None:
    opened()
    assert counted(number(4)) == "unexpected"
    told = [row for row in rows_of(Event) if row["kind"] == "sighted"]
    assert [(row["stream"], row["count"]) for row in told] == [("stocktake:1", 1), ("package:2", 1)]
    assert [row["outcome"] for row in rows_of(Scan)] == ["moved"] * 6


def test_what_is_explained_as_lost_goes_the_way_of_every_lost_certificate(packages) -> None:
    opened()
    counted(number(1))
    counted(number(2))
    assert explained(number(3), Explanation.LOST) == 1
    assert custody()[:3] == ["at-centre", "at-centre", "lost"]
    assert counts() == Counts(3, 2, 0, 1, 0, 0, 0)
    assert counted(number(3), hours=2) == "unexpected"  # it turns up, and custody says that it is lost
    note_found(number(3), EAST, later(2), WHO)
    assert counts() == Counts(3, 3, 0, 0, 0, 0, 0)
    assert closed().found == 3


def test_other_reasons_move_nothing_and_name_the_cause_in_the_gap_check(packages) -> None:
    opened()
    counted(number(1))
    counted(number(2))
    causes = {
        one.detail: one.people
        for one in season_gaps("2020-01", january_2020(), later(1)).missing
        if one.cause == "not-found"
    }
    assert causes == {"unseen": 1}
    explained(number(3), Explanation.HANDED_OVER, note="窗口已发")
    assert closed() == Counts(3, 2, 0, 1, 0, 0, 0)
    found = season_gaps("2020-01", january_2020(), later(4))
    assert {(one.detail, one.unit) for one in found.missing if one.cause == "not-found"} == {
        ("handed-over", EAST)
    }
    hand_over(student_no(3), EAST, later(5), WHO, january_2020())
    found = season_gaps("2020-01", january_2020(), later(6))
    assert [one for one in found.missing if one.cause == "not-found"] == []


def test_what_is_handed_over_while_people_count_is_owed_no_more(packages) -> None:
    opened()
    hand_over(student_no(1), EAST, later(1), WHO, january_2020())
    counted(number(2))
    counted(number(3))
    assert closed() == Counts(2, 2, 0, 0, 0, 0, 1)


def test_what_was_counted_and_then_handed_over_has_left_and_seen_again_it_is_unexpected(packages) -> None:
    opened()
    counted(packages[0])
    hand_over(student_no(1), EAST, later(2), WHO, january_2020())
    assert counts() == Counts(2, 2, 0, 0, 0, 0, 1)
    assert counted(number(1), hours=3) == "unexpected"
    assert counts() == Counts(2, 2, 0, 0, 1, 0, 0)


def test_what_comes_in_while_people_count_is_confirmed_by_its_arrival(packages) -> None:
    lot = printed_lot([EAST] * 2, part=2, first=11)
    pack_lot(lot, PACKED, january_2020())
    dispatch_lot(lot, PACKED, shipped_reference())
    code = str(rows_of(Package)[-1]["code"])
    for out in (False, True):
        scan(code, "110", out, ARRIVED, WHO, shipped_reference())
    opened()
    counted(packages[0])
    assert counted(code) == "unexpected"  # it lies there, and nobody has confirmed its arrival
    assert sightings(COUNT, later(9)) == []  # it is due here: nobody has to be alarmed
    scan(code, EAST, False, later(2), WHO, shipped_reference())
    assert counts() == Counts(5, 5, 0, 0, 0, 0, 0)
    hand_over(student_no(11), EAST, later(2), WHO, january_2020())
    assert closed() == Counts(4, 4, 0, 0, 0, 0, 1)


def test_a_package_that_arrives_unscanned_counts_by_its_arrival_alone(packages) -> None:
    lot = printed_lot([EAST], part=2, first=11)
    pack_lot(lot, PACKED, january_2020())
    dispatch_lot(lot, PACKED, shipped_reference())
    code = str(rows_of(Package)[-1]["code"])
    opened()
    counted(packages[0])
    bring(code, EAST, later(2))
    assert closed() == Counts(4, 4, 0, 0, 0, 0, 0)
    assert [row["verdict"] for row in rows_of(StocktakeRow)] == ["found"] * 3 + ["arrived"]


def test_a_place_has_one_stocktake_at_a_time_and_places_do_not_disturb_each_other(packages) -> None:
    opened()
    assert refusal(opened) == "N5-stocktake-open"
    assert opened(WEST) == 2
    counted(packages[0])
    closed()
    assert opened() == 3
    assert [one.closed_at is None for one in stocktakes(EAST)] == [False, True]
    assert [one.place for one in today(COUNT).stocktakes] == [WEST, EAST]


def test_a_branch_counts_what_is_with_it_and_not_what_is_on_its_way(packages) -> None:
    lot = printed_lot([WEST] * 2, part=2, first=11)
    pack_lot(lot, PACKED, january_2020())
    dispatch_lot(lot, PACKED, shipped_reference())
    assert opened("110") == 0
    close_stocktake("110", COUNT, WHO)
    scan(str(rows_of(Package)[-1]["code"]), "110", False, ARRIVED, WHO, shipped_reference())
    assert opened("110") == 2
    assert opened("010") == 0


def test_damaged_or_missing_by_a_check_while_people_count_is_not_expected(packages) -> None:
    from rules.package_check import FindingKind

    opened()
    named = {FindingKind.DAMAGED: [number(1)]}
    check_package(packages[0], EAST, named, later(1), WHO, shipped_reference())
    assert custody()[0] == Custody.DAMAGED
    counted(packages[0], hours=2)
    assert closed() == Counts(2, 2, 0, 0, 0, 0, 1)


@pytest.mark.parametrize(
    ("code", "refused"),
    [("511618202005999999", "sheet-unknown"), ("202001-000099-1", "label-check-digit"), ("x", "label-code")],
)
def test_a_code_that_stands_for_nothing_is_refused(packages, code: str, refused: str) -> None:
    opened()
    assert refusal(counted, code) == refused


def test_without_an_open_stocktake_or_before_its_opening_nothing_is_noted(packages) -> None:
    assert refusal(counted, packages[0]) == "N5-stocktake-none"
    assert refusal(closed) == "N5-stocktake-none"
    assert refusal(show_stocktake, EAST) == "N5-stocktake-none"
    assert refusal(show_stocktake, EAST, 9) == "N5-stocktake-unknown"
    assert refusal(opened, "999") == "N9-unknown-organisation"
    assert refusal(counted, packages[0], "999") == "N9-unknown-organisation"
    opened()
    assert refusal(counted, packages[0], EAST, -1) == "N5-stocktake-earlier"
    assert refusal(explained, number(1), Explanation.OTHER) == "N5-stocktake-note"
    assert refusal(explained, packages[1], Explanation.OTHER) == "N5-stocktake-nothing"


def test_an_explanation_can_be_replaced_and_a_find_takes_it_back(packages) -> None:
    opened()
    assert explained(packages[0], Explanation.SENT_ON) == 3
    assert explained(number(1), Explanation.OTHER, note="在保险柜另册") == 1
    assert [line.reason for line in show_stocktake(EAST)[1]] == ["other", "sent-on", "sent-on"]
    assert counted(packages[0]) == "found"
    assert closed() == Counts(3, 3, 0, 0, 0, 0, 0)
