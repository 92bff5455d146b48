"""A cleanup from the first list to CHSI's receipt: nothing irreversible without every step before it (N8)."""

from collections.abc import Callable
from datetime import date

import openpyxl
import pytest

from models import archive
from models.cleanup import Withdrawal, WithdrawalList, WithdrawalPackage
from models.database import transaction
from models.event import Event
from models.promise import Promise
from models.settings import settings
from rules.refusals import Refused
from rules.withdrawal import MOVES, WithdrawalState
from tasks import withdrawal_answers, withdrawal_export
from tasks.approval import approvals, approve, reject
from tasks.cleanup_list import list_candidates
from tasks.cleanup_proposal import propose_list, propose_ready, record_notice, set_dispute
from tasks.cleanup_view import list_lists, list_packages, package_table, show_list, write_lists
from tasks.dbf import read_dbf
from tasks.intake import take_in, waiting_submissions
from tasks.promise import age_promises
from tasks.promise_season import refresh_season_promises
from tasks.withdrawal import IllegalMove, move
from tasks.withdrawal_export import export_withdrawals, mark_withdrawals_sent
from tests.tasks.enrolments import (
    DOCUMENT,
    NOTICE,
    PACK,
    apply,
    change_student,
    clean_up,
    enrol,
    enrolments,
    exported,
    findings,
    notify,
    on,
    receipt,
    say_yes,
    states,
    statuses,
    withdrawals,
)
from tests.tasks.graduates import SEASON, case, hold, lot, reference, rows_of, submission

pytestmark = pytest.mark.usefixtures(enrolments.__name__)


def refused(code: str, work: Callable[..., object], *given: object) -> None:
    with pytest.raises(Refused) as caught:
        work(*given)
    assert caught.value.code == code


def graduate(student_id: int, audit: str = "approved", **more: object) -> int:
    """A case of a student; the lot and the other student that come with it are of no interest."""
    return case(lot(part=student_id + 100), 500 + student_id, student_id=student_id, audit=audit, **more)


def test_n8_before_04_30_nobody_is_listed_and_from_then_on_only_listed() -> None:
    enrol(1)
    assert list_candidates(SEASON, PACK, on("04-29", "23:59")) == []
    assert rows_of(Withdrawal) == []
    clean_up("04-30")
    assert (states(), approvals(SEASON)) == (["listed"], [])


def test_n8_each_candidate_has_its_finding_and_others_are_none() -> None:
    used, _ = enrol(1, "201103")
    spring, autumn = enrol(2)[0], enrol(3, "201209")[0]
    graduating, pending, failed, held = (enrol(serial)[0] for serial in (4, 5, 6, 7))
    graduate(graduating)
    graduate(pending, "awaiting")
    graduate(failed, "failed")
    hold(graduate(held, "failed"), "hand-over", "person")
    gone, _ = enrol(8, status="毕业")
    clean_up("04-30")
    assert findings() == {
        used: "N8-expired",
        spring: "N8-expired",
        graduating: "N8-graduating",
        pending: "N8-pending",
        failed: "N8-expired",
        held: "N8-held",
    }
    assert not {autumn, gone} & set(findings())


def test_n8_an_applicant_waits_is_cleared_when_approved_and_cleaned_up_when_rejected() -> None:
    one, first = enrol(1)
    two, second = enrol(2, branch="120")
    apply(first, at=on("05-02"))
    apply(second, at=on("05-02"), branch="120")
    clean_up("05-06")
    assert findings() == {one: "N8-extension-pending", two: "N8-extension-pending"}
    approve(approvals(SEASON)[0]["id"], "李明", on("05-07"), DOCUMENT, PACK)
    reject(approvals(SEASON)[0]["id"], "李明", on("05-07"))
    clean_up("05-08")
    assert findings() == {two: "N8-extension-rejected"}


def test_n8_what_waits_at_the_end_is_held_and_escalated_once() -> None:
    _, number = enrol(1)
    apply(number, at=on("05-02"))
    notify_when_listed()
    for day in ("06-12", "06-15", "06-16"):
        clean_up(day)
    assert states() == ["listed"]
    assert [event["kind"] for event in rows_of(Event)].count("extension-escalated") == 1
    refresh_season_promises(SEASON, PACK, on("06-16"))
    late = {one.duty for one in age_promises(SEASON, PACK, on("06-16"))}
    assert "cleanup" in late


def notify_when_listed() -> None:
    clean_up("04-30")
    notify()


