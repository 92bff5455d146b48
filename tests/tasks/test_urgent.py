"""Urgent cases from the request to a lot of their own: who approves, who is overtaken (N4, N3)."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from models.columns import table_of
from models.database import reading, transaction
from models.event import broken_links
from models.submission import Submission
from models.urgent import UrgentRequest
from rules.refusals import Refused
from rules.states import Audit
from tasks.approval import approve, shown
from tasks.intake import take_in
from tasks.lot import approved_lots
from tasks.policy import adopt_pack
from tasks.receiving import receive
from tasks.urgent import propose_urgent, run_after, urgent_lots, urgent_places, urgent_work
from tasks.urgent_view import case_urgent, urgent_students, waiting_requests
from tests.rules.policy_packs import SHIPPED, january_2020, pack_with
from tests.submitted import csv_file, row_of
from tests.tasks.graduates import reference
from tests.tasks.lots import (
    APPROVALS,
    CASES,
    HOLDS,
    LOTS,
    SEASON,
    STUDENTS,
    at,
    change,
    events,
    hold,
    installation,
    make_case,
    make_lot,
    rows,
)

__all__ = ["installation"]
pytestmark = pytest.mark.usefixtures("installation", "season_known")
DAY = at("2019-12-06")
REQUESTS = table_of(UrgentRequest)


@pytest.fixture
def season_known(installation: None) -> None:
    adopt_pack(SHIPPED.read_text(encoding="utf-8"), SHIPPED.name, at("2019-11-28"))


def in_line(lot_id: int, minute: int, **own) -> int:
    """A passed case with a place in the line."""
    place = {
        "order_at": at("2019-12-02") + timedelta(minutes=minute),
        "order_receipt": 1,
        "order_row": minute,
    }
    return make_case(lot_id, **{**place, **own})


def number_of(case_id: int) -> str:
    (case,) = rows(CASES, id=case_id)
    return rows(STUDENTS, id=case.student_id)[0].student_no


def proposed(*case_ids: int, reason: str = "已录用", day=DAY, **how) -> int:
    return propose_urgent(SEASON, map(number_of, case_ids), "王芳", day, reason, **how)


def refused(code: str, *case_ids: int, **how) -> Refused:
    with pytest.raises(Refused) as caught:
        proposed(*case_ids, **how)
    assert caught.value.code == code
    assert rows(APPROVALS) == []
    return caught.value


def line_of_two_lots() -> tuple[int, int, int]:
    """Two standard lots of two cases, and the last of the second."""
    first, second = make_lot(), make_lot(part=2)
    for minute in (1, 2):
        in_line(first, minute)
    in_line(second, 3)
    return first, second, in_line(second, 4)


def test_n3_the_proposal_says_whom_it_overtakes_how_many_and_from_which_place():
    first, second, last = line_of_two_lots()
    approval = proposed(last)
    found = shown(approval)
    assert found["summary"] == {"overtakes": "3", "lots": f"{first}×2 {second}×1", "places": "4→1"}
    assert found["reason"] == "已录用"
    assert [(one["lot"], one["cases"]) for one in found["overtakes"]["lots"]] == [(first, 2), (second, 1)]
    assert found["unchanged"]
    assert proposed(last) == approval  # again: nothing changes
    assert len(rows(APPROVALS)) == 1


def test_n4_who_is_not_audited_yet_would_overtake_everybody_that_is_still_to_print():
    line_of_two_lots()
    summary = shown(proposed(make_case(None, "awaiting")))["summary"]
    assert (summary["overtakes"], summary["places"]) == ("4", "–")


def test_n4_another_person_approves_and_the_cases_are_audited_again_into_a_lot_of_their_own():
    *_, last = line_of_two_lots()
    waiting = make_case(None, "awaiting")
    approval = proposed(last, waiting)
    with pytest.raises(Refused, match="approval-same-person"):
        approve(approval, "王芳", DAY)
    assert run_after(approval) is None
    assert approve(approval, "李明", DAY) == 2
    moved = [(row.lane, row.lot_id, row.audit) for row in rows(CASES) if row.id in (last, waiting)]
    assert moved == [("urgent", None, "awaiting")] * 2
    assert run_after(approval) == (SEASON, sorted([last, waiting]))
    assert urgent_places([last, waiting]) == [(1, "130")]
    assert urgent_lots([last, waiting]) == {}


def test_n4_the_case_says_who_let_it_go_first_and_why():
    *_, last = line_of_two_lots()
    with reading() as db:
        assert case_urgent(db, last) is None
    approve(proposed(last), "李明", DAY)
    with reading() as db:
        found = case_urgent(db, last)
    assert found is not None
    assert (found["state"], found["proposer"], found["decided_by"]) == ("approved", "王芳", "李明")
    assert found["reason"] == "已录用"


def test_n3_the_log_names_who_overtakes_in_the_streams_of_those_who_are_overtaken():
    first, second, last = line_of_two_lots()
    approval = proposed(last)
    approve(approval, "李明", DAY)
    (approved,) = events("urgent-case-approved")
    assert (approved.actor, approved.data["overtakes"]) == ("李明", {str(first): 2, str(second): 1})
    logged = {row.stream: (row.count, row.data["cases"]) for row in events("overtaken")}
    assert logged == {f"lot:{first}": (1, 2), f"lot:{second}": (1, 1)}
    assert [row.data["approval"] for row in events("overtaken")] == [approval, approval]
    with reading() as db:
        assert list(broken_links(db)) == []


def test_n3_an_urgent_lot_goes_before_all_others_and_without_one_the_first_case_decides():
    lots = [make_lot(part=part, approved_at=DAY) for part in (1, 2)]
    urgent = make_lot(part=3, approved_at=DAY)
    for lot_id, minute in ((lots[0], 3), (lots[1], 1), (urgent, 9)):
        in_line(lot_id, minute, audit="approved")
    assert approved_lots(SEASON, 1) == [lots[1], lots[0], urgent]
    with transaction() as db:
        db.execute(update(LOTS).where(LOTS.c.id == urgent).values(lane="urgent"))
    assert approved_lots(SEASON, 1) == [urgent, lots[1], lots[0]]


def test_n4_refused_with_the_lots_where_a_standard_case_would_become_late():
    lot_id = make_lot()
    due = [in_line(lot_id, minute, complete="2019-11-29") for minute in (1, 2)]  # R2: by 12-13
    last = in_line(make_lot(part=2), 9, complete="2019-12-05")
    slow = pack_with(production__print_per_day=1)
    friday = at("2019-12-12")
    refusal = refused("N4-urgent-delays", last, day=friday, pack=slow)
    assert f"{lot_id}（130 第 1 批第 1 部分）" in str(refusal)
    approval = proposed(last, day=friday)  # 20,000 a day: nobody is late
    with pytest.raises(Refused, match="N4-urgent-delays"):
        approve(approval, "李明", friday, pack=slow)  # judged again when approved
    assert {row.lane for row in rows(CASES, lot_id=lot_id)} == {"ordinary"}
    change(due, certificate="printed")
    assert approve(approval, "李明", friday, pack=slow) == 1


@pytest.mark.parametrize(
    ("own", "code"),
    [
        ({"lane": "urgent"}, "N4-urgent-already"),
        ({"lane": "fast-track"}, "N4-urgent-lane"),
        ({"audit": "approved"}, "N4-urgent-approved"),
    ],
)
def test_n4_who_cannot_be_urgent_is_refused_by_a_masked_number(own, code):
    case = make_case(make_lot(), **own)
    assert number_of(case) not in str(refused(code, case)) or len(number_of(case)) < 6


def test_n4_after_the_seasons_audit_nobody_is_named_and_without_a_reason_neither():
    case = make_case(make_lot())
    refused("N4-urgent-over", case, day=at("2020-04-18"))
    refused("N4-urgent-reason", case, reason=" ")


def test_n4_in_the_vacation_hq_names_but_the_lane_rests_unless_the_pack_says_otherwise():
    case = make_case(make_lot())
    january = at("2020-01-21")
    approval = proposed(case, day=january)
    with pytest.raises(Refused, match="N4-urgent-vacation"):
        approve(approval, "李明", january)
    with pytest.raises(Refused, match="N4-urgent-vacation"):
        urgent_work(SEASON, [case], january)
    assert approve(approval, "李明", january, pack=pack_with(urgent__in_vacation=True)) == 1


def test_n4_a_run_takes_only_cases_that_a_second_person_approved():
    case, other = make_case(make_lot()), make_case(make_lot(part=2))
    approve(proposed(case), "李明", DAY)
    assert urgent_work(SEASON, [], DAY) == urgent_work(SEASON, [case], DAY) == [case]
    with pytest.raises(Refused, match="N4-urgent-cases"):
        urgent_work(SEASON, [case, other], DAY)


def test_n2_an_urgent_case_keeps_its_partner_seal_hold():
    case = make_case(make_lot())
    hold(case, "partner-seal")
    approve(proposed(case), "李明", DAY)
    assert [row.released_at for row in rows(HOLDS, case_id=case)] == [None]


def test_a_case_that_was_approved_meanwhile_drops_out_and_the_rest_is_proposed_anew():
    lot_id = make_lot()
    one, two = make_case(lot_id), make_case(lot_id)
    approval = proposed(one, two)
    change([one], audit=Audit.APPROVED.value)
    with pytest.raises(Refused, match="approval-stale"):
        approve(approval, "李明", DAY)
    anew = rows(APPROVALS, state="proposed")[0]
    assert anew.count == 1
    assert approve(anew.id, "李明", DAY) == 1
    assert [row.lane for row in rows(CASES) if row.id in (one, two)] == ["ordinary", "urgent"]


def asked(*numbers: str, received: str = "2019-12-06T10:00") -> int:
    data = csv_file("urgent-request", *(row_of("urgent-request", student_no=one) for one in numbers))
    receipt = receive(SEASON, "urgent-request", "130", f"{received[:10]}.csv", data, at(received))
    take_in(receipt, january_2020(), reference(), at(received))
    return receipt


def judged(receipt: int) -> tuple:
    (row,) = rows(table_of(Submission), id=receipt)
    return row.state, row.code, row.accepted, row.duplicate


def enrolled(case_id: int, serial: int) -> str:
    """Give a case's student a student number as people have it."""
    number = f"17130012{serial:05d}"
    (case,) = rows(CASES, id=case_id)
    with transaction() as db:
        db.execute(update(STUDENTS).where(STUDENTS.c.id == case.student_id).values(student_no=number))
    return number


