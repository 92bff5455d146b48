"""N9, R2: packages leave HQ and are scanned from unit to unit, with all certificates in them."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from models.case import Hold
from models.columns import table_of
from models.custody import Package, Scan
from models.database import transaction
from models.event import Event
from models.promise import Promise
from models.settings import settings as of_installation
from rules.clock import SHANGHAI
from rules.custody import Outcome
from rules.labels import label_link
from rules.refusals import Refused
from rules.states import Custody
from tasks.custody import ScanResult, dispatch_lot, scan, sign
from tasks.dispatch import send_lot
from tasks.package_view import sightings
from tasks.packing import pack_lot
from tests.printed_lots import (
    CASE,
    PACKED,
    cases,
    hold,
    installation,
    printed_lot,
    rows_of,
    shipped_reference,
)
from tests.rules.policy_packs import january_2020

EAST, WEST = "1100201", "1100301"
LOCAL_CENTRE = next(
    code for code in shipped_reference().organisations["code"] if code.startswith("13001") and len(code) == 7
)
HOLD = table_of(Hold)
LEFT = PACKED + timedelta(hours=1)
NOON = datetime(2019, 12, 24, 12, tzinfo=SHANGHAI)


pytestmark = pytest.mark.usefixtures(installation.__name__)


def packed_lot(*centres: str, first: int = 1, part: int = 1) -> int:
    lot = printed_lot(centres, first=first, part=part)
    pack_lot(lot, PACKED, january_2020())
    return lot


def dispatch(lot: int) -> list[int]:
    return dispatch_lot(lot, LEFT, shipped_reference())


def scanned(by: str, out: bool = False, at: datetime = NOON, package: int = 1) -> ScanResult:
    code = rows_of(Package)[package - 1]["code"]
    return scan(code, by, out, at, "赵六", shipped_reference())


def places() -> set[tuple[str, str]]:
    """Package and case state of every certificate."""
    packages = {row["id"]: row["custody"] for row in rows_of(Package)}
    return {(packages[case["package_id"]], case["custody"]) for case in cases()}


def test_dispatch_sends_every_package_of_the_lot_on_its_way_to_the_branch() -> None:
    """R2: the clock ends at dispatch."""
    assert dispatch(packed_lot(EAST, EAST, WEST)) == [1, 2]
    for row in rows_of(Package):
        assert (row["custody"], row["holder"], row["expected"]) == ("in-transit", "010", "110")
        assert row["dispatched_at"] == row["held_since"] == LEFT
    assert places() == {("in-transit", "in-transit")}


def test_dispatching_again_sends_nothing_twice() -> None:
    lot = packed_lot(EAST)
    dispatch(lot)
    assert dispatch_lot(lot, NOON, shipped_reference()) == []
    assert rows_of(Package)[0]["dispatched_at"] == LEFT


def test_a_package_with_a_certificate_held_since_stays_at_hq() -> None:
    """R2: a rejection after packing holds dispatch; the other packages go."""
    lot = packed_lot(EAST, WEST)
    hold(1, "dispatch", "mismatch")
    assert dispatch(lot) == [2]
    with pytest.raises(Refused) as refused:
        scanned("010", out=True)
    assert refused.value.code == "R2-dispatch-held"
    assert rows_of(Package)[0]["custody"] == "at-hq"


def test_a_package_goes_by_scans_from_hq_to_its_centre() -> None:
    """N9: HQ → branch → centre, all certificates with it."""
    dispatch(packed_lot(EAST, EAST))
    steps = [("110", False, "at-branch"), ("110", True, "in-transit"), (EAST, False, "at-centre")]
    for hours, (by, out, custody) in enumerate(steps):
        at = NOON + timedelta(hours=hours)
        result = scanned(by, out, at)
        assert (result.outcome, result.custody, result.holder) == (Outcome.MOVED, custody, by)
        assert places() == {(custody, custody)}
        assert rows_of(Package)[0]["held_since"] == at
    assert [row["outcome"] for row in rows_of(Scan)] == ["moved"] * 3


def test_a_package_stops_at_a_local_college_where_its_centre_belongs_to_one() -> None:
    dispatch(packed_lot(LOCAL_CENTRE))
    for by, out in [("130", False), ("130", True), ("13001", False), ("13001", True), (LOCAL_CENTRE, False)]:
        assert scanned(by, out).outcome is Outcome.MOVED
    assert places() == {("at-centre", "at-centre")}


def test_a_hold_on_dispatch_does_not_stop_what_has_left_hq() -> None:
    dispatch(packed_lot(EAST))
    hold(1, "dispatch", "mismatch")
    for by, out in [("110", False), ("110", True), (EAST, False)]:
        assert scanned(by, out).outcome is Outcome.MOVED


def test_a_certificate_lost_out_of_its_package_does_not_move_with_it() -> None:
    dispatch(packed_lot(EAST, EAST))
    lost = cases()[1]["id"]
    with transaction() as db:
        db.execute(update(CASE).where(CASE.c.id == lost).values(custody=Custody.LOST))
    scanned("110")
    assert [case["custody"] for case in cases()] == ["at-branch", "lost"]


def test_a_scan_by_somebody_else_is_a_sighting_and_moves_nothing() -> None:
    """N9: place, time and actor are kept; sender and expected unit are named."""
    dispatch(packed_lot(EAST))
    before = rows_of(Package), cases()
    result = scanned("120")
    assert result.outcome is Outcome.SIGHTING
    assert (rows_of(Package), cases()) == before
    assert "误投" in result.sentence
    assert "（010）" in result.sentence
    assert "（110）" in result.sentence
    kept = rows_of(Scan)[0]
    assert (kept["organisation"], kept["outcome"], kept["occurred_at"]) == ("120", "sighting", NOON)
    assert (kept["actor"], rows_of(Event)[-1]["kind"]) == ("赵六", "sighted")


def test_the_sightings_of_a_day_are_found_for_sender_and_expected_unit() -> None:
    dispatch(packed_lot(EAST))
    scanned("120")
    scanned("110")
    found = sightings(NOON, NOON + timedelta(days=1))
    assert [(one["organisation"], one["code"]) for one in found] == [("120", rows_of(Package)[0]["code"])]
    assert sightings(NOON - timedelta(days=1), NOON) == []


def test_a_centre_that_receives_before_the_branch_sent_on_is_told_whom_to_ask() -> None:
    dispatch(packed_lot(EAST))
    scanned("110")
    result = scanned(EAST)
    assert result.outcome is Outcome.SIGHTING
    assert "先扫描发出" in result.sentence


def test_a_repeat_is_accepted_said_and_changes_nothing() -> None:
    dispatch(packed_lot(EAST))
    scanned("110")
    before = rows_of(Package), cases()
    result = scanned("110", at=NOON + timedelta(days=1))
    assert result.outcome is Outcome.REPEATED
    assert "重复" in result.sentence
    assert "2019-12-24 12:00" in result.sentence  # when it was confirmed first
    assert (rows_of(Package), cases()) == before


def test_the_link_in_the_qr_code_is_as_good_as_the_code() -> None:
    dispatch(packed_lot(EAST))
    link = label_link(of_installation().label_base_url, rows_of(Package)[0]["token"])
    assert scan(link, "110", False, NOON, "赵六", shipped_reference()).outcome is Outcome.MOVED


def test_a_typed_code_may_be_lower_case_without_dashes() -> None:
    dispatch(packed_lot(EAST))
    typed = rows_of(Package)[0]["code"].replace("-", "").lower()
    assert scan(typed, "110", False, NOON, "赵六", shipped_reference()).outcome is Outcome.MOVED


@pytest.mark.parametrize(
    ("code", "by", "refusal"),
    [
        ("202001-000042-Y", "110", "N9-unknown-package"),
        ("0" * 26, "110", "N9-unknown-package"),
        ("202001-000042-X", "110", "label-check-digit"),
        ("你好", "110", "label-code"),
    ],
)
def test_what_is_no_package_of_ours_is_refused(code: str, by: str, refusal: str) -> None:
    with pytest.raises(Refused) as refused:
        scan(code, by, False, NOON, "赵六", shipped_reference())
    assert refused.value.code == refusal


def test_an_unknown_organisation_leaves_no_trace_of_a_scan() -> None:
    dispatch(packed_lot(EAST))
    with pytest.raises(Refused) as refused:
        scanned("999")
    assert refused.value.code == "N9-unknown-organisation"
    assert rows_of(Scan) == []


def test_a_transfer_cannot_be_earlier_than_the_one_before() -> None:
    dispatch(packed_lot(EAST))
    with pytest.raises(Refused) as refused:
        scanned("110", at=LEFT - timedelta(seconds=1))
    assert refused.value.code == "N9-earlier"
    assert places() == {("in-transit", "in-transit")}


units = st.sampled_from(["010", "110", "120", EAST, WEST])
histories = st.lists(st.tuples(st.integers(1, 2), units, st.booleans()), max_size=12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories)
def test_every_certificate_is_where_its_package_is_over_any_history(
    history: list[tuple[int, str, bool]],
) -> None:
    """N9: exactly one place, for the row of the package and of every case in it."""
    made = len(rows_of(Package))
    dispatch(packed_lot(EAST, WEST, EAST, first=made * 3 + 1, part=made + 1))
    for package, by, out in history:
        try:
            scanned(by, out, package=made + package)
        except Refused as refused:
            if refused.code != "N9-last-stop":
                raise
    packages = {row["id"]: row for row in rows_of(Package)}
    for case in cases():
        package = packages[case["package_id"]]
        assert case["custody"] == package["custody"]
        assert (package["expected"] is not None) == (package["custody"] == "in-transit")


def test_dispatch_takes_a_held_certificate_out_of_its_package_and_sends_the_rest() -> None:
    """R2: one rejection after packing must not keep the others at HQ; the label says what is inside."""
    lot = packed_lot(EAST, EAST, EAST)
    held = hold(2, "dispatch", "registration-rejected")
    assert send_lot(lot, january_2020(), shipped_reference(), LEFT) == 1
    assert [case["custody"] for case in cases()] == ["in-transit", "none", "in-transit"]
    assert [case["certificate"] for case in cases()] == ["packed", "printed", "packed"]
    assert [case["package_id"] for case in cases()] == [1, None, 1]
    assert [row["certificates"] for row in rows_of(Package)] == [2]
    assert "taken-out" in [row["kind"] for row in rows_of(Event) if row["stream"] == "package:1"]
    assert send_lot(lot, january_2020(), shipped_reference(), LEFT) == 0
    with transaction() as db:
        db.execute(update(HOLD).where(HOLD.c.id == held).values(released_at=NOON))
    assert pack_lot(lot, NOON, january_2020()) == [2]
    assert send_lot(lot, january_2020(), shipped_reference(), NOON) == 1
    assert {case["custody"] for case in cases()} == {"in-transit"}


def test_a_package_whose_certificates_are_all_held_stays_whole() -> None:
    lot = packed_lot(EAST, EAST)
    hold(1, "dispatch", "mismatch")
    hold(2, "dispatch", "mismatch")
    assert send_lot(lot, january_2020(), shipped_reference(), LEFT) == 0
    assert [case["package_id"] for case in cases()] == [1, 1]


def test_a_sealed_certificate_that_is_taken_out_is_still_sealed() -> None:
    """N2."""
    lot = printed_lot([EAST, EAST], certificate="sealed")
    sealed = hold(1, "dispatch")
    with transaction() as db:
        db.execute(update(HOLD).where(HOLD.c.id == sealed).values(released_at=PACKED))
    pack_lot(lot, PACKED, january_2020())
    hold(1, "dispatch", "mismatch")
    send_lot(lot, january_2020(), shipped_reference(), LEFT)
    assert [case["certificate"] for case in cases()] == ["sealed", "packed"]


def test_a_signed_paper_list_moves_packages_as_scans_do_and_stays_known_as_paper() -> None:  # N9
    dispatch(packed_lot(EAST, WEST))
    codes = [package["code"] for package in rows_of(Package)]
    given = (NOON, "赵六", shipped_reference(), january_2020())
    assert [one.outcome for one in sign(codes, "110", *given)] == [Outcome.MOVED, Outcome.MOVED]
    assert [one.outcome for one in sign(codes[:1], "120", *given)] == [Outcome.SIGHTING]
    assert {one["custody"] for one in rows_of(Package)} == {Custody.AT_BRANCH}
    assert [one["tracking"] for one in rows_of(Scan)] == ["paper"] * 3


def test_an_emptied_package_that_still_travels_starts_no_dwell_clock() -> None:  # R2
    dispatch(packed_lot(EAST))
    with transaction() as db:
        db.execute(update(table_of(Package)).values(certificates=0))
    assert scanned("110").outcome is Outcome.MOVED
    assert [one for one in rows_of(Promise) if one["subject"] == "package"] == []
