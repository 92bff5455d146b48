"""`biye approval` and `biye today`: answers, exit codes, and what an operator sees (R1, T4, G3)."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert
from typer.testing import CliRunner

from biye.cli import app
from models import database
from models.phase import PLAN
from tasks.approval import approve, propose
from tasks.policy import adopt_pack
from tests.conftest import forget_installation
from tests.rules.policy_packs import SHIPPED, january_2020
from tests.tasks.lots import LOTS, SEASON, at, make_case, make_lot, rows

run = CliRunner()


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A migrated installation with the January 2020 pack and one proposed lot of two cases."""
    monkeypatch.setenv("BIYE_HOME", str(tmp_path))
    monkeypatch.delenv("BIYE_DATABASE_URL", raising=False)
    forget_installation()
    database.migrate()
    adopt_pack(SHIPPED.read_text(encoding="utf-8"), SHIPPED.name, at("2019-11-28"))
    lot_id = make_lot()
    for _ in range(2):
        make_case(lot_id)
    with database.transaction() as db:
        propose(db, "lot-audit", lot_id, None, "王芳", at("2019-12-06"))
    yield
    database.engine().dispose()
    forget_installation()


def biye(*words: str) -> tuple[int, str]:
    done = run.invoke(app, list(words))
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.exit_code, done.output


def told(*words: str) -> object:
    code, output = biye(*words, "--json")
    assert code == 0, output
    return json.loads(output)


def approved_on(day: str) -> None:
    approve(1, "李明", at(day), "文号1", january_2020())


def test_what_waits_is_listed_for_people_and_for_programs():
    code, output = biye("approval", "list")
    assert code == 0
    assert "毕业审核名单" in output
    assert "王芳" in output
    (one,) = told("approval", "list")
    assert (one["id"], one["kind"], one["count"], one["state"]) == (1, "lot-audit", 2, "proposed")
    assert told("approval", "list", "--season", "2020-07") == []


def test_a_second_person_approves_with_the_documents_number():
    code, output = biye("approval", "approve", "1", "--by", "李明", "--document-no", "文号1")
    assert (code, "2" in output) == (0, True)
    assert rows(LOTS)[0].document_no == "文号1"
    assert told("approval", "list") == []
    assert told("approval", "show", "1")["decided_by"] == "李明"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("approve", "1", "--by", "王芳", "--document-no", "x"), "approval-same-person"),
        (("approve", "1", "--by", "李明"), "approval-document"),
        (("approve", "9", "--by", "李明"), "approval-unknown"),
        (("show", "9"), "approval-unknown"),
    ],
)
def test_a_refused_decision_exits_1_with_both_languages_and_changes_nothing(words, code):
    status, output = biye("approval", *words)
    assert status == 1
    assert code in output
    assert rows(LOTS)[0].approved_at is None


def test_a_decision_without_a_name_is_wrong_use():
    assert biye("approval", "approve", "1")[0] == 2


def test_a_rejection_keeps_its_reason():
    assert biye("approval", "reject", "1", "--by", "李明", "--note", "名单有误")[0] == 0
    assert "名单有误" in biye("approval", "show", "1")[1]


def test_an_approval_is_withdrawn_by_name_until_numbers_are_allocated():
    approved_on("2019-12-09")
    assert biye("approval", "withdraw", "1")[0] == 2
    assert told("approval", "withdraw", "1", "--by", "王芳", "--note", "名单有误") == {
        "id": 1, "state": "withdrawn", "count": 2
    }  # fmt: skip
    shown = biye("approval", "show", "1")[1]
    assert "已撤回" in shown
    assert "名单有误" in shown
    assert biye("approval", "withdraw", "1", "--by", "王芳")[0] == 1


def test_a_changed_list_is_shown_as_changed():
    assert "名单未变" in biye("approval", "show", "1")[1]
    make_case(1)
    assert "名单已变" in biye("approval", "show", "1")[1]


def test_today_tells_what_waits_and_then_what_is_due_and_late():
    board = told("today", "--as-of", "2019-12-06")
    assert ([one["id"] for one in board["waiting"]], board["due"], board["late"]) == ([1], [], [])
    approved_on("2019-12-09")
    board = told("today", "--as-of", "2019-12-24")
    assert [(one["duty"], one["clause"]) for one in board["late"]] == [("certificate", "R2")]
    assert [(one["duty"], one["left"]) for one in board["due"]] == [("registry", 4)]
    assert board["waiting"] == []


def test_g3_a_promise_without_alarms_is_due_a_week_before_its_day():
    approved_on("2019-12-09")
    duties = [
        [one["duty"] for one in told("today", "--as-of", day)["due"]] for day in ("2020-03-12", "2020-03-13")
    ]
    assert duties == [[], ["in-hand/issue-date"]]


def test_today_shows_both_readings_of_g3_and_the_packs_words_to_people():
    approved_on("2019-12-09")
    code, output = biye("today", "--as-of", "2020-03-21")
    assert code == 0
    for words in ("已逾期 late 5", "学历电子注册数据上报学信网", "自发证日期", "自审批", "2020-03-20"):
        assert words in output


def test_t1_what_is_unfinished_after_the_batchs_last_day_is_shown_as_its_tail():
    approved_on("2019-12-09")
    board = told("today", "--as-of", "2020-01-15")
    assert [(one["due_on"], one["open"]) for one in board["due"] if one["duty"] == "batch-end"] == [
        ("2020-01-15", 2)
    ]
    late = [one for one in told("today", "--as-of", "2020-01-16")["late"] if one["duty"] == "batch-end"]
    assert [(one["clause"], one["due_on"], one["open"]) for one in late] == [("T1", "2020-01-15", 2)]
    assert "尾批 tail" in biye("today", "--as-of", "2020-01-16")[1]
    assert "尾批 tail" not in biye("today", "--as-of", "2020-01-15")[1]


def test_today_names_phases_that_were_missed_and_those_to_come():
    row = {"season": SEASON, "batch": 1, "clause": "T1", "deployed_at": at("2019-11-28"), "state": "planned"}
    with database.transaction() as db:
        for flow, due in (("intake", "2019-12-02T09:00"), ("audit", "2019-12-03T09:00")):
            db.execute(insert(PLAN).values(**row, flow=flow, due_at=at(due)))
    board = told("today", "--as-of", "2019-12-03T08:00")
    assert [one["flow"] for one in board["phases_late"]] == ["intake"]
    assert [one["flow"] for one in board["phases_due"]] == ["audit"]
    assert "audit-2020-01-b1 09:00" in biye("today", "--as-of", "2019-12-03T08:00")[1]


def test_today_of_a_day_that_is_none_is_wrong_use():
    assert biye("today", "--as-of", "yesterday")[0] == 2
