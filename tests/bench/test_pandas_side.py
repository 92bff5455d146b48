"""The pandas program takes and refuses the same rows as Biye, and a difference would be seen."""

from pathlib import Path

import pytest

from bench.pandas_side import PandasSide
from tests.bench.conftest import UNITS, Decided


@pytest.fixture
def side(decided: Decided, tmp_path: Path) -> PandasSide:
    side = PandasSide(decided.folder, decided.home, tmp_path)
    assert side.take_in().rows > 60_000
    return side


def test_it_takes_and_refuses_the_same_rows_for_the_same_reasons(side: PandasSide) -> None:
    assert set(side.units) == set(UNITS)
    assert side.differences() == ""
    codes = {code for taken in side.taken.values() for code in taken.verdicts["code"]}
    assert {"row-unknown-student", "row-unknown-score", "row-duplicate", "row-correction"} <= codes


@pytest.mark.parametrize("part", ["accepted", "verdicts"])
def test_a_row_that_only_one_of_them_has_is_seen(side: PandasSide, part: str) -> None:
    taken = next(one for one in side.taken.values() if len(one.verdicts))
    setattr(taken, part, getattr(taken, part).iloc[1:])
    assert side.differences()


def test_another_score_is_seen(side: PandasSide) -> None:
    taken = next(iter(side.taken.values()))
    taken.accepted.loc[taken.accepted.index[0], "score"] += 1
    assert "grades" in side.differences()