def test_n8_nothing_is_proposed_before_the_lists_close_nor_without_the_notice() -> None:
    enrol(1)
    clean_up("04-30")
    refused("N8-not-closed", propose_list, SEASON, "110", PACK, "王芳", on("05-15", "23:59"))
    refused("N8-no-notice", propose_list, SEASON, "110", PACK, "王芳", on("05-16"))
    assert propose_ready(SEASON, PACK, "王芳", on("05-16")) == []
    assert notify() == ["110"]
    assert propose_ready(SEASON, PACK, "王芳", on("05-15", "23:59")) == []
    (approval,) = propose_list(SEASON, "110", PACK, "王芳", on("05-16"))
    assert propose_ready(SEASON, PACK, "王芳", on("05-16")) == [approval]
    (waiting,) = approvals(SEASON)
    assert (waiting["kind"], waiting["summary"]["notice"]) == ("withdrawal-list", NOTICE)


def test_n8_a_notice_needs_a_list_a_day_a_person_and_a_document() -> None:
    when = on("05-10")
    refused("N8-no-list", record_notice, SEASON, "all", when.date(), "王芳", NOTICE, when)
    enrol(1)
    clean_up("04-30")
    refused("N8-no-list", record_notice, SEASON, "120", when.date(), "王芳", NOTICE, when)
    refused("N8-notice-day", record_notice, SEASON, "110", date(2020, 5, 11), "王芳", NOTICE, when)
    refused("N8-nameless", record_notice, SEASON, "110", when.date(), "王芳", " ", when)
    record_notice(SEASON, "110", when.date(), "王芳", NOTICE, when)
    (row,) = rows_of(WithdrawalList)
    assert (row["notified_on"], row["notified_by"], row["notice"]) == (when.date(), "王芳", NOTICE)


def test_n8_another_person_approves_by_a_document() -> None:
    enrol(1)
    notify_when_listed()
    (approval,) = propose_list(SEASON, "110", PACK, "王芳", on("05-18"))
    refused("approval-same-person", approve, approval, "王芳", on("05-18"), DOCUMENT, PACK)
    refused("approval-document", approve, approval, "李明", on("05-18"), "", PACK)
    approve(approval, "李明", on("05-18"), DOCUMENT, PACK)
    (row,) = rows_of(Withdrawal)
    assert (row["state"], row["document_no"], row["approved_on"]) == ("approved", DOCUMENT, date(2020, 5, 18))


def test_n8_who_is_protected_after_the_proposal_makes_it_stale_and_is_not_in_the_next() -> None:
    one, _ = enrol(1)
    enrol(2)
    notify_when_listed()
    clean_up("05-18")
    (waiting,) = approvals(SEASON)
    graduate(one)
    refused("approval-stale", approve, waiting["id"], "李明", on("05-18"), DOCUMENT, PACK)
    assert states() == ["listed", "listed"]
    assert [one["count"] for one in approvals(SEASON)] == [1]


def test_n8_who_is_protected_after_the_approval_drops_out_of_the_export() -> None:
    one, _ = enrol(1)
    enrol(2)
    notify_when_listed()
    clean_up("05-18")
    say_yes(on("05-18"))
    graduate(one)
    clean_up("05-19")
    assert states() == ["listed", "exported"]
    assert findings()[one] == "N8-graduating"
    assert rows_of(WithdrawalPackage)[0]["rows"] == 1


def test_n8_the_package_says_the_seven_fields_of_each_withdrawal() -> None:
    package = exported()
    table = read_dbf(package_table(package, "王芳", on("05-21")))
    assert table[["KSH", "XH", "ZXLX", "PZRQ", "WH"]].to_numpy().tolist() == [
        ["K00001", "1211000000001", "退学", "20200520", DOCUMENT]
    ]
    assert table["SFZH"].str.startswith("999999").all()


def test_n8_a_package_with_somebody_protected_meanwhile_is_void_and_the_others_go_anew() -> None:
    one, _ = enrol(7)
    exported()
    graduate(one)
    refused("N8-package-void", mark_withdrawals_sent, 1, "王芳", on("05-21"))
    refused("N8-package-void", mark_withdrawals_sent, 1, "王芳", on("05-21"))
    assert sorted(states()) == ["approved", "listed"]
    clean_up("05-21")
    assert mark_withdrawals_sent(2, "王芳", on("05-21")) == 1
    assert sorted(states()) == ["listed", "sent"]
    assert [(one["void"], one["unanswered"]) for one in list_packages(SEASON)] == [(True, 0), (False, 1)]


