"""Every command: help in Chinese · English, --json where it answers, exit 1 refused, 2 for wrong use."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
from click.testing import Result
from typer.testing import CliRunner

from biye.cli import NOUNS, app
from tests.played_season import played, played_home  # noqa: F401

WITHOUT_JSON = {"up", "worker", "submission template", "sandbox registry"}  # they play, run or write a file
CHINESE, ENGLISH = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[A-Za-z]{2}")
PACKAGE = "202001-000001-7"


def walk(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Yield every command with its words; typer brings its own click, so kinds are told by what they can."""
    context = command.make_context("biye", [], resilient_parsing=True)
    names = command.list_commands(context) if hasattr(command, "list_commands") else []
    if not names:
        yield " ".join(path), command
    for name in names:
        yield from walk(command.get_command(context, name), (*path, name))


TREE = dict(walk(typer.main.get_command(app)))
EVERY = pytest.mark.parametrize("name", sorted(TREE))


def biye(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def options_of(command: Any) -> set[str]:
    return {option for parameter in command.params for option in parameter.opts}


def in_both_languages(text: str | None) -> bool:
    return bool(text and CHINESE.search(text) and ENGLISH.search(text))


def test_every_noun_is_a_command_with_help():
    listed = biye("--help")
    assert listed.exit_code == 0
    for noun, said in NOUNS.items():
        assert noun in {name.split()[0] for name in TREE}
        assert in_both_languages(said)
        assert noun in listed.output


@EVERY
def test_a_command_says_what_it_does_in_chinese_then_english(name: str):
    text = TREE[name].help
    assert in_both_languages(text), text
    assert " · " in str(text)
    assert CHINESE.search(str(text)[0]), "Chinese first"


@EVERY
def test_every_argument_and_option_is_explained(name: str):
    unexplained = [
        parameter.name
        for parameter in TREE[name].params
        if parameter.name != "help" and not in_both_languages(getattr(parameter, "help", None))
    ]
    assert unexplained == []


@EVERY
def test_every_answer_can_be_had_as_json(name: str):
    assert ("--json" in options_of(TREE[name])) == (name not in WITHOUT_JSON)


@EVERY
def test_wrong_use_exits_2_without_a_traceback(name: str):
    done = biye(*name.split(), "--no-such-option")
    assert done.exit_code == 2
    assert "Traceback" not in done.output


@EVERY
def test_a_missing_argument_or_option_is_wrong_use(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    if any(parameter.required for parameter in TREE[name].params):
        assert biye(*name.split()).exit_code == 2


READING = [
    "approval list",
    "approval list --all",
    "approval show 1",
    "calendar after 2020-01-15 15",
    "case show STUDENT",
    "certificate ledger 2020-01",
    "certificate position STUDENT",
    "certificate position --position 1",
    "cover list",
    "certificate problems 2020-01",
    "doctor",
    "exemption list --season 2020-01",
    "migrate",
    "package findings",
    "package list",
    f"package show {PACKAGE}",
    f"package show {PACKAGE} --certificates",
    "reference show",
    "registry fast-track 2020-01",
    "registry list",
    "registry show 1 --all",
    "report list",
    "season gaps 2020-01 --as-of 2020-01-21",
    "season check seasons/2020-01.yaml",
    "season plan seasons/2020-01.yaml",
    "seal list",
    "stocktake list",
    "submission held",
    "submission list",
    "submission list --state judged --branch 110",
    "submission show 5",
    "today --as-of 2020-01-21",
    "verify --archive",
]


@pytest.fixture
def student(played: Path) -> str:  # noqa: F811
    from tests.tasks.test_case_view import one_with

    return one_with(custody="at-centre")


@pytest.mark.parametrize("line", READING)
def test_a_reading_command_answers_people_and_programs(line: str, student: str):
    words = [student if word == "STUDENT" else word for word in line.split()]
    said = biye(*words)
    assert said.exit_code == 0, said.output
    assert CHINESE.search(said.stdout) or line.startswith("season plan"), said.stdout
    told = biye(*words, "--json")
    assert told.exit_code == 0, told.output
    json.loads(told.stdout)


REFUSED = [
    ("approval show 99", "approval-unknown"),
    ("approval approve 99 --by 李", "approval-unknown"),
    ("case show 1700000000000", "case-unknown-student"),
    ("case show STUDENT --season 2031-01", "case-none"),
    ("case show STUDENT --unmasked --by ", "unmasked-nameless"),
    ("package found 511618202005999999 --by 1100201", "sheet-unknown"),
    ("package returned STUDENT --by 钱", "R2-not-damaged"),
    ("package show 202001-000099-1", "label-check-digit"),
    ("certificate void STUDENT --reason 测试 --by 钱", "sheet-registered"),
    ("certificate statement STUDENT --by 钱", "sheet-not-handed-over"),
    ("certificate problem STUDENT --field 颜色 --found 测试 --by 1100201", "N5-problem-field"),
    ("certificate position 1700000000000", "case-unknown-student"),
    ("certificate position --position 999", "case-no-place"),
    ("certificate dismiss 99 --by 钱", "N5-problem-unknown"),
    ("certificate spoil 1700000000000 --reason lost --by 钱", "sheet-unknown"),
    ("certificate hand-over 1700000000000 --by 1100201", "N5-no-case"),
    ("seal send 无名大学 --by 周", "seal-nothing"),
    ("seal return 99 --by 周", "seal-list-unknown"),
    ("stocktake show --by 110", "N5-stocktake-none"),
    ("stocktake show --by 110 --stocktake 9", "N5-stocktake-unknown"),
    ("stocktake open --by 999", "N9-unknown-organisation"),
    ("stocktake close --by 110", "N5-stocktake-none"),
    ("report make nothing 2020-01 --by 李", "report-unknown"),
    ("report make roll 2020-01 --by ", "unmasked-nameless"),
    ("report make approval-form 2020-01 --by 李", "report-needs"),
    ("report make approval-form 2020-01 --lot 99 --by 李", "report-nobody"),
    ("report make student-form 2020-01 --student 99 --by 李", "report-nobody"),
    ("report make roll 2020-01 --branch 999 --by 李", "N9-unknown-organisation"),
    ("report make counts 2020-01 --out /proc/none/x --by 李", "report-folder"),
    ("season gaps 2020-01 --picture /proc/none/x.svg", "report-folder"),
    ("season gaps 2020-01 --out gaps.xlsx", "unmasked-nameless"),
    ("registry show 999", "T4-package-unknown"),
    ("registry retry 1 --by 李", "T4-registry-not-refused"),
    ("registry again 1 --by 李", "T4-nobody-rejected"),
    ("submission settle 999 --by 李 --note 核实", "submission-unknown"),
    ("submission settle 1 --row 99 --by 李 --note 核实", "held-none"),
    ("submission show 999", "submission-unknown"),
    ("submission list --kind nonsense", "file-kind"),
    ("submission template nonsense", "file-kind"),
    ("submission send README.md --kind nonsense --branch 110", "file-kind"),
    ("submission send README.md --kind practice --branch 999", "sender-unknown"),
    ("submission send README.md --kind practice --branch 110 --season 2031-01", "season-unknown"),
    ("submission send README.md --kind roster --branch 110", "file-"),
    ("season check README.md", "pack-"),
    ("reference load seasons", "reference-missing"),
    ("backup seasons", "backup-destination"),
    ("calendar after 2040-01-01 5", "calendar-"),
]


@pytest.mark.parametrize(("line", "code"), REFUSED)
def test_a_refusal_exits_1_with_code_both_languages_and_remedy(line: str, code: str, student: str):
    words = [student if word == "STUDENT" else word for word in line.split(" ")]
    done = biye(*words)
    assert done.exit_code == 1, done.output
    assert isinstance(done.exception, SystemExit)
    assert code in done.output
    assert CHINESE.search(done.output)
    assert ENGLISH.search(done.output)
    assert "Traceback" not in done.output
    assert student not in done.output


def test_a_database_that_cannot_be_reached_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    from tests.conftest import forget_installation

    monkeypatch.setenv("BIYE_HOME", str(tmp_path))
    monkeypatch.setenv("BIYE_DATABASE_URL", "postgresql://u:s3cret@127.0.0.1:1/none?connect_timeout=2")
    forget_installation()
    done = biye("package", "list")
    assert done.exit_code == 1
    assert "database-unreachable" in done.output
    assert "s3cret" not in done.output
    forget_installation()


def test_a_file_that_is_no_database_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    from models import database
    from tests.conftest import forget_installation

    (tmp_path / "biye.db").write_bytes(b"no database at all " * 100)
    monkeypatch.setenv("BIYE_HOME", str(tmp_path))
    monkeypatch.delenv("BIYE_DATABASE_URL", raising=False)
    forget_installation()
    done = biye("today")
    assert done.exit_code == 1
    assert "database-unreachable" in done.output
    database.engine().dispose()
    forget_installation()


def test_a_database_of_a_newer_biye_is_a_sentence(played: Path):  # noqa: F811
    from models import database

    with database.transaction() as db:
        db.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    done = biye("today")
    assert done.exit_code == 1
    assert "database-newer" in done.output


def test_the_helps_of_one_noun_are_its_own():
    said = biye("case", "--help")
    assert said.exit_code == 0
    assert "show" in said.output
