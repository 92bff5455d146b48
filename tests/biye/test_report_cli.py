"""`biye report make`, `biye season gaps` and `close`: files, and nobody's name on the screen (G2, N5)."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import select, update
from typer.testing import CliRunner

from biye.cli import app
from models.columns import table_of
from models.database import reading, transaction
from models.lot import Approval
from models.student import Student
from tests.tasks.test_season_close import settle_the_rest

STUDENTS, APPROVALS = table_of(Student), table_of(Approval)
LIST, CHECK = (
    ("report", "make", "sign-off", "2020-01"),
    ("season", "gaps", "2020-01", "--as-of", "2020-01-21"),
)


def biye(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def leaks(text: str) -> list[str]:
    """Names and numbers of students in a text."""
    with reading() as db:
        people = db.execute(select(STUDENTS.c.name, STUDENTS.c.student_no)).all()
    return [one for person in people for one in person if one in text]


@pytest.mark.parametrize(("options", "suffix"), [((), ".xlsx"), (("--pdf",), ".pdf")])
def test_a_report_is_a_file_with_the_unit_and_nobody_is_named_on_the_screen(
    played: Path, options: tuple[str, ...], suffix: str
) -> None:
    told = biye(*LIST, "--by", "李明", "--branch", "110", "--json", *options)
    assert told.exit_code == 0, told.output
    made = json.loads(told.stdout)
    file = Path(made["file"])
    assert (file.parent, file.suffix) == (played / "out" / "110", suffix)
    assert file.stat().st_size > 1000
    assert made["rows"] > 0
    assert leaks(told.output + biye(*LIST, "--by", "李明").output) == []


def test_the_gap_check_writes_list_and_picture_and_shows_counts_only(played: Path, tmp_path: Path) -> None:
    """N5."""
    files = ("--out", str(tmp_path / "gaps.xlsx"), "--picture", str(tmp_path / "gaps.svg"), "--by", "李明")
    said = biye(*CHECK, *files)
    assert said.exit_code == 0, said.output
    assert {file.name for file in tmp_path.iterdir()} >= {"gaps.xlsx", "gaps.svg"}
    assert leaks(said.output) == leaks((tmp_path / "gaps.svg").read_text(encoding="utf-8")) == []
    told = json.loads(biye(*CHECK, "--json").stdout)
    assert told["unexplained"] == 0
    assert sum(one["people"] for one in told["gaps"]) == told["steps"][0]["people"]


def test_a_season_is_not_closed_while_something_waits(played: Path) -> None:
    """N5: the refusal counts what is open and says how to see it."""
    settle_the_rest()
    with transaction() as db:
        db.execute(update(APPROVALS).where(APPROVALS.c.id == 1).values(state="proposed"))
    refused = biye("season", "close", "2020-01", "--by", "李明")
    assert refused.exit_code == 1
    for words in ("close-open", "1 approvals waiting", "biye season gaps 2020-01"):
        assert words in refused.output
    settle_the_rest()
    done = biye("season", "close", "2020-01", "--by", "李明")
    assert done.exit_code == 0, done.output
    assert "biye approval approve" in done.output
    assert leaks(refused.output + done.output) == []
