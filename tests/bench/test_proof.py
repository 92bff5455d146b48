"""Another audit, slow and obvious, agrees with Biye's, all counts add up, and a difference would be seen."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bench.proof import Proof, prove
from tests.bench.conftest import STUDENTS, Decided


@pytest.fixture(scope="module")
def proof(decided: Decided) -> Proof:
    return prove(decided.folder, decided.home)


def test_an_independent_audit_of_every_student_agrees(proof: Proof) -> None:
    assert proof.differences == []
    assert proof.sampled > 0.95 * STUDENTS
    assert proof.failed > 30


def test_rows_and_students_in_the_files_are_accounted_for(proof: Proof) -> None:
    assert proof.unequal == []
    assert all(files > 0 for files, _ in proof.counts.values())


def _altered(decided: Decided, folder: Path, *statements: str) -> Proof:
    home = folder / "home"
    shutil.copytree(decided.home, home)
    with closing(sqlite3.connect(home / "biye.db")) as db, db:
        for statement in statements:
            db.execute(statement)
    return prove(decided.folder, home)


def test_one_wrong_decision_and_one_lost_row_are_seen(decided: Decided, tmp_path: Path) -> None:
    one = "SELECT id FROM decision WHERE NOT passed LIMIT 1"
    wrong = _altered(
        decided,
        tmp_path,
        f"UPDATE decision SET unmet = '[]' WHERE id = ({one})",
        "UPDATE submission SET refused = refused - 1 WHERE kind = 'grade-history' AND refused > 0",
    )
    assert len(wrong.differences) == 1
    assert any("grade-history" in name for name in wrong.unequal)
