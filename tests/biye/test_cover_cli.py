"""`biye cover`: what is missing is shown today, reminded, listed beside the graduates and summed up (N6)."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from biye.cli import app
from tests.played_season import BRANCH, SEASON
from tests.submitted import csv_file

ESTIMATES = (
    {"level": "本科", "quantity": "900", "note": ""},
    {"level": "专科", "quantity": "901", "note": "两季合并订购"},
)


def biye(*words: str) -> str:
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == 0, done.output
    return done.output


def listed() -> list[dict[str, Any]]:
    return json.loads(biye("cover", "list", SEASON, "--json"))


def test_n6_from_the_first_reminder_to_the_summary(played: Path, tmp_path: Path) -> None:
    board = ("today", "--as-of", "2020-01-06")
    assert BRANCH in biye(*board).partition("封皮征订")[2]
    assert {one["state"] for one in listed()} == {"missing"}
    assert "letters: 1" in biye("cover", "remind", "--out", str(tmp_path / "letters"))
    file = tmp_path / "封皮征订.csv"
    file.write_bytes(csv_file("cover-estimate", *ESTIMATES))
    when = ("--received-at", "2020-01-06T10:00", "--by", "王收件")
    biye("submission", "send", str(file), "--kind", "封皮征订", "--branch", BRANCH, *when)
    assert "封皮征订" not in biye(*board)
    found = {one["level"]: (one["estimate"], one["graduates"] > 0, one["state"]) for one in listed()}
    assert found == {"本科": (900, True, "explain"), "专科": (901, True, "explained")}
    assert "两季合并订购" in biye("cover", "list", SEASON)
    assert "本科 900" in biye("cover", "summary", "--out", str(tmp_path / "封皮汇总表.xlsx"))


@pytest.mark.parametrize("command", ["remind", "summary"])
def test_n6_a_place_that_cannot_be_written_is_refused(played: Path, tmp_path: Path, command: str) -> None:
    (tmp_path / "file").write_text("")
    place = str(tmp_path / "file" / "x")
    done = CliRunner().invoke(app, ["cover", command, "--out", place])
    assert done.exit_code == 1
    assert "covers-folder" in done.output
