"""A lot's approval is taken back until a number is allocated, and leaves nothing half done (R1, N3)."""

from datetime import timedelta

import pytest

from models.database import reading
from models.event import broken_links
from rules.refusals import Refused
from tasks.approval import approvals, approve
from tasks.approval_withdrawal import withdraw
from tasks.audit import audit_lot
from tasks.numbers import allocate_numbers
from tasks.promise_standing import standings
from tasks.proposal import propose_lots
from tests.rules.policy_packs import january_2020
from tests.tasks.lots import APPROVALS, LOTS, PROMISES, events, rows
from tests.tasks.test_audit import (
    AGAIN,
    BRANCH,
    FIRST,
    SEASON,
    Season,
    change_case,
    installation,
    season,
    state,
)

__all__ = ["installation", "season"]
NEXT_DAY = AGAIN + timedelta(days=1)


@pytest.fixture
def approved(season: Season) -> int:
    """The approval of a lot of two students; the third failed."""
    audit_lot(SEASON, 1, BRANCH, FIRST)
    (approval,) = propose_lots(SEASON, 1, FIRST)
    assert approve(approval, "李明", FIRST, "文号1", january_2020()) == 2
    assert rows(PROMISES)
    return approval


def refused(code: str, approval: int, by: str = "王芳") -> None:
    with pytest.raises(Refused) as caught:
        withdraw(approval, by, AGAIN)
    assert caught.value.code == code


def test_r1_a_withdrawn_lot_is_audited_and_approved_again_as_the_same_part(approved: int) -> None:
    assert withdraw(approved, "王芳", AGAIN, "名单有误") == 2
    assert state("audit", "lot_id") == [("awaiting", None), ("awaiting", None), ("failed", None)]
    assert audit_lot(SEASON, 1, BRANCH, NEXT_DAY)["anew"] == 2
    assert state("audit", "lot_id") == [("passed", 1), ("passed", 1), ("failed", None)]
    (again,) = propose_lots(SEASON, 1, NEXT_DAY)
    assert again != approved
    approve(again, "李明", NEXT_DAY, "文号2", january_2020())
    (lot,) = rows(LOTS)
    assert (lot.part, lot.cases, lot.document_no, lot.approved_at) == (1, 2, "文号2", NEXT_DAY)
    assert {row.started_on for row in rows(PROMISES, duty="registry")} == {NEXT_DAY.date()}


def test_t4_a_withdrawn_lot_has_no_clock_and_is_no_approved_lot(approved: int) -> None:
    withdraw(approved, "王芳", AGAIN)
    assert standings(SEASON, january_2020(), NEXT_DAY) == []
    (lot,) = rows(LOTS)
    assert (lot.approved_at, lot.cases, lot.document_no) == (None, 0, None)
    assert allocate_numbers(SEASON, 1, january_2020(), NEXT_DAY) == 0


def test_g0_who_is_corrected_after_the_withdrawal_gets_no_number(approved: int) -> None:
    withdraw(approved, "王芳", AGAIN)
    change_case(1, conduct="")
    audit_lot(SEASON, 1, BRANCH, NEXT_DAY)
    assert state("audit") == [("failed",), ("passed",), ("failed",)]


def test_r1_the_log_says_who_withdrew_and_the_approval_who_approved(approved: int) -> None:
    withdraw(approved, "王芳", AGAIN, "名单有误")
    (event,) = events("lot-audit-withdrawn")
    assert (event.actor, event.stream, event._mapping["count"]) == ("王芳", "lot:1", 2)
    assert event.occurred_at == AGAIN
    (row,) = rows(APPROVALS)
    assert (row.state, row.decided_by, row.note) == ("withdrawn", "李明", "名单有误")
    assert approvals(SEASON) == []
    with reading() as db:
        assert list(broken_links(db)) == []


def test_n3_an_approval_stands_once_one_of_its_students_has_a_number(approved: int) -> None:
    allocate_numbers(SEASON, 1, january_2020(), AGAIN)
    before = (rows(LOTS), rows(PROMISES), state("audit", "lot_id"))
    refused("approval-numbered", approved)
    assert (rows(LOTS), rows(PROMISES), state("audit", "lot_id")) == before


def test_only_an_approved_lots_audit_is_withdrawn_and_by_somebody_with_a_name(approved: int) -> None:
    refused("approval-nameless", approved, by=" ")
    refused("approval-unknown", 99)
    withdraw(approved, "王芳", AGAIN)
    refused("approval-not-in-force", approved)
    audit_lot(SEASON, 1, BRANCH, AGAIN)
    (proposed,) = propose_lots(SEASON, 1, AGAIN)
    refused("approval-not-in-force", proposed)