def test_n8_a_package_is_sent_once_by_another_than_its_approver_and_as_exported() -> None:
    refused("N8-package-unknown", mark_withdrawals_sent, 9, "王芳", on("05-21"))
    package = exported()
    refused("N8-sent-same-person", mark_withdrawals_sent, package, "李明", on("05-21"))
    refused("N8-nameless", mark_withdrawals_sent, package, " ", on("05-21"))
    assert mark_withdrawals_sent(package, "王芳", on("05-21")) == 1
    assert mark_withdrawals_sent(package, "王芳", on("05-22")) == 0
    (row,) = rows_of(WithdrawalPackage)
    assert (row["sent_by"], row["sent_at"]) == ("王芳", on("05-21"))


def test_n8_other_bytes_than_exported_are_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    package = exported()
    monkeypatch.setattr(archive, "is_whole", lambda digest: False)
    refused("N8-package-altered", mark_withdrawals_sent, package, "王芳", on("05-21"))
    assert states() == ["exported"]


def test_n8_the_roster_says_withdrawn_only_when_chsi_accepted() -> None:
    package = exported()
    number = withdrawals()["学号"].iloc[0]
    assert receipt((number, "成功"), at=on("05-20", "12:00"))["refused"] == 1, "not sent yet"
    mark_withdrawals_sent(package, "王芳", on("05-21"))
    assert set(statuses().values()) == {"在籍"}
    assert receipt((number, ""), at=on("05-25"))["accepted"] == 1
    assert set(statuses().values()) == {"退学"}
    (row,) = rows_of(Withdrawal)
    assert (row["state"], row["withdrawn_on"]) == ("accepted", date(2020, 5, 25))
    assert receipt((number, ""), ("1211000000009", ""), at=on("05-26")) | {} == {
        **dict.fromkeys(("accepted", "held", "parked"), 0),
        "refused": 1,
        "duplicate": 1,
    }


def test_n8_a_rejected_withdrawal_stays_enrolled_and_goes_again_once_the_roster_is_corrected() -> None:
    package = exported()
    number = withdrawals()["学号"].iloc[0]
    mark_withdrawals_sent(package, "王芳", on("05-21"))
    receipt((number, "姓名不符"), at=on("05-25"))
    assert (states(), set(statuses().values())) == (["rejected"], {"在籍"})
    assert withdrawals()["退回原因"].tolist() == ["姓名不符"]
    assert export_withdrawals(SEASON, PACK, on("05-26")) == []
    (one,) = statuses()
    change_student(one, submission_id=submission("roster", "1" * 64, on("05-26")))
    assert export_withdrawals(SEASON, PACK, on("05-27")) == [2]
    mark_withdrawals_sent(2, "王芳", on("05-27"))
    receipt((number, ""), at=on("05-28"))
    assert set(statuses().values()) == {"退学"}


def test_n8_a_rejected_withdrawal_goes_again_when_asked_for() -> None:
    package = exported()
    number = withdrawals()["学号"].iloc[0]
    mark_withdrawals_sent(package, "王芳", on("05-21"))
    receipt((number, "系统错误"), at=on("05-25"))
    assert export_withdrawals(SEASON, PACK, on("05-26"), again=True) == [2]


def test_n8_who_is_protected_between_upload_and_receipt_keeps_the_enrolment_and_alarms() -> None:
    package = exported()
    (one,) = statuses()
    number = withdrawals()["学号"].iloc[0]
    mark_withdrawals_sent(package, "王芳", on("05-21"))
    graduate(one, "awaiting")
    receipt((number, ""), at=on("05-25"))
    assert statuses()[one] == "在籍"
    assert findings()[one] == "N8-pending"
    assert "withdrawal-of-protected" in [event["kind"] for event in rows_of(Event)]


def test_n8_a_disputed_candidate_is_protected_until_the_dispute_is_settled() -> None:
    _, number = enrol(1)
    notify_when_listed()
    set_dispute(SEASON, number, True, "学生申诉", "赵六", on("05-11"))
    clean_up("05-18")
    assert (approvals(SEASON), list(findings().values())) == ([], ["N8-disputed"])
    set_dispute(SEASON, number, False, "申诉不成立", "赵六", on("05-19"))
    clean_up("05-19")
    assert len(approvals(SEASON)) == 1
    refused("N8-no-candidate", set_dispute, SEASON, "1211000000099", True, "申诉", "赵六", on("05-19"))
    refused("N8-nameless", set_dispute, SEASON, number, True, "", "赵六", on("05-19"))


def test_n8_who_stops_being_a_candidate_is_cleared_and_comes_back() -> None:
    one, _ = enrol(1)
    clean_up("04-30")
    change_student(one, status="毕业")
    clean_up("05-06")
    assert states() == ["cleared"]
    assert withdrawals().empty
    change_student(one, status="在籍")
    clean_up("05-07")
    assert states() == ["listed"]


