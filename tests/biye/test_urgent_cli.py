"""`biye urgent` and what the approval of an urgent list starts: answers, exit codes, the board (N4)."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert
from typer.testing import CliRunner

from biye.cli import app
from models import database
from models.columns import table_of
from models.urgent import UrgentRequest
from tasks.policy import adopt_pack
from tests.conftest import forget_installation
from tests.rules.policy_packs import SHIPPED
from tests.tasks.lots import CASES, SEASON, at, change, events, make_case, make_lot, rows

run = CliRunner()
NOWHERE = "http://127.0.0.1:9/api"
PROPOSED = ("urgent", "propose", "S2", "--by", "王芳", "--as-of", "2019-12-06")


@pytest.fixture(autouse=True)
def installation(migrated_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The January 2020 season, two passed cases of a lot, a request for the second; no server."""
    monkeypatch.setenv("BIYE_HOME", str(tmp_path))
    monkeypatch.delenv("BIYE_DATABASE_URL", raising=False)
    monkeypatch.setenv("PREFECT_API_URL", NOWHERE)
    forget_installation()
    database.migrate()
    adopt_pack(SHIPPED.read_text(encoding="utf-8"), SHIPPED.name, at("2019-11-28"))
    lot_id = make_lot()
    for row in (1, 2):
        make_case(lot_id, order_at=at("2019-12-02"), order_receipt=1, order_row=row)
    asked = {
        "season": SEASON,
        "student_id": 2,
        "branch": "130",
        "reason": "出国",
        "submission_id": 2,
        "row": 2,
    }
    with database.transaction() as db:
        db.execute(insert(table_of(UrgentRequest)).values(**asked, received_at=at("2019-12-05")))
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


def test_n4_a_request_is_listed_and_stands_on_the_board_until_hq_names_the_student():
    (one,) = told("urgent", "list")
    assert (one["asked_by"], one["reason"], one["case"], one["state"]) == ("130", "出国", 2, None)
    assert "待总部提出" in biye("urgent", "list")[1]
    assert told("today", "--as-of", "2019-12-06")["urgent"] == {SEASON: 1}
    assert "biye urgent list" in biye("today", "--as-of", "2019-12-06")[1]
    assert told(*PROPOSED)["kind"] == "urgent-case"
    assert told("today", "--as-of", "2019-12-06")["urgent"] == {}
    assert "待审批" in biye("urgent", "list")[1]


def test_n3_the_approver_is_shown_whom_the_cases_overtake():
    code, output = biye(*PROPOSED)
    assert (code, "越过 overtakes 1 人" in output) == (0, True)
    shown = biye("approval", "show", "1")[1]
    for words in ("出国", "越过 overtakes 1 人", "1（130 第 1 批第 1 部分）：1 人", "place 2 → 1"):
        assert words in shown


def test_without_a_server_the_approval_stands_and_says_how_to_start_the_run(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("biye.cli.approval.now_in_shanghai", lambda: at("2019-12-07"))
    biye(*PROPOSED)
    answer = told("approval", "approve", "1", "--by", "李明")
    assert answer["urgent_run"]["cases"] == [2]
    assert "server-unreachable" in answer["urgent_run"]["why"]
    assert [row.lane for row in rows(CASES)] == ["ordinary", "urgent"]
    code, output = biye("urgent", "start", SEASON)
    assert (code, "server-unreachable" in output) == (1, True)


def test_n4_the_page_of_a_case_says_that_it_is_urgent_by_whom_and_why():
    page = ("case", "show", "S2", "--as-of", "2019-12-08")
    assert "加急 urgent" not in biye(*page)[1]
    biye(*PROPOSED)
    shown = biye(*page)[1]
    for words in ("加急 urgent（N4）", "王芳", "proposed", "出国"):
        assert words in shown


def test_the_approval_of_an_ordinary_lot_starts_no_urgent_run():
    from tasks.approval import propose

    with database.transaction() as db:
        propose(db, "lot-audit", 1, None, "王芳", at("2019-12-06"))
    assert "urgent_run" not in told("approval", "approve", "1", "--by", "李明", "--document-no", "文号1")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("propose", "S1", "--by", "王芳", "--as-of", "2019-12-06"), "N4-urgent-reason"),
        (("propose", "S9", "--by", "王芳", "--reason", "x", "--as-of", "2019-12-06"), "case-unknown-student"),
        (("propose", "S2", "--by", " ", "--as-of", "2019-12-06"), "approval-nameless"),
        (("propose", "S2", "--by", "王芳", "--as-of", "2020-04-18"), "N4-urgent-over"),
        (("list", "--season", "2031-01"), "season-unknown"),
        (("list", "--unmasked", "--by", " "), "unmasked-nameless"),
    ],
)
def test_a_refusal_exits_1_and_proposes_nothing(words: tuple[str, ...], code: str):
    status, output = biye("urgent", *words)
    assert (status, code in output) == (1, True), output
    assert told("approval", "list") == []


def test_student_numbers_are_shown_in_full_only_to_somebody_with_a_name_and_logged():
    change([2], lane="urgent")
    assert told("urgent", "list", "--unmasked", "--by", "王芳")[0]["student"] == "S2"
    (logged,) = events("unmasked")
    assert (logged.actor, logged.data["what"]) == ("王芳", "urgent list")
