"""N5, N7: a certificate is given to its student at the study centre, once."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert, update

from models.case import Case, Hold
from models.columns import table_of
from models.custody import Package
from models.database import transaction
from models.event import Event
from rules.clock import SHANGHAI
from rules.custody import Outcome
from rules.refusals import Refused
from rules.states import Registration
from tasks.custody import dispatch_lot, scan
from tasks.hand_over import HandOver, hand_over, latest_season
from tasks.packing import pack_lot
from tests.printed_lots import (
    PACKED,
    bring,
    cases,
    hold,
    installation,
    printed_lot,
    rows_of,
    shipped_reference,
    student_no,
)
from tests.rules.policy_packs import january_2020

EAST, WEST = "1100201", "1100301"
ARRIVED = PACKED + timedelta(days=5)
ISSUED = datetime(2020, 1, 20, tzinfo=SHANGHAI)


pytestmark = pytest.mark.usefixtures(installation.__name__)


def at_centre(count: int = 1) -> None:
    """A package of so many certificates that has come to its centre."""
    lot = printed_lot([EAST] * count)
    pack_lot(lot, PACKED, january_2020())
    dispatch_lot(lot, PACKED, shipped_reference())
    bring(rows_of(Package)[0]["code"], EAST, ARRIVED)


def given(serial: int = 1, centre: str = EAST, at: datetime = ISSUED) -> HandOver:
    return hand_over(student_no(serial), centre, at, "孙七", january_2020())


def refused(**how: object) -> str:
    """The code with which a hand-over is refused; nothing may have changed."""
    before = cases(), rows_of(Package), rows_of(Event)
    with pytest.raises(Refused) as refusal:
        given(**how)  # type: ignore[arg-type]
    assert (cases(), rows_of(Package), rows_of(Event)) == before
    assert student_no(1) not in str(refusal.value)  # personal data are masked
    return refusal.value.code


def change(**values: object) -> None:
    with transaction() as db:
        db.execute(update(table_of(Case)).values(**values))


def test_a_student_gets_the_certificate_from_the_issue_date_on() -> None:
    """N7: 2020-01-20 00:00, in Asia/Shanghai."""
    at_centre(2)
    result = given()
    assert (result.repeated, result.handed_over_at) == (False, ISSUED)
    first, second = cases()
    assert (first["custody"], first["handed_over_at"]) == ("handed-over", ISSUED)
    assert (second["custody"], second["handed_over_at"]) == ("at-centre", None)
    assert rows_of(Package)[0]["custody"] == "at-centre"


def test_a_second_before_the_issue_date_it_is_refused() -> None:
    at_centre()
    assert refused(at=ISSUED - timedelta(seconds=1)) == "N5-issue-date"


def test_a_second_hand_over_is_a_repeat_that_keeps_the_first_time() -> None:
    at_centre(2)
    given()
    before = cases(), rows_of(Event)
    result = given(at=ISSUED + timedelta(days=1))
    assert (result.repeated, result.handed_over_at) == (True, ISSUED)
    assert "重复" in result.sentence
    assert (cases(), rows_of(Event)) == before


def test_the_last_certificate_empties_the_package_and_a_scan_of_it_is_a_repeat() -> None:
    at_centre(2)
    given(1)
    given(2)
    assert rows_of(Package)[0]["custody"] == "handed-over"
    result = scan(rows_of(Package)[0]["code"], EAST, False, ISSUED, "赵六", shipped_reference())
    assert result.outcome is Outcome.REPEATED


def test_another_centre_cannot_hand_it_over() -> None:
    at_centre()
    assert refused(centre=WEST) == "N5-not-here"
    given()
    assert refused(centre=WEST) == "N5-handed-over"


def test_a_certificate_on_its_way_cannot_be_handed_over() -> None:
    lot = printed_lot([EAST])
    assert refused() == "N5-not-here"  # not yet packed
    pack_lot(lot, PACKED, january_2020())
    assert refused() == "N5-not-here"
    dispatch_lot(lot, PACKED, shipped_reference())
    assert refused() == "N5-not-here"
    assert refused(centre="010") == "N5-not-here"


@pytest.mark.parametrize("state", [state for state in Registration if state is not Registration.ACCEPTED])
def test_without_an_accepted_registration_it_is_refused(state: Registration) -> None:
    """N5: whatever else the registration may be."""
    at_centre()
    change(registration=state)
    assert refused() == "N5-not-registered"


def test_an_open_hold_on_hand_over_refuses_and_one_on_another_track_does_not() -> None:
    at_centre(2)
    hold(1, "hand-over", "dispute")
    hold(2, "visibility", "photo")
    assert refused() == "N5-held"
    assert not given(2).repeated


def test_a_released_hold_on_hand_over_stops_nobody() -> None:
    at_centre()
    held = hold(1, "hand-over", "dispute")
    with transaction() as db:
        holds = table_of(Hold)
        db.execute(update(holds).where(holds.c.id == held).values(released_at=ARRIVED))
    assert not given().repeated


def test_a_case_of_an_earlier_season_is_left_alone() -> None:
    """A student who failed in 2019-07 has a case there, too."""
    at_centre()
    earlier = {**cases()[0], "id": 99, "season": "2019-07", "custody": "none", "certificate": "none"}
    with transaction() as db:
        columns = table_of(Case).c.keys()
        db.execute(insert(table_of(Case)).values({name: earlier[name] for name in columns}))
    assert latest_season(student_no(1)) == "2020-01"
    assert given().season == "2020-01"
    assert {row["season"]: row["custody"] for row in rows_of(Case)} == {
        "2019-07": "none",
        "2020-01": "handed-over",
    }


def test_a_hand_over_before_the_arrival_is_refused() -> None:
    at_centre()
    assert refused(at=ARRIVED - timedelta(seconds=1)) == "N5-earlier"


def test_a_student_without_a_case_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        given(7)
    assert refusal.value.code == "N5-no-case"
    with pytest.raises(Refused) as refusal:
        latest_season(student_no(7))
    assert refusal.value.code == "N5-no-case"


def test_the_latest_season_of_a_student_is_found() -> None:
    at_centre()
    assert latest_season(student_no(1)) == "2020-01"
