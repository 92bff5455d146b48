"""A season of quite another shape runs on its pack and reference data alone (G1, T1, T2, R1, N5)."""

import csv
import json
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from biye.cli import app
from biye.cli.demo import FOLDER
from models import database
from models.case import Case
from models.columns import table_of
from models.student import Student
from models.submission import RowVerdict, Submission
from rules.season import Pack
from tasks.answering import answer
from tasks.approval import approvals, approve
from tasks.audit import audit_lot, branches_to_audit
from tasks.gap import season_gaps
from tasks.intake import parked_submissions, take_in, waiting_submissions
from tasks.policy import adopt_pack, current_reference, load_reference
from tasks.proposal import propose_lots
from tasks.receiving import receive
from tasks.reconciliation import reconcile
from tests.biye.conftest import BIYE, clean_environment
from tests.biye.other_season import EAST, PASSES_IN, SEASON, STUDENTS, WEST, at, write_other_season
from tests.conftest import forget_installation

OPENS = {1: at("05-10T08:30"), 2: at("06-15T08:30"), 3: at("09-06T08:30")}
ENDS = {1: at("05-28T23:59"), 2: at("06-30T23:59"), 3: at("09-24T23:59")}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The season's files, not to be changed."""
    return write_other_season(tmp_path_factory.mktemp("season"))


@dataclass(frozen=True)
class Seen:
    """What intake and audit of the whole season left: rows of three tables, and who is missing why."""

    sent: list[Any]
    verdicts: list[Any]
    cases: dict[str, Any]
    missing: Counter[tuple[str, ...]]
    agree: bool