def test_n4_a_units_request_is_a_row_that_hq_sees_until_it_names_the_student():
    case = make_case(make_lot())
    receipt = asked(enrolled(case, 1))
    assert judged(receipt) == ("judged", None, 1, 0)
    (one,) = urgent_students(SEASON)
    assert (one.asked_by, one.receipt, one.case, one.state) == ("130", receipt, case, None)
    assert one.received_at == at("2019-12-06T10:00")
    assert "*" in one.student
    assert waiting_requests(SEASON) == 1
    approval = proposed(case, reason="")  # the unit's own reason
    assert waiting_requests(SEASON) == 0
    (one,) = urgent_students(SEASON)
    assert (one.approval, one.state) == (approval, "proposed")
    assert one.reason == rows(REQUESTS)[0].reason


def test_n4_a_second_request_for_a_student_is_a_duplicate():
    number = enrolled(make_case(make_lot()), 1)
    asked(number)
    other = enrolled(make_case(make_lot(part=2)), 2)
    assert judged(asked(number, other, received="2019-12-07T10:00")) == ("judged", None, 1, 1)
    assert len(rows(REQUESTS)) == 2


def test_n4_branches_ask_until_the_vacation_and_then_hq_names():
    assert judged(asked(enrolled(make_case(make_lot()), 1), received="2020-01-19T23:59"))[:2] == (
        "judged",
        None,
    )
    other = enrolled(make_case(make_lot(part=2)), 2)
    late = asked(other, received="2020-01-20T00:00")
    assert judged(late)[:2] == ("quarantined", "N4-urgent-late")
    assert "总部" in rows(table_of(Submission), id=late)[0].detail
