"""`biye demo` ends with an account that reconciles, and leaves files to look at."""

import json
import zipfile
from pathlib import Path

import openpyxl
import pytest
from pypdf import PdfReader
from typer.testing import CliRunner

from biye.cli import app
from tests.biye.conftest import DemoRun

SPINE = {
    "G0",
    "T1",
    "T2",
    "T3",
    "T4",
    "R1",
    "R2",
    "R3",
    "G3",
    "N1",
    "N2",
    "N3",
    "N4",
    "N5",
    "N6",
    "N7",
    "N8",
    "N9",
}


def test_the_result_reconciles_clause_by_clause(demo_run: DemoRun) -> None:
    result = json.loads(demo_run.result.read_text(encoding="utf-8"))
    assert result["reconciled"] is True
    assert result["students"] == 20
    assert {line["id"] for line in result["clauses"]} >= SPINE
    assert all(line["due"] == line["done"] + line["late"] + line["held"] for line in result["clauses"])


def test_a_demo_of_the_2020_01_season_makes_at_most_30_deployed_runs(demo_run: DemoRun) -> None:
    runs = json.loads(demo_run.result.read_text(encoding="utf-8"))["runs"]
    assert 0 < runs <= 30
    assert f"[{runs:2}] " in demo_run.said  # the last of those that it told of one by one


def test_a_phase_that_finds_nothing_to_do_is_told_of_and_not_run(demo_run: DemoRun) -> None:
    assert "2019-12-12 certify：无待办，不运行" in demo_run.said  # R2: no certificate data yet
    assert "2019-12-12 23:59 certify/" not in demo_run.said


def test_the_closing_table_says_the_same_in_words(demo_run: DemoRun) -> None:
    assert "各条款办理情况" in demo_run.said
    assert all(f"│ {clause} " in demo_run.said for clause in SPINE)
    assert "核对 counts that agree" in demo_run.said


def test_every_exception_has_a_student_to_look_up_and_how_that_one_stands(demo_run: DemoRun) -> None:
    result = json.loads(demo_run.result.read_text(encoding="utf-8"))
    told = {one["name"]: one for one in result["exceptions"]}
    assert {"photo-late", "not-fetched", "wrong-name"} <= told.keys()  # N7, N5
    assert "在学习中心" in told["not-fetched"]["stands"]
    assert all(one["example"] in demo_run.said for one in told.values())


def test_the_registrars_reports_and_the_picture_of_the_gaps_are_left(demo_run: DemoRun) -> None:  # N5
    left = {one.name for one in (demo_run.folder / "reports").iterdir()}
    assert {"学历注册对账表.xlsx", "毕业审核未通过名单.xlsx", "查缺补漏.svg"} <= left


def test_it_leaves_certificates_labels_lists_a_package_and_a_picture(demo_run: DemoRun) -> None:
    assert "毕业证书" in PdfReader(demo_run.folder / "certificates.pdf").pages[0].extract_text()
    assert PdfReader(demo_run.folder / "labels.pdf").pages
    assert "签收表" in PdfReader(demo_run.folder / "packing-lists.pdf").pages[0].extract_text()
    with zipfile.ZipFile(demo_run.folder / "registry-package.zip") as package:
        assert any(name.lower().endswith(".dbf") for name in package.namelist())
    assert (demo_run.folder / "season.svg").read_text(encoding="utf-8").startswith("<svg")


def test_an_error_workbook_tells_a_branch_what_to_do(demo_run: DemoRun) -> None:
    workbooks = sorted(demo_run.folder.glob("errors-*.xlsx"))
    if not workbooks:
        pytest.skip("this small season has no row that was not accepted")
    assert openpyxl.load_workbook(workbooks[0], read_only=True).sheetnames


def test_only_writing_the_files_starts_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["demo", "--students", "10", "--write-input", "season"])
    assert done.exit_code == 0, done.output
    assert {"manifest.csv", "season.yaml", "reference"} <= {one.name for one in Path("season").iterdir()}
    assert not Path("demo-out").exists()


def test_files_of_one_s_own_are_refused_before_anything_is_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BIYE_HOME", "")  # the demo sets its own; put back afterwards
    (tmp_path / "own").mkdir()
    last = tmp_path / "demo-out" / "certificates.pdf"
    last.parent.mkdir()
    last.write_bytes(b"of the last demo")
    done = CliRunner().invoke(app, ["demo", "--input", "own"])
    assert done.exit_code == 1
    assert "manifest.csv" in done.output
    assert [one.name for one in last.parent.iterdir()] == [last.name]


def test_files_that_lie_where_the_demo_empties_are_refused_and_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BIYE_HOME", "")
    manifest = tmp_path / "demo-out" / "input" / "manifest.csv"
    manifest.parent.mkdir(parents=True)
    manifest.write_text("file,kind,branch,received_at\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["demo", "--input", "demo-out/input"])
    assert done.exit_code == 2
    assert manifest.is_file()
