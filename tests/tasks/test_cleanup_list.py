"""Whom a cleanup lists, whom it protects, and what units read of it (N8)."""

from pathlib import Path

import openpyxl
import pytest

from models.cleanup import Withdrawal
from models.event import Event
from models.settings import settings
from tasks.approval import approvals, approve, reject
from tasks.cleanup_list import list_candidates
from tasks.cleanup_proposal import set_dispute
from tasks.cleanup_view import list_lists, show_list, write_lists
from tasks.promise import age_promises
from tasks.promise_season import refresh_season_promises
from tests.tasks.enrolments import (
    DOCUMENT,
    PACK,
    apply,
    change_student,
    clean_up,
    enrol,
    enrolments,
    findings,
    graduate,
    notify_when_listed,
    on,
    refused,
    states,
    withdrawals,
)
from tests.tasks.graduates import SEASON, hold, rows_of

pytestmark = pytest.mark.usefixtures(enrolments.__name__)


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


def test_n8_units_find_their_lists_as_workbooks_and_a_screen_shows_nobody_in_full() -> None:
    _, number = enrol(1)
    notify_when_listed()
    withdrawn, extensions = write_lists(SEASON, "110", on("05-11"))
    assert Path(withdrawn).parent == settings().root / "out" / "110"
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
