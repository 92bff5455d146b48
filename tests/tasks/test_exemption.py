"""R3 in the database: applications are kept, a late one moves its student, HQ may let it be taken back."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

import tasks.audit
import tasks.exemption_view
import tasks.exemption_withdrawal
from models import database
from models.event import broken_links
from rules.clock import SHANGHAI
from rules.refusals import Refused
from tasks.answering import answer
from tasks.approval import approvals, approve, reject, shown
from tasks.audit import audit_lot
from tasks.case_view import case_view
from tasks.exemption_view import list_applications
from tasks.exemption_withdrawal import propose_withdrawal
from tasks.intake import VERDICTS, take_in
from tasks.proposal import propose_lots
from tasks.receiving import SUBMISSIONS, receive
from tests.rules.audit_tables import small_reference
from tests.rules.policy_packs import GONE, january_2020, pack_with
from tests.submitted import csv_file, row_of
from tests.tasks.lots import events
from tests.tasks.test_audit import BRANCH, FIRST, SEASON, Season, change_case, installation, season, state

__all__ = ["installation", "season"]
PACK, REFERENCE = january_2020(), small_reference(min_credits=28)
IN_TIME = datetime(2019, 12, 10, 23, 59, 59, tzinfo=SHANGHAI)
LATE = IN_TIME + timedelta(seconds=1)
NEXT, THEN = LATE + timedelta(hours=9), LATE + timedelta(days=2)
STUDENT = "1711001200001"


@pytest.fixture(autouse=True)
def policy(season: Season, monkeypatch: pytest.MonkeyPatch) -> None:
    """The small programme without which course 5 is not needed, under the shipped policy."""
    monkeypatch.setattr(tasks.audit, "current_reference", lambda: REFERENCE)
    for module in (tasks.exemption_view, tasks.exemption_withdrawal, tasks.case_view):
        monkeypatch.setattr(module, "season_pack", lambda *_: PACK)


def ask(*courses: str, at: datetime = LATE, **cells: str) -> int:
    """Take in a file of applications of student 1; returns its receipt."""
    rows = [row_of("exemption", student_no=STUDENT, course=course) | cells for course in courses]
    receipt = receive(SEASON, "exemption", BRANCH, f"{at:%s}.csv", csv_file("exemption", *rows), at)
    take_in(receipt, PACK, REFERENCE, at)
    return receipt


def request(by: str = "王芳", branch: str = BRANCH, course: str = "5", student: str = STUDENT) -> int:
    return propose_withdrawal(SEASON, student, course, branch, by, NEXT)


def refused(code: str, *args: str, **named: str) -> None:
    with pytest.raises(Refused) as caught:
        request(*args, **named)
    assert caught.value.code == code
    assert STUDENT not in str(caught.value)


def verdicts(receipt: int) -> dict[int, str]:
    with database.reading() as db:
        rows = db.execute(select(VERDICTS).where(VERDICTS.c.submission_id == receipt)).all()
    return {row.row: row.code for row in rows}


def test_r3_the_last_second_is_in_time_and_stops_nothing() -> None:
    ask("00005", at=IN_TIME)
    assert audit_lot(SEASON, 1, BRANCH, NEXT)["passed"] == 2
    (one,) = list_applications(SEASON)
    assert (one.late, one.later_season, one.received_at) == (False, None, IN_TIME)
    assert list_applications(SEASON, late=True) == []
    refused("exemption-in-time")


def test_r3_a_second_later_the_student_is_moved_with_the_evidence() -> None:
    ask("00005")
    assert audit_lot(SEASON, 1, BRANCH, NEXT)["passed"] == 1
    assert state("audit", "lot_id")[0] == ("failed", None)
    (decision,) = case_view(STUDENT, NEXT).decisions
    assert [one.code for one in decision.unmet] == ["R3-exemption-late", "R3-exemption-withdrawable"]
    assert "2020-07" in decision.unmet[0].zh
    assert "2020-07" in decision.unmet[0].en
    assert "2019-12-11 00:00:00" in decision.unmet[0].zh
    assert "biye exemption withdraw" in decision.unmet[1].remedy_zh
    (seen,) = case_view(STUDENT, NEXT).exemptions
    assert (seen.course, seen.late, seen.later_season) == ("00005", True, "2020-07")


def test_r3_a_late_file_is_accepted_counted_and_told_its_unit() -> None:
    receipt = ask("00005")
    with database.reading() as db:
        sent = db.execute(select(SUBMISSIONS).where(SUBMISSIONS.c.id == receipt)).one()
    assert (sent.state, sent.rows_read, sent.accepted, sent.batch) == ("judged", 1, 1, 1)
    told = Path(answer(receipt, PACK)[0]).read_text(encoding="utf-8-sig")
    assert "2020-07" in told
    assert "2019-12-10 24:00" in told


def test_r3_who_passed_and_waits_for_the_approval_is_audited_again() -> None:
    audit_lot(SEASON, 1, BRANCH, FIRST)
    (approval,) = propose_lots(SEASON, 1, FIRST)
    ask("00005")
    assert state("audit")[:2] == [("awaiting",), ("passed",)]
    with pytest.raises(Refused) as caught:
        approve(approval, "李明", NEXT, "文号1", PACK)
    assert caught.value.code == "approval-stale"
    assert audit_lot(SEASON, 1, BRANCH, NEXT)["now_failed"] == 1


def test_r3_who_passed_in_a_batch_that_is_over_joins_the_next_audit() -> None:
    audit_lot(SEASON, 1, BRANCH, FIRST)
    ask("00005", at=datetime(2020, 1, 17, 9, tzinfo=SHANGHAI))
    assert state("audit", "batch")[0] == ("awaiting", 2)
    assert audit_lot(SEASON, 2, BRANCH, datetime(2020, 2, 17, 9, tzinfo=SHANGHAI))["now_failed"] == 1


def test_r3_an_approved_graduate_stays_approved() -> None:
    audit_lot(SEASON, 1, BRANCH, FIRST)
    (approval,) = propose_lots(SEASON, 1, FIRST)
    approve(approval, "李明", FIRST, "文号1", PACK)
    ask("00005")
    assert state("audit")[0] == ("approved",)


def test_r3_a_withdrawal_that_another_person_approves_lets_the_next_audit_pass() -> None:
    ask("00005")
    audit_lot(SEASON, 1, BRANCH, NEXT)
    approval = request()
    assert request() == approval  # asked again, nothing new
    (waiting,) = approvals(SEASON)
    assert waiting["kind"] == "exemption-withdrawal"
    assert waiting["summary"]["course"] == "00005"
    assert STUDENT not in str(waiting)
    assert shown(approval)["unchanged"]
    with pytest.raises(Refused) as same:
        approve(approval, " 王 芳", THEN, pack=PACK)
    assert same.value.code == "approval-same-person"
    assert state("audit")[0] == ("failed",)
    assert approve(approval, "李明", THEN, pack=PACK) == 1
    assert state("audit")[0] == ("awaiting",)
    assert audit_lot(SEASON, 1, BRANCH, THEN)["now_passed"] == 1
    assert state("audit")[0] == ("passed",)
    assert [one.withdrawn_at for one in list_applications(SEASON)] == [THEN]
    (event,) = events("exemption-withdrawal-approved")
    assert (event.stream, event.actor) == ("exemption:1", "李明")
    with database.reading() as db:
        assert list(broken_links(db)) == []
    refused("exemption-none")


def test_r3_a_withdrawal_approved_after_the_batch_counts_for_the_next() -> None:
    ask("00005")
    audit_lot(SEASON, 1, BRANCH, NEXT)
    approve(request(), "李明", datetime(2020, 1, 17, 9, tzinfo=SHANGHAI), pack=PACK)
    assert state("audit", "batch")[0] == ("awaiting", 2)
    assert audit_lot(SEASON, 2, BRANCH, datetime(2020, 2, 17, 9, tzinfo=SHANGHAI))["now_passed"] == 1


def test_r3_a_rejected_withdrawal_leaves_the_student_moved() -> None:
    ask("00005")
    audit_lot(SEASON, 1, BRANCH, NEXT)
    reject(request(), "李明", THEN, "理由不足")
    assert audit_lot(SEASON, 1, BRANCH, THEN)["passed"] == 1
    assert state("audit")[0] == ("failed",)


def test_r3_a_withdrawal_is_refused_where_the_student_does_not_pass_without_it() -> None:
    ask("00005")
    refused("exemption-needed")  # not audited yet
    change_case(1, conduct="")
    audit_lot(SEASON, 1, BRANCH, NEXT)
    refused("exemption-needed")


def test_r3_a_request_is_stale_once_the_audit_finds_something_else() -> None:
    ask("00005")
    audit_lot(SEASON, 1, BRANCH, NEXT)
    approval = request()
    change_case(1, conduct="", audit="awaiting")
    audit_lot(SEASON, 1, BRANCH, THEN)
    with pytest.raises(Refused) as caught:
        approve(approval, "李明", THEN, pack=PACK)
    assert caught.value.code == "approval-stale"
    assert list_applications(SEASON)[0].withdrawn_at is None


def test_r3_a_request_names_the_students_own_branch_a_known_course_and_a_person() -> None:
    ask("00005")
    audit_lot(SEASON, 1, BRANCH, NEXT)
    refused("exemption-other-branch", branch="120")
    refused("exemption-none", course="00004")
    refused("exemption-none", student="1711001200002")
    refused("approval-nameless", by=" ")


def test_r3_the_same_again_is_a_duplicate_and_something_else_is_held() -> None:
    ask("00005", at=IN_TIME)
    again = ask("5", "00004")
    assert verdicts(again) == {2: "row-already"}
    assert verdicts(ask("00005", kind="免考")) == {2: "row-exemption-differs"}
    seen = [(one.course, one.late) for one in list_applications(SEASON)]
    assert seen == [("00005", False), ("00004", True)]


def test_r3_a_withdrawn_application_may_be_made_again_and_is_late_again() -> None:
    ask("00005")
    audit_lot(SEASON, 1, BRANCH, NEXT)
    approve(request(), "李明", THEN, pack=PACK)
    audit_lot(SEASON, 1, BRANCH, THEN)
    ask("00005", at=THEN, reason="重新申请")
    assert [one.withdrawn_at is None for one in list_applications(SEASON)] == [False, True]
    assert audit_lot(SEASON, 1, BRANCH, THEN)["now_failed"] == 1


def test_r3_judging_again_changes_nothing() -> None:
    receipt = ask("00005")
    assert take_in(receipt, PACK, REFERENCE, NEXT) == {}
    audit_lot(SEASON, 1, BRANCH, NEXT)
    assert audit_lot(SEASON, 1, BRANCH, NEXT)["unchanged"] == 3


def test_r3_a_season_without_exemption_refuses_the_file_whole_and_keeps_it() -> None:
    data = csv_file("exemption", row_of("exemption", student_no=STUDENT))
    receipt = receive(SEASON, "exemption", BRANCH, "a.csv", data, LATE)
    take_in(receipt, pack_with(exemption=GONE), REFERENCE, LATE)
    with database.reading() as db:
        sent = db.execute(select(SUBMISSIONS).where(SUBMISSIONS.c.id == receipt)).one()
    assert (sent.state, sent.code) == ("quarantined", "pack-kind-off")
    assert list_applications(SEASON) == []
