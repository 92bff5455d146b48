"""The audit in one session a student finds the same, and shares are reckoned from what was measured."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bench.engine import SESSION, Costs, _alone, share
from bench.measure import Measured
from bench.orm_side import audit_student, decided, store_grades
from bench.plain_audit import Rules
from models.case import Case
from models.columns import table_of
from models.database import engine, reading
from tests.bench.conftest import Decided
from tests.conftest import forget_installation


@pytest.fixture
def rules(decided: Decided, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rules]:
    shutil.copytree(decided.home, tmp_path / "home")
    monkeypatch.setenv("BIYE_HOME", str(tmp_path / "home"))
    forget_installation()
    yield Rules.of(decided.folder / "reference")
    engine().dispose()
    forget_installation()


def test_one_session_a_student_decides_as_biye_does(rules: Rules) -> None:
    store_grades()
    with reading() as db:
        cases = list(db.scalars(select(table_of(Case).c.id)))
    found = {case: audit_student(case, rules) for case in cases}
    assert found == {case: decided(case) for case in cases}
    assert sum(map(bool, found.values())) > 30


def _season(seconds: float) -> Measured:
    names = ("people", "intake", "audit", "decisions", "numbers", "package", "certificates")
    return Measured(100_000, biye=dict.fromkeys(names, seconds), rows={"audit": 1000})


def test_the_engines_share_is_its_part_of_the_whole_run() -> None:
    found = share(_season(9), Costs(step=0.5, phase=2.5), 10, lambda _: None)
    assert found.ratio == pytest.approx(0.1)
    assert not found.met


def test_what_single_students_take_is_extrapolated_and_said() -> None:
    found = _alone(SESSION, 0.4, 200, _season(0.02), lambda _: None)
    assert found.ratio == pytest.approx(0.4 / 200 * 1000 / 0.02)
    assert "200 sampled" in found.row.beside
