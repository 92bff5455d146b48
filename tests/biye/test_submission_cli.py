"""`biye submission`: what an operator reads after sending a file."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from biye.cli import app
from tasks.policy import adopt_pack, load_reference
from tests.file_server import offering
from tests.played_season import at
from tests.rules.policy_packs import SHIPPED
from tests.submitted import csv_file, row_of
from tests.tasks.graduates import SHORT_CYCLE

ROSTER = csv_file("roster", row_of("roster", programme_code=SHORT_CYCLE, centre="1100201"))
GIVEN = ("--received-at", "2019-12-01T10:00", "--by", "李")


@pytest.fixture(autouse=True)
def _installed(biye_home: Path) -> None:
    load_reference(SHIPPED.parent / "reference", at("2019-11-28T09:00"))
    adopt_pack(SHIPPED.read_text(encoding="utf-8"), SHIPPED.name, at("2019-11-28T09:00"))


def send(tmp_path: Path, data: bytes, *options: str, kind: str = "roster", name: str = "a.csv") -> Result:
    file = tmp_path / name
    file.write_bytes(data)
    words = ["submission", "send", str(file), "--kind", kind, "--branch", "110", *options]
    return CliRunner().invoke(app, words)


def told(*words: str) -> Any:
    done = CliRunner().invoke(app, [*words, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_a_judged_file_is_told_in_chinese_with_its_answer(tmp_path: Path):
    done = send(tmp_path, ROSTER, *GIVEN)
    assert done.exit_code == 0, done.output
    assert "回执编号 receipt 000001" in done.stdout
    assert "读取 1 行 rows read：已接收 accepted 1" in done.stdout
    assert "回执-000001.csv" in done.stdout


def test_what_was_normalised_is_told_and_stands_in_the_receipt(tmp_path: Path):
    send(tmp_path, ROSTER, *GIVEN)
    assert "说明 noted: GB18030 已转为 UTF-8" in CliRunner().invoke(app, ["submission", "show", "1"]).stdout
    (answer,) = told("submission", "show", "1")["answers"]
    assert "说明,GB18030 已转为 UTF-8" in Path(answer).read_text(encoding="utf-8-sig")


def test_a_file_refused_whole_exits_1_with_code_why_and_remedy(tmp_path: Path):
    done = send(tmp_path, b"", *GIVEN)
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit)
    for words in ("整份退回 quarantined", "file-empty", "空文件", "biye submission template roster"):
        assert words in done.stdout
    again = send(tmp_path, b"", *GIVEN, "--json")
    assert again.exit_code == 1
    assert "file-again" in again.stderr


def test_a_quarantined_file_as_json_still_exits_1(tmp_path: Path):
    done = send(tmp_path, b"", *GIVEN, "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["code"] == "file-empty"


@pytest.mark.parametrize("place", ["", "none.csv"])
def test_a_directory_or_no_file_is_wrong_use(tmp_path: Path, place: str):
    words = ["submission", "send", str(tmp_path / place), "--kind", "roster", "--branch", "110"]
    assert CliRunner().invoke(app, words).exit_code == 2


@pytest.mark.parametrize(
    "options", [("--received-at", "2019-12-01"), ("--received-at", "昨天", "--by", "李")]
)
def test_a_time_of_receipt_needs_a_name_and_a_time(tmp_path: Path, options: tuple[str, ...]):
    assert send(tmp_path, ROSTER, *options).exit_code == 2
    assert told("submission", "list") == []


def test_codes_are_counted_and_explained(tmp_path: Path):
    rows = [row_of("roster", student_no=f"171100120000{n}", programme_code="0") for n in range(3)]
    done = send(tmp_path, csv_file("roster", *rows), *GIVEN)
    assert done.exit_code == 0
    shown = told("submission", "show", "1")
    assert sum(one["rows"] for one in shown["codes"]) == 3
    page = CliRunner().invoke(app, ["submission", "show", "1"]).stdout
    code = shown["codes"][0]["code"]
    assert f"{code} × {shown['codes'][0]['rows']}（退回）" in page
    assert "未接收-000001.xlsx" in page


def test_a_list_shows_state_and_counts_and_an_empty_one_says_so(tmp_path: Path):
    assert "没有上报" in CliRunner().invoke(app, ["submission", "list"]).stdout
    send(tmp_path, ROSTER, *GIVEN)
    page = CliRunner().invoke(app, ["submission", "list", "--state", "judged"]).stdout
    assert "000001" in page
    assert "学籍信息" in page
    assert told("submission", "list", "--branch", "120") == []


def test_a_file_is_pulled_once_and_told_as_unchanged_after_that(tmp_path: Path):
    with offering(ROSTER) as server:
        words = ["submission", "pull", server.url, "--kind", "学籍信息", "--branch", "110"]
        done = CliRunner().invoke(app, words)
        again = CliRunner().invoke(app, words)
    assert (done.exit_code, again.exit_code) == (0, 0), done.output
    assert "roster.csv" in done.stdout
    assert "未变" not in done.stdout
    assert "文件未变，已有回执 000001" in again.stdout


def test_an_address_that_is_not_safe_is_refused_before_anybody_is_asked():
    words = ["submission", "pull", "http://files.example/a.csv", "--kind", "roster", "--branch", "110"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 1
    assert "pull-address" in done.stderr
