"""N3: every place is explained: its key, who stands beside it, who went before and who overtook (N4)."""

import pytest

from models.certificate import CertificateSheet
from rules.refusals import Refused
from tasks.case_position import position_at, position_of
from tasks.numbers import allocate_numbers
from tests.rules.policy_packs import january_2020
from tests.tasks.graduates import EARLY, SEASON, case, change, give_photos, lot, rows_of, season
from tests.tasks.graduates import NOW as NUMBERED

pytestmark = pytest.mark.usefixtures(season.__name__)


@pytest.fixture
def queue(season: None) -> list[int]:
    """Three numbered cases that came in the order of their serials, whatever their ids are."""
    same = lot()
    ids = [case(same, serial) for serial in (3, 1, 2)]
    give_photos(*ids)
    allocate_numbers(SEASON, 1, january_2020(), NUMBERED)
    return ids


def test_a_place_names_its_receipt_its_row_and_the_cases_beside_it(queue: list[int]) -> None:
    found = position_of("1711014000002")
    assert (found.place.rank, found.place.of, found.number_place) == (2, 3, 2)
    assert (found.place.receipt, found.place.row, found.place.kind) == (2, 2, "audit-data")
    assert (found.audit.receipt, found.audit.row, found.audit.at) == (2, 2, EARLY)
    assert found.before is not None
    assert found.after is not None
    assert (found.before.row, found.after.row) == (1, 3)
    assert found.ahead == {"110": 1}
    assert "1711014000002" not in str(found)


def test_the_nth_number_of_a_batch_is_explained_like_its_student(queue: list[int]) -> None:
    for place in (1, 2, 3):
        found = position_at(SEASON, 1, place)
        assert found == position_of(f"17110140{place:05d}")
        assert found.number_place == place
    numbers = {row["position"]: row["number"] for row in rows_of(CertificateSheet)}
    assert position_of(numbers[3]) == position_at(SEASON, 1, 3)


def test_the_ends_of_the_queue_have_nobody_beside_them(queue: list[int]) -> None:
    assert position_at(SEASON, 1, 1).before is None
    assert position_at(SEASON, 1, 3).after is None


@pytest.mark.parametrize("place", [0, -1, 4])
def test_a_place_that_nobody_has_is_refused(queue: list[int], place: int) -> None:
    with pytest.raises(Refused) as refused:
        position_at(SEASON, 1, place)
    assert refused.value.code == "case-no-place"


def test_a_case_that_has_not_passed_has_no_place(queue: list[int]) -> None:
    change(queue[0], order_at=None, audit="failed")
    with pytest.raises(Refused) as refused:
        position_of("1711014000003")
    assert refused.value.code == "case-unplaced"


def test_n4_an_urgent_case_that_came_later_and_goes_first_is_named(queue: list[int]) -> None:
    change(queue[0], lane="urgent")
    (one,) = position_of("1711014000001").overtaken_by
    assert (one.cases, one.branch, one.approval) == (1, "110", None)
    assert position_of("1711014000003").overtaken_by == []