@pytest.fixture(scope="module")
def seen(folder: Path, tmp_path_factory: pytest.TempPathFactory, migrated_home: Path) -> Iterator[Seen]:
    """Intake and audit of all three batches by the tasks' plain functions."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BIYE_HOME", str(tmp_path_factory.mktemp("other") / "home"))
        patch.delenv("BIYE_DATABASE_URL", raising=False)
        forget_installation()
        database.migrate()
        yield _played(folder)
        database.engine().dispose()
        forget_installation()


def _played(folder: Path) -> Seen:
    load_reference(folder / "reference", OPENS[1])
    pack = adopt_pack((folder / "season.yaml").read_text(encoding="utf-8"), "season.yaml", OPENS[1])
    for batch in pack.open_batches:
        _play(folder, pack, batch.number)
    joined = select(Case, Student.student_no).join(
        Student, table_of(Student).c.id == table_of(Case).c.student_id
    )
    with database.reading() as db:
        cases = {row.student_no: row for row in db.execute(joined)}
    gaps = season_gaps(SEASON, pack, ENDS[3])
    agree = all(check.agrees for check in reconcile(SEASON))
    return Seen(_all(Submission), _all(RowVerdict), cases, gaps.by("branch", "cause", "detail"), agree)


def _play(folder: Path, pack: Pack, batch: int) -> None:
    for receipt in parked_submissions(SEASON, batch, pack):
        take_in(receipt, pack, current_reference(), OPENS[batch], batch)
    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            received, path = datetime.fromisoformat(row["received_at"]), folder / row["file"]
            if OPENS[batch].date() <= received.date() <= ENDS[batch].date():
                receive(SEASON, row["kind"], row["branch"], path.name, path.read_bytes(), received)
    for receipt in waiting_submissions(SEASON, ENDS[batch]):
        take_in(receipt, pack, current_reference(), ENDS[batch])
        answer(receipt, pack)
    for branch in branches_to_audit(SEASON):
        audit_lot(SEASON, batch, branch, ENDS[batch])
    propose_lots(SEASON, batch, ENDS[batch])
    for waiting in approvals(SEASON):
        approve(waiting["id"], "王审核", ENDS[batch], document_no="审〔2021〕1号", pack=pack)


def _all(model: Any) -> list[Any]:
    with database.reading() as db:
        return list(db.execute(select(table_of(model)).order_by(table_of(model).c.id)))


def test_each_student_graduates_in_the_batch_that_the_pack_says(seen: Seen) -> None:
    """T1, T2: practice grades wait in a batch of examinations; R1: no photo, no approval until it comes."""
    for student in STUDENTS:
        batch, case = PASSES_IN[student.story], seen.cases.get(student.number)
        if student.story == "silent":
            assert case is None
        elif batch:
            assert (case.batch, case.audit) == (batch, "approved"), student
        else:
            assert case.audit == "failed", student


def test_every_row_is_counted_and_each_sort_of_bad_row_is_told(seen: Seen) -> None:
    assert seen.agree
    told = Counter((row.code, row.outcome) for row in seen.verdicts)
    assert told == {
        ("row-bad-check-digit", "refused"): 1, ("row-unknown-programme", "refused"): 1,
        ("row-numeric-id", "refused"): 1, ("row-ambiguous-date", "refused"): 1, ("row-id-name", "held"): 1,
        ("row-other-branch", "refused"): 1, ("row-unknown-student", "refused"): 1,
        ("row-duplicate", "duplicate"): 3, ("row-case-known", "duplicate"): 11,
        ("row-photo-size", "refused"): 2, ("row-photo-nobody", "refused"): 2,
        ("row-roster-mismatch", "held"): 2, ("row-unknown-course", "refused"): 2,
        ("row-unknown-score", "refused"): 2, ("row-conflict", "held"): 4, ("T1-not-practice", "refused"): 2,
    }  # fmt: skip


def test_bad_files_and_a_kind_that_the_season_lacks_are_quarantined_whole(seen: Seen) -> None:
    quarantined = {(one.kind, one.branch): one.code for one in seen.sent if one.code}
    assert quarantined == {
        ("audit-data", EAST): "file-wrong-content",
        ("final-exam", WEST): "file-dbf-truncated",
        ("exemption", EAST): "pack-kind-off",
    }


def test_what_came_outside_its_window_counts_for_the_next_batch(seen: Seen) -> None:
    """T1: batch 1 takes examinations alone, and closes at 17:00 of its last day."""
    batches = {(one.kind, one.received_at): one.batch for one in seen.sent}
    assert batches["practice", at("05-13T10:00")] == 2
    assert batches["final-exam", at("05-12T11:00")] == 1
    assert batches["final-exam", at("05-28T18:00")] == 2


def test_whoever_does_not_graduate_has_a_cause_and_nobody_a_case_of_what_the_season_lacks(seen: Seen) -> None:
    """N5: a failed examination, a missing photo, and no data at all."""
    missing = {key: people for key, people in seen.missing.items() if key[1] != "awaiting-number"}
    assert missing == {
        (EAST, "rule-unmet", "G0-credits"): 1, (EAST, "rule-unmet", "R1-photo-none"): 1,
        (EAST, "not-reported", ""): 1, (WEST, "rule-unmet", "G0-credits"): 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        (
            "manifest.csv",
            "2021-05-10T08:00",
            "10.05.2021",
            ("manifest.csv", "2", "received_at", "10.05.2021"),
        ),
        ("manifest.csv", ",roster,", ",rooster,", ("manifest.csv", "2", "kind", "rooster")),
        ("manifest.csv", ",010,", ",730,", ("manifest.csv", "2", "branch", "730", "710, 720")),
        ("season.yaml", "photo_gate:", "foto_gate:", ("season.yaml", "foto_gate")),
        ("reference/courses.csv", "10101,", "1010,", ("courses.csv", "2", "1010")),
        ("files/010/roster-20210510-1.dbf", "", None, ("manifest.csv", "2", "roster-20210510-1.dbf")),
        ("reference/programmes.yaml", "", None, ("programmes.yaml",)),
    ],
)
def test_a_folder_with_something_wrong_in_it_is_refused_before_anything_starts(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    file: str, old: str, new: str | None, told: tuple[str, ...],
) -> None:  # fmt: skip
    shutil.copytree(folder, tmp_path / "own")
    wrong = tmp_path / "own" / file
    if new is None:
        wrong.unlink()
    else:
        wrong.write_text(wrong.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BIYE_HOME", "")  # the demo sets its own; put back afterwards
    done = CliRunner().invoke(app, ["demo", "--input", "own"])
    assert done.exit_code == 1, done.output
    assert all(part in done.output for part in told), done.output
    assert "Prefect" not in done.output
    assert not (FOLDER / "home").exists()


@pytest.mark.slow
def test_the_whole_season_is_replayed_through_deployed_runs_and_reconciles(
    folder: Path, tmp_path: Path
) -> None:
    command = [BIYE, "demo", "--input", folder, "--json", "result.json"]
    done = subprocess.run(
        command, cwd=tmp_path, env=clean_environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    assert (result["reconciled"], result["students"]) == (True, len(STUDENTS))
    lines = {line["id"]: (line["due"], line["done"]) for line in result["clauses"]}
    assert len(lines) == len(result["clauses"])
    graduates = sum(batch > 0 for batch in (PASSES_IN[one.story] for one in STUDENTS))
    assert lines["G0"] == (len(STUDENTS) - 1, graduates)
    for clause in ("T4", "R1", "N3", "N7"):
        assert lines[clause] == (graduates, graduates), clause
    assert all(lines[clause][0] == graduates for clause in ("R2", "N1", "N5", "G3"))
    assert {"T1", "T2", "T2/3"} <= lines.keys()
    assert not {"T3", "R3", "N4", "N6", "N8"} & lines.keys()
