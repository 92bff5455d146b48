"""Allocation of certificate numbers over a batch: one transaction, FIFO, no gap (N3)."""

import pytest
from sqlalchemy import insert

from models.certificate import CertificateSheet, Counter
from models.columns import table_of
from models.database import transaction
from models.event import Event
from rules.refusals import Refused
from tasks.numbers import allocate_numbers
from tests.rules.policy_packs import january_2020
from tests.tasks.graduates import (
    EARLY,
    MATHEMATICS,
    NOW,
    SEASON,
    case,
    change,
    column,
    hold,
    lot,
    rows_of,
    season,
)

pytestmark = pytest.mark.usefixtures(season.__name__)


def allocate() -> int:
    return allocate_numbers(SEASON, 1, january_2020(), NOW)


def numbers() -> dict[int, str]:
    return {row["case_id"]: row["number"] for row in rows_of(CertificateSheet)}


def test_numbers_rise_in_order_of_arrival_across_lots() -> None:  # N3
    late, early = lot("110"), lot("120")
    third, first, second = case(late, 3), case(early, 1), case(late, 2)
    assert allocate() == 3
    assert numbers() == {
        first: "511618202006000001",
        second: "511618202006000002",
        third: "511618202006000003",
    }
    positions = {row["case_id"]: row["position"] for row in rows_of(CertificateSheet)}
    assert positions == {first: 1, second: 2, third: 3}
    assert set(column("certificate").values()) == {"numbered"}


def test_of_one_receipt_time_the_receipt_and_then_the_row_decide() -> None:  # N3
    same = lot()
    b, a, c = (
        case(same, serial, order_at=EARLY, order_receipt=receipt, order_row=row)
        for serial, receipt, row in ((1, 5, 9), (2, 5, 2), (3, 6, 1))
    )
    allocate()
    assert sorted(numbers(), key=numbers().__getitem__) == [a, b, c]


def test_each_level_has_its_own_range() -> None:
    same = lot()
    one, other = case(same, 1), case(same, 2, person=MATHEMATICS)
    allocate()
    assert numbers() == {one: "511618202006000001", other: "511618202005000001"}


def test_a_registration_hold_blocks_its_case_and_nobody_behind_it() -> None:  # N3
    same = lot()
    held, free = case(same, 1), case(same, 2)
    hold(held, "registration")
    assert allocate() == 1
    assert numbers() == {free: "511618202006000001"}
    assert column("certificate")[held] == "none"


@pytest.mark.parametrize("track", ["certificate", "dispatch", "visibility"])
def test_a_missing_photo_and_the_partners_seal_stop_no_number(track: str) -> None:  # N2, R1
    hold(case(lot(), 1), track, "photo")
    assert allocate() == 1


def test_only_approved_cases_of_the_batch_get_a_number() -> None:  # G0
    same = lot()
    case(same, 1, audit="passed"), case(same, 2, audit="failed"), case(same, 3, batch=2)
    assert allocate() == 0
    assert rows_of(CertificateSheet) == []
    assert rows_of(Event) == []


def test_running_again_changes_nothing_and_later_approvals_go_on_without_a_gap() -> None:
    first, later = case(lot(), 5), case(lot("120"), 1, audit="passed")
    allocate()
    before = rows_of(CertificateSheet)
    assert allocate() == 0
    assert rows_of(CertificateSheet) == before
    change(later, audit="approved")
    assert allocate() == 1
    assert numbers() == {first: "511618202006000001", later: "511618202006000002"}


def test_beyond_six_digits_nobody_is_numbered() -> None:
    with transaction() as db:
        db.execute(insert(table_of(Counter)).values(key="511618202006", next=999_999))
    same = lot()
    case(same, 1), case(same, 2), case(same, 3, person=MATHEMATICS)
    with pytest.raises(Refused) as refused:
        allocate()
    assert refused.value.code == "N3-serials"
    assert rows_of(CertificateSheet) == []
    assert {row["key"]: row["next"] for row in rows_of(Counter)} == {"511618202006": 999_999}
    assert set(column("certificate").values()) == {"none"}
