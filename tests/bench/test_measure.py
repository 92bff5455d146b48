"""The bench runs, compares the same rows, and its outcome counts add up; how fast is not asked here."""

import json
from pathlib import Path

import pytest

from bench.__main__ import report, students_of
from bench.bounds import BOUNDS, Finding, all_met, findings, growth
from bench.data import expected, season_folder
from bench.measure import Measured, SidesDiffer, _note, measure
from bench.plain_side import Timed
from biye.sandbox.story import FATES

STUDENTS, UNITS = 1000, ["110", "320", "430"]


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return season_folder(STUDENTS, UNITS, tmp_path_factory.mktemp("bench"))


@pytest.fixture(scope="module")
def measured(season: Path) -> Measured:
    return measure(STUDENTS, 1, lambda _: None, season)


def test_both_sides_saw_every_row(measured: Measured, season: Path) -> None:
    written = expected(season)["rows"]
    scores = sum(written[kind] for kind in ("grade-history", "practice", "final-exam"))
    assert measured.rows["intake"] == scores
    assert set(measured.plain) == {bound.name for bound in BOUNDS}
    assert set(measured.plain) <= set(measured.biye)


def test_outcomes_add_up_to_the_rows_read_and_every_spoiled_row_is_refused(
    measured: Measured, season: Path
) -> None:
    rows = measured.rows
    assert rows["intake"] == sum(
        rows[name] for name in ("accepted", "refused", "held", "parked", "duplicate")
    )
    assert rows["refused"] == expected(season)["spoiled"] > 0
    assert rows["duplicate"] > 0
    assert rows["held"] == rows["parked"] == 0


def test_who_should_pass_is_decided_numbered_and_registered(measured: Measured, season: Path) -> None:
    graduates, told = expected(season)["graduates"], expected(season)["exceptions"]
    spare = next((one["count"] for one in told if one["name"] == "exemption-late-spare"), 0)
    passed = graduates["1"] + graduates["2"] - spare  # nobody asks for their withdrawal here (R3)
    assert measured.rows["passed"] == measured.rows["numbers"] == measured.rows["registry"] == passed
    silent = {fate.name for fate in FATES if not fate.applies}
    assert measured.rows["decisions"] >= STUDENTS - sum(one["count"] for one in told if one["name"] in silent)


def test_a_season_is_written_once(season: Path) -> None:
    before = (season / "manifest.csv").stat().st_mtime_ns
    assert season_folder(STUDENTS, UNITS, season.parent) == season
    assert (season / "manifest.csv").stat().st_mtime_ns == before


def test_sides_that_saw_different_rows_are_not_compared() -> None:
    with pytest.raises(SidesDiffer, match="audit"):
        _note(Measured(1), "audit", Timed(rows=2), rows=3)


def test_a_report_says_machine_seconds_and_which_bounds_hold(measured: Measured) -> None:
    found = [*findings(measured.biye, measured.plain, measured.peak), *growth(measured.biye, measured.biye)]
    told = json.loads(json.dumps(report(measured, measured, found)))
    assert {one["name"] for one in told["bounds"]} >= {"intake", "memory", "growth-audit"}
    assert all(one["met"] == (one["found"] <= one["bound"]) for one in told["bounds"])
    assert told["machine"]["CPU"]


def test_one_bound_missed_is_not_met() -> None:
    good, bad = Finding("a", "a", 1, 2, "×"), Finding("b", "b", 3, 2, "×")
    assert all_met([good])
    assert not all_met([good, bad])


@pytest.mark.parametrize(
    ("size", "students"), [("20k", 20_000), ("100K", 100_000), ("1m", 1_000_000), ("800", 800)]
)
def test_a_size_names_students(size: str, students: int) -> None:
    assert students_of(size) == students