def test_n8_running_any_day_again_changes_nothing() -> None:
    exported()
    before = (rows_of(Withdrawal), rows_of(WithdrawalPackage), rows_of(Event), approvals(SEASON, None))
    clean_up("05-20")
    assert (
        rows_of(Withdrawal),
        rows_of(WithdrawalPackage),
        rows_of(Event),
        approvals(SEASON, None),
    ) == before


def test_n8_the_cleanup_is_kept_when_every_withdrawal_has_its_receipt() -> None:
    refresh_season_promises(SEASON, PACK, on("04-01"))
    package = exported()
    number = withdrawals()["学号"].iloc[0]
    assert owed() == (1, 1, "running", None)
    mark_withdrawals_sent(package, "王芳", on("05-21"))
    receipt((number, ""), at=on("06-15", "23:00"))
    assert owed() == (1, 0, "done", date(2020, 6, 15))


def test_n8_a_cleanup_without_candidates_is_kept_once_its_lists_have_closed() -> None:
    refresh_season_promises(SEASON, PACK, on("04-01"))
    clean_up("05-15")
    assert owed() == (1, 1, "running", None)
    clean_up("05-16")
    assert owed()[1:] == (0, "done", date(2020, 5, 16))


def owed() -> tuple[object, ...]:
    (row,) = [row for row in rows_of(Promise) if row["duty"] == "cleanup"]
    return row["total"], row["open"], row["state"], row["done_on"]


@pytest.mark.parametrize("step", ["export", "sent", "answers"])
def test_n8_killed_inside_a_step_and_run_again_ends_in_the_same_rows(
    step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = {"export": withdrawal_export, "sent": withdrawal_export, "answers": withdrawal_answers}[step]

    def killed(*given: object, **more: object) -> list[int]:
        move(*given, **more)  # type: ignore[arg-type]
        raise SystemExit

    enrol(1)
    notify_when_listed()
    clean_up("05-18")
    say_yes(on("05-20"))
    number = withdrawals()["学号"].iloc[0]
    steps = {
        "export": lambda: export_withdrawals(SEASON, PACK, on("05-20")),
        "sent": lambda: mark_withdrawals_sent(list_packages(SEASON)[-1]["id"], "王芳", on("05-21")),
        "answers": lambda: receipt((number, ""), at=on("05-25")),
    }
    for name, work in steps.items():
        if name == step:
            with monkeypatch.context() as patch:
                patch.setattr(place, "move", killed)
                before = (states(), statuses())
                with pytest.raises(SystemExit):
                    work()
                assert (states(), statuses()) == before
        if name == step == "answers":
            for waiting in waiting_submissions(SEASON, on("05-25")):
                take_in(waiting, PACK, reference(), on("05-25"))
        else:
            work()
    assert (states(), set(statuses().values())) == (["accepted"], {"退学"})
    assert len(rows_of(WithdrawalPackage)) == 1


def test_n8_no_move_but_those_of_the_table() -> None:
    exported()
    for target in WithdrawalState:
        if target not in MOVES[WithdrawalState.EXPORTED]:
            with transaction() as db, pytest.raises(IllegalMove):
                move(db, target, [1], 1, on("05-21"))
    assert states() == ["exported"]


def test_n8_units_find_their_lists_as_workbooks_and_a_screen_shows_nobody_in_full() -> None:
    _, number = enrol(1)
    notify_when_listed()
    withdrawn, extensions = write_lists(SEASON, "110", on("05-11"))
    assert withdrawn.parent == settings().root / "out" / "110"
    page = openpyxl.load_workbook(withdrawn).active
    assert [cell.value for cell in page[3]][:3] == ["分部", "学号", "姓名"]
    assert page["B4"].value == number
    assert openpyxl.load_workbook(extensions).active.max_row == 5
    shown = show_list(SEASON, "110", None, on("05-11"))
    assert number not in str(shown)
    assert show_list(SEASON, "110", "李明", on("05-11"))[0]["学号"] == number
    assert [event["actor"] for event in rows_of(Event) if event["kind"] == "unmasked"] == ["李明"]
    refused("N8-no-list", show_list, SEASON, "120", None, on("05-11"))
    (line,) = list_lists(SEASON)
    assert (line["candidates"], line["protected"], line["to_decide"], line["approval"]) == (1, 0, 1, None)


def test_n8_no_event_of_a_cleanup_names_a_student() -> None:
    package = exported()
    mark_withdrawals_sent(package, "王芳", on("05-21"))
    number = withdrawals()["学号"].iloc[0]
    receipt((number, ""), at=on("05-25"))
    assert number not in str(rows_of(Event))
