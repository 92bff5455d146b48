"""`biye registry fast-track`: masked on the screen, in full in the file that was asked for by name (T3)."""

import json
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select, update
from typer.testing import CliRunner

from biye.cli import app
from models.database import reading, transaction
from models.event import EVENTS
from tasks.audit import CASES, STUDENTS

pytestmark = pytest.mark.usefixtures("in_lane")


@pytest.fixture
def in_lane(played: Path) -> None:
    """A played batch in which everybody took the lane."""
    with transaction() as db:
        db.execute(update(CASES).values(lane="fast-track", continuing=True))


def biye(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["registry", "fast-track", *words])
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.exit_code, done.output


def people() -> list[str]:
    with reading() as db:
        return list(db.scalars(select(STUDENTS.c.student_no)))


def test_t3_the_screen_shows_branch_and_state_and_nobody_in_full() -> None:
    for words in ((), ("--json",)):
        code, output = biye("2020-01", *words)
        assert code == 0, output
        assert "110" in output
        assert not any(number in output for number in people())


def test_t3_the_file_has_names_and_numbers_and_its_taking_is_logged(tmp_path: Path) -> None:
    out = tmp_path / "list.xlsx"
    code, output = biye("2020-01", "--out", str(out), "--by", "王芳", "--json")
    assert code == 0, output
    told = json.loads(output)
    lines = list(openpyxl.load_workbook(out)["续读本科毕业生名单"].values)[3:-2]
    assert len(lines) == len(told["graduates"]) > 0
    assert {line[3] for line in lines} <= set(people())
    assert told["unnumbered"] > 0  # who failed has no number
    with reading() as db:
        event = db.execute(select(EVENTS).where(EVENTS.c.kind == "unmasked")).one()
    assert (event.actor, event.data["what"]) == ("王芳", "registry fast-track")


def test_t3_a_folder_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    assert biye("2020-01", "--out", str(tmp_path / "none" / "list.xlsx"))[0] == 2


def test_t3_a_list_without_a_name_and_an_unknown_season_are_refused(tmp_path: Path) -> None:
    out = tmp_path / "list.xlsx"
    code, output = biye("2020-01", "--out", str(out), "--by", " ")
    assert (code, "unmasked-nameless" in output, out.exists()) == (1, True, False)
    assert biye("2031-01")[0] == 1
