"""Withdrawals from package to CHSI's receipt: nobody is withdrawn before it, nobody protected ever (N8)."""

from datetime import date

import pytest

from models import archive
from models.cleanup import Withdrawal, WithdrawalPackage
from models.event import Event
from tasks.cleanup_view import list_packages, package_table
from tasks.dbf import read_dbf
from tasks.withdrawal_export import export_withdrawals, mark_withdrawals_sent
from tests.tasks.enrolments import (
    DOCUMENT,
    PACK,
    change_student,
    clean_up,
    enrol,
    enrolments,
    exported,
    findings,
    graduate,
    notify_when_listed,
    on,
    receipt,
    refused,
    say_yes,
    states,
    statuses,
    withdrawals,
)
from tests.tasks.graduates import SEASON, rows_of, submission

pytestmark = pytest.mark.usefixtures(enrolments.__name__)


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
