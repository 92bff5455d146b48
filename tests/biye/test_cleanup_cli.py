"""`biye cleanup` and `biye extension`: each step by name, refused in both languages when too early (N8)."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from biye.cli import app
from biye.sandbox.withdrawals import unanswered_withdrawal_packages, withdrawal_receipt_for
from tasks.dbf import read_dbf
from tasks.policy import load_reference
from tests.tasks.enrolments import (
    apply,
    clean_up,
    enrol,
    enrolments,
    exported,
    on,
    send_bytes,
    states,
    statuses,
)
from tests.tasks.graduates import SEASON, SHIPPED

pytestmark = pytest.mark.usefixtures(enrolments.__name__)


@pytest.fixture(autouse=True)
def migrated(enrolments: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's database was made whole, so there is nothing to migrate."""
    for noun in ("cleanup", "extension"):
        monkeypatch.setattr(f"biye.cli.{noun}.migrate", lambda: None)


def biye(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, list(words))
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.exit_code, done.output


def test_n8_the_way_to_a_receipt_by_commands(tmp_path: Path) -> None:
    package = str(exported())
    code, output = biye("cleanup", "list", SEASON, "--json")
    assert code == 0
    assert json.loads(output)["lists"][0]["exported"] == 1
    out = tmp_path / "退学.dbf"
    assert biye("cleanup", "save", package, "--by", "王芳", "--out", str(out))[0] == 0
    assert read_dbf(out.read_bytes())["ZXLX"].tolist() == ["退学"]
    sent = ("cleanup", "sent", package, "--as-of", "2020-05-21T10:00", "--json")
    assert biye(*sent, "--by", "李明")[0] == 1, "the approver sends nothing alone"
    code, output = biye(*sent, "--by", "王芳")
    assert (code, json.loads(output)) == (0, {"package": 1, "sent": 1})
    assert "此前已登记" in biye("cleanup", "sent", package, "--by", "王芳")[1]
    (waiting,) = unanswered_withdrawal_packages(SEASON)
    send_bytes("withdrawal-receipt", withdrawal_receipt_for(waiting), "回执.csv", on("05-25"), "010")
    assert (states(), set(statuses().values())) == (["accepted"], {"退学"})
    assert unanswered_withdrawal_packages(SEASON) == []
    assert "上报成功" in biye("cleanup", "show", "110")[1]


def test_n8_a_proposal_without_notice_is_refused_and_with_it_made() -> None:
    enrol(1)
    clean_up("04-30")
    propose = ("cleanup", "propose", "110", "--by", "王芳", "--as-of", "2020-05-18", "--json")
    code, output = biye(*propose)
    assert code == 1
    assert "N8-no-notice" in output
    assert "尚未告知" in output
    assert "have not been notified" in output
    notice = ("cleanup", "notified", "all", "--by", "王芳", "--document", "通知3号", "--as-of", "2020-05-11")
    code, output = biye(*notice, "--date", "2020-05-10", "--json")
    assert (code, json.loads(output)) == (0, {"notified": ["110"]})
    assert biye(*notice, "--date", "十日")[0] == 2
    code, output = biye(*propose)
    assert (code, json.loads(output)) == (0, {"approvals": [1]})


def test_n8_an_objection_is_recorded_and_settled_by_name() -> None:
    _, number = enrol(1)
    clean_up("04-30")
    by = ("--by", "赵六", "--note", "申诉", "--as-of", "2020-05-11")
    assert biye("cleanup", "dispute", number, *by)[0] == 0
    clean_up("05-11")
    assert "有争议" in biye("cleanup", "show", "110")[1]
    assert biye("cleanup", "settle", number, *by)[0] == 0
    assert biye("cleanup", "dispute", "0" * 13, *by)[0] == 1
    assert biye("cleanup", "export", SEASON, "--as-of", "2020-05-18", "--json")[0] == 0


def test_n8_a_nil_return_by_command_is_a_receipt_like_any_other() -> None:
    enrol(1)
    load_reference(SHIPPED, on("01-02"))
    nil = (
        "extension",
        "nil",
        "--branch",
        "110",
        "--by",
        "赵六",
        "--received-at",
        "2020-05-15T23:59",
        "--json",
    )
    code, output = biye(*nil)
    assert (code, json.loads(output)) == (0, {"receipt": 3})
    code, output = biye(*nil)
    assert code == 1
    assert "file-again" in output
    code, output = biye("extension", "list", SEASON, "--json")
    (unit,) = json.loads(output)["units"]
    assert (unit["branch"], unit["nil"], unit["received_at"]) == ("110", True, "2020-05-15T23:59:00+08:00")


def test_n8_applications_are_listed_masked_and_one_is_rejected_by_name() -> None:
    _, number = enrol(1)
    apply(number)
    code, output = biye("extension", "list", SEASON)
    assert code == 0
    assert "待审批" in output
    assert number not in output
    assert number in biye("extension", "list", SEASON, "--unmasked", "--by", "李明")[1]
    reject = ("extension", "reject", number, "--by", "李明", "--note", "不符合条件")
    assert biye(*reject)[0] == 0
    assert biye(*reject)[0] == 1
    notify_nobody = biye(
        "cleanup", "notified", "all", "--by", "王", "--document", "文", "--date", "2020-05-01"
    )
    assert "N8-no-list" in notify_nobody[1]
