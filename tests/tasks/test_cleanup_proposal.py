"""Withdrawals are proposed once lists are closed and students notified, and another person approves (N8)."""

from datetime import date

import pytest

from models.cleanup import Withdrawal, WithdrawalList
from tasks.approval import approvals, approve
from tasks.cleanup_proposal import propose_list, propose_ready, record_notice
from tests.tasks.enrolments import (
    DOCUMENT,
    NOTICE,
    PACK,
    clean_up,
    enrol,
    enrolments,
    graduate,
    notify,
    notify_when_listed,
    on,
    refused,
    states,
)
from tests.tasks.graduates import SEASON, rows_of

pytestmark = pytest.mark.usefixtures(enrolments.__name__)


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
