"""`biye season check`, `biye season plan`, `biye calendar after`: answers, exit codes, refusals without a
traceback.
"""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from biye.cli import calendar, season
from tests.rules.policy_packs import SHIPPED, january_2020, text_with

run = CliRunner()


@pytest.fixture
def bad_pack(tmp_path: Path) -> Path:
    file = tmp_path / "bad.yaml"
    file.write_text(
        text_with(batches__0__status="closed", production__print_per_day="many"), encoding="utf-8"
    )
    return file


def test_a_good_pack_is_told_with_version_hash_and_batches():
    done = run.invoke(season.app, ["check", str(SHIPPED)])
    assert done.exit_code == 0
    for text in (
        "OK",
        "2020-01",
        january_2020().hash,
        "首批",
        "第二批",
        "寒假批",
        "cancelled",
        "cover-estimates",
    ):
        assert text in done.output


def test_a_good_pack_is_told_to_programs():
    told = json.loads(run.invoke(season.app, ["check", str(SHIPPED), "--json"]).stdout)
    assert (told["ok"], told["hash"]) == (True, january_2020().hash)
    assert [batch["number"] for batch in told["batches"]] == [1, 0, 2]


def test_a_bad_pack_is_refused_with_key_value_and_what_is_allowed(bad_pack):
    done = run.invoke(season.app, ["check", str(bad_pack)])
    assert done.exit_code == 1
    for text in ("bad.yaml", "batches.0.status", "closed", "'open' or 'cancelled'", "print_per_day", "many"):
        assert text in done.stderr
    assert "Traceback" not in done.output


@pytest.mark.parametrize("command", ["check", "plan"])
@pytest.mark.parametrize("content", [b"\xff\xfe\x00", "season: 毕业".encode("gb18030"), b"[" * 9999])
def test_a_file_that_is_no_yaml_in_utf8_is_refused(tmp_path, command, content):
    file = tmp_path / "x.yaml"
    file.write_bytes(content)
    done = run.invoke(season.app, [command, str(file)])
    assert (done.exit_code, "pack-unreadable" in done.stderr) == (1, True)


@pytest.mark.parametrize(
    ("app", "arguments"),
    [
        (season.app, ["check", "no-such.yaml"]),
        (season.app, ["check"]),
        (season.app, ["plan", str(SHIPPED), "--known-on", "yesterday"]),
        (season.app, ["plan", str(SHIPPED), "--picture", "plan.gif"]),
        (calendar.app, ["after", "2020-13-01", "3"]),
        (calendar.app, ["after", "2020-01-01", "-3"]),
        (calendar.app, ["after", "2020-01-01", "x"]),
        (calendar.app, ["after", "2020-01-01", "3", "--file", "no-such.yaml"]),
    ],
)
def test_wrong_use_ends_with_two(app, arguments):
    assert run.invoke(app, arguments).exit_code == 2


def test_the_plan_shows_computed_deadlines_on_the_calendar_of_a_day():
    """T4: 02-12 now, 02-10 as first published; T3's Monday."""
    now = run.invoke(season.app, ["plan", str(SHIPPED)]).output
    then = run.invoke(season.app, ["plan", str(SHIPPED), "--known-on", "2020-01-20"]).output
    assert "2020-03-09" in now
    assert "2020-02-12" in now
    assert "2020-02-10" in then
    assert "2020-02-12" not in then


def test_the_plan_is_told_to_programs():
    told = json.loads(run.invoke(season.app, ["plan", str(SHIPPED), "--json"]).stdout)
    practice = next(one for one in told["milestones"] if one["en"] == "Batch 1: practice")
    assert (practice["first"], practice["last"], practice["clause"]) == ("2019-11-29", "2019-12-02", "T1")


def test_a_calendar_that_does_not_reach_is_refused():
    done = run.invoke(season.app, ["plan", str(SHIPPED), "--known-on", "2019-11-20"])
    assert (done.exit_code, "calendar-missing" in done.stderr) == (1, True)


@pytest.mark.parametrize("suffix", [".svg", ".png"])
def test_the_plan_draws_its_picture(tmp_path, suffix):
    file = tmp_path / "deep" / f"plan{suffix}"
    done = run.invoke(season.app, ["plan", str(SHIPPED), "--picture", str(file)])
    assert (done.exit_code, file.exists()) == (0, True)
    assert str(file) in done.output.replace("\n", "")


@pytest.mark.parametrize(
    ("arguments", "due"),
    [
        (["2019-11-29", "10"], "2019-12-13"),
        (["2020-01-15", "15"], "2020-02-12"),
        (["2020-01-15", "15", "--known-on", "2020-01-26"], "2020-02-10"),
        (["2020-01-15", "0"], "2020-01-15"),
    ],
)
def test_workdays_are_counted(arguments, due):
    """NOTICE, Workdays."""
    done = run.invoke(calendar.app, ["after", *arguments])
    assert (done.exit_code, done.output.split()[0]) == (0, due)
    told = json.loads(run.invoke(calendar.app, ["after", *arguments, "--json"]).stdout)
    assert told["due"] == due
    assert told["calendar"] in done.output


def test_a_year_without_calendar_is_refused_until_a_file_supplies_it(tmp_path):
    refused = run.invoke(calendar.app, ["after", "2026-12-31", "5"])
    assert (refused.exit_code, "--file" in refused.stderr) == (1, True)
    file = tmp_path / "2027.yaml"
    file.write_text(
        "year: 2027\npublished: 2026-11-05\ndays_off: [2027-01-01..2027-01-03]\n", encoding="utf-8"
    )
    done = run.invoke(calendar.app, ["after", "2026-12-31", "5", "--file", str(file)])
    assert (done.exit_code, done.output.split()[0]) == (0, "2027-01-08")
