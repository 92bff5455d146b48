"""The bench runs, compares the same rows, and its outcome counts add up; how fast is not asked here."""

import json
from pathlib import Path

import pytest
import typer

import bench.__main__ as bench
from bench.__main__ import keep, main, students_of
from bench.data import expected, season_folder
from bench.figure import Figure, Row, in_turn
from bench.measure import Measured, SidesDiffer, measure
from bench.plain_side import Timed
from bench.season import ROWS, growth
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
    assert set(measured.plain) == {*(row.name for row in ROWS), "pandas"}
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
        Measured(1).note("audit", Timed(rows=2), rows=3)


def _figure(ratio: float, better: str = "lower", name: str = "audit") -> Figure:
    return Figure(Row(name, "毕业审核", "a bare query", 2, better), ratio)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ratio", "better", "off"), [(1, "lower", 0.5), (3, "lower", 1.5), (4, "higher", 0.5), (1, "higher", 2)]
)
def test_a_figure_says_how_far_it_is_off_its_bound(ratio: float, better: str, off: float) -> None:
    assert _figure(ratio, better).off == off
    assert _figure(ratio, better).met == (off <= 1)


def test_results_name_row_ratio_bound_and_whether_it_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "HERE", tmp_path)
    keep([_figure(3)], "20k", "season")
    told = json.loads((tmp_path / "results-20k.json").read_text())
    assert {"row": "audit", "ratio": 3, "bound": 2, "better": "lower", "pass": False}.items() <= told[
        0
    ].items()
    assert "audit" in (tmp_path / "results-20k.svg").read_text()


def test_a_part_measured_again_takes_the_place_of_its_own_rows_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "HERE", tmp_path)
    keep([_figure(3), _figure(1, name="intake")], "20k", "season")
    keep([_figure(2)], "20k", "season")
    told = json.loads((tmp_path / "results-20k.json").read_text())
    assert {one["row"]: one["ratio"] for one in told} == {"audit": 2, "intake": 1}


def _broken(*_: object) -> list[Figure]:
    raise SidesDiffer("audit")


def test_what_other_parts_measured_is_kept_when_one_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "HERE", tmp_path)
    monkeypatch.setitem(bench.PARTS, "season", _broken)
    monkeypatch.setitem(bench.PARTS, "photos", lambda *_: [_figure(1, name="photos")])
    with pytest.raises(typer.Exit) as ended:
        main(["season", "photos"], "20k", 1, None)
    assert ended.value.exit_code == 1
    assert "photos" in (tmp_path / "results-20k.json").read_text()


@pytest.mark.parametrize(("slack", "code"), [(None, 0), (1.0, 1), (2.0, 0)])
def test_a_bench_fails_only_where_a_bound_is_missed_by_more_than_the_slack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, slack: float | None, code: int
) -> None:
    monkeypatch.setattr(bench, "HERE", tmp_path)
    monkeypatch.setitem(bench.PARTS, "season", lambda *_: [_figure(3)])
    with pytest.raises(typer.Exit) as ended:
        main(["season"], "20k", 1, slack)
    assert ended.value.exit_code == code


def test_growth_is_bound_by_the_number_of_students() -> None:
    taken = {row.name: 1.0 for row in ROWS}
    assert all(one.row.bound == 11 and one.ratio == 1 for one in growth(10, taken, taken))


def test_both_sides_are_measured_in_turn() -> None:
    calls: list[str] = []
    in_turn(2, lambda: calls.append("biye"), lambda: calls.append("plain"))
    assert calls == ["biye", "plain"] * 2


@pytest.mark.parametrize(
    ("size", "students"), [("20k", 20_000), ("100K", 100_000), ("1m", 1_000_000), ("800", 800)]
)
def test_a_size_names_students(size: str, students: int) -> None:
    assert students_of(size) == students
