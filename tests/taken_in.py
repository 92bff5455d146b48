"""Files given to the real intake, in an installation that knows three students: what became of each row."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from models import archive, database
from models.reference import read_reference
from models.submission import SubmissionState
from rules.submission import Outcome
from tasks.answering import answer
from tasks.intake import VERDICTS, take_in
from tasks.policy import adopt_pack, current_reference, load_reference, season_pack
from tasks.receiving import SUBMISSIONS, receive
from tests.conftest import forget_installation
from tests.played_season import SEASON, at
from tests.rules.policy_packs import SHIPPED
from tests.submitted import csv_file, resident_id, row_of
from tests.tasks.graduates import SHORT_CYCLE

REFERENCE = read_reference(SHIPPED.parent / "reference")
OPEN = at("2019-12-01T10:00")  # batch 1 takes practice grades
PRACTICE, OTHER = (
    f"{REFERENCE.courses.query('module == @module')['course_id'].iloc[0]:05d}" for module in ("06", "01")
)
ONE = {"student_no": "1711001200001", "name": "张喆", "id_number": resident_id(2)}
EARLY = {"student_no": "0811001200007", "name": "王小明", "id_number": resident_id(4)}
ELSEWHERE = {"student_no": "1713001200003", "name": "王喆", "id_number": resident_id(6)}


def roster_row(**changed: str) -> dict[str, str]:
    """A good row of the roster, of a student of 110 unless changed."""
    return row_of("roster", programme_code=SHORT_CYCLE, centre="1100201", entry_term="201709") | changed


def grade_row(**changed: str) -> dict[str, str]:
    """A good practice grade of a student of 110 unless changed."""
    return row_of("practice", course=PRACTICE) | changed


@dataclass(frozen=True)
class Seen:
    """A file after the intake. rows: row, column, code, outcome and value of each that was not accepted."""

    receipt: int
    state: str
    code: str | None
    detail: str
    counts: dict[str, int]
    rows: list[tuple[int, str, str, str, str]]


@pytest.fixture(scope="session")
def enrolled_home(migrated_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with the shipped season and three students, to be copied."""
    home = tmp_path_factory.mktemp("enrolled") / "biye"
    shutil.copytree(migrated_home, home)
    with pytest.MonkeyPatch.context() as patch:
        _at_home(home, patch)
        load_reference(SHIPPED.parent / "reference", OPEN)
        adopt_pack(SHIPPED.read_text(encoding="utf-8"), SHIPPED.name, OPEN)
        people = [roster_row(**person) for person in (ONE, EARLY, ELSEWHERE)]
        seen = take("roster", csv_file("roster", *people), branch="010")
        assert seen.counts["accepted"] == len(people), seen
        database.engine().dispose()
        forget_installation()
    return home


@pytest.fixture
def enrolled(enrolled_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """That installation, alone for one test, on SQLite: what a file holds is the same on every engine."""
    shutil.copytree(enrolled_home, tmp_path / "biye")
    _at_home(tmp_path / "biye", monkeypatch)
    yield tmp_path / "biye"
    database.engine().dispose()
    forget_installation()


def _at_home(home: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("BIYE_HOME", str(home))
    patch.delenv("BIYE_DATABASE_URL", raising=False)
    patch.delenv("BIYE_ARCHIVE_URL", raising=False)
    forget_installation()


def take(kind: str, data: bytes, name: str = "a.csv", branch: str = "110", when: datetime = OPEN) -> Seen:
    """Receive a file, judge and answer it; whatever it holds, its bytes are kept and every row is counted."""
    receipt = receive(SEASON, kind, branch, name, data, when)
    take_in(receipt, season_pack(SEASON), current_reference(), when)
    answer(receipt, season_pack(SEASON))
    with database.reading() as db:
        sent = db.execute(select(SUBMISSIONS).where(SUBMISSIONS.c.id == receipt)).one()
        wanted = select(VERDICTS).where(VERDICTS.c.submission_id == receipt).order_by(VERDICTS.c.row)
        rows = [_row(row) for row in db.execute(wanted)]
    counts = {outcome.value: getattr(sent, outcome.value) for outcome in Outcome}
    assert archive.fetch(sent.sha256) == data
    assert sent.rows_read == sum(counts.values())
    assert len(rows) == sent.rows_read - sent.accepted
    assert (sent.state == SubmissionState.QUARANTINED) == (sent.code is not None)
    return Seen(receipt, sent.state, sent.code, sent.detail or "", counts, rows)


def _row(row: Any) -> tuple[int, str, str, str, str]:
    return row.row, row.column or "", row.code, row.outcome, row.value or ""


@dataclass(frozen=True)
class Case:
    """One item of bad input and what it gets. outcome: F whole file, R row refused, H row held, N noted.

    place: row and column of the verdict; shown: what its value, the refusal or the note has to name.
    """

    said: str
    outcome: str
    kind: str
    data: bytes
    code: str = ""
    place: tuple[int, str] = (0, "")
    shown: str = ""
    name: str = "a.csv"

    def __str__(self) -> str:
        return f"{self.said} {self.outcome}"


def check(case: Case) -> None:
    """Assert that a file gets its outcome, and that nothing beside what is wrong with it is touched."""
    seen = take(case.kind, case.data, case.name)
    if case.outcome == "F":
        assert (seen.code, sum(seen.counts.values())) == (case.code, 0)
        assert len(seen.detail.splitlines()) == 4, "sentence and remedy in both languages"
        assert case.shown in seen.detail
        return
    assert seen.state == SubmissionState.JUDGED, seen.detail
    wanted = {"R": "refused", "H": "held", "N": "", "D": "duplicate"}[case.outcome]
    found = [(row, column, code, outcome) for row, column, code, outcome, _ in seen.rows]
    assert found == ([(*case.place, case.code, wanted)] if wanted else [])
    assert seen.counts["accepted"] >= 1, "the good row is kept"
    assert case.shown in (seen.rows[0][4] if wanted else seen.detail)
