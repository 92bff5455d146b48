"""The invented season is what it says: clean students pass, each fate shows, intake knows the dirt."""

import csv
import hashlib
import io
import json
import zipfile
from collections import Counter
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from biye.sandbox.expected import Expected
from biye.sandbox.people import check_digits
from biye.sandbox.season import SEASONS, write_season
from biye.sandbox.story import FATES, PARTS
from models.reference import read_reference
from rules.grades import GradeContext, ScoreSheet, judge_grades
from rules.identity import check_digit
from rules.reference import CENTRAL_UNIT, EXEMPTION_EXAM_CATEGORY, Reference
from rules.refusals import Refused
from rules.season import parse_pack
from rules.submission import Kind
from rules.windows import place
from tasks.read_table import read_table

Manifest = list[dict[str, str]]
STUDENTS = 400


@pytest.fixture(scope="module")
def reference() -> Reference:
    return read_reference(SEASONS / "reference")


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Expected]:
    folder = tmp_path_factory.mktemp("season")
    return folder, write_season(folder, STUDENTS, seed=7, dirty=0.02)


@pytest.fixture(scope="module")
def manifest(season: tuple[Path, Expected]) -> Manifest:
    with (season[0] / "manifest.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def tables(folder: Path, manifest: Manifest, *kinds: str) -> list[tuple[dict[str, str], pd.DataFrame]]:
    """Read the files of some kinds as intake does; the broken one is left out."""
    read = []
    for entry in manifest:
        if entry["kind"] in kinds:
            try:
                table = read_table((folder / entry["file"]).read_bytes(), entry["kind"], entry["file"])
            except Refused:
                continue
            read.append((entry, table.frame.astype("str").assign(row=table.row)))
    return read


@pytest.fixture(scope="module")
def roster(season: tuple[Path, Expected], manifest: Manifest) -> pd.DataFrame:
    parts = [table for _, table in tables(season[0], manifest, "roster")]
    return pd.concat(parts).sort_values("student_no", ignore_index=True)


def digest(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    for name, seed in (("one", 1), ("same", 1), ("other", 2)):
        write_season(tmp_path / name, 60, seed)
    assert digest(tmp_path / "one") == digest(tmp_path / "same")
    assert digest(tmp_path / "one") != digest(tmp_path / "other")


def test_ten_students_of_one_branch_make_a_whole_season(tmp_path: Path) -> None:
    expected = write_season(tmp_path, 10, branches=["110"])
    assert expected["units"] == ["110"]
    assert expected["graduates"]["1"] >= 3
    assert expected["graduates"]["2"] >= 1
    kinds = {"roster", "grade-history", "practice", "final-exam", "audit-data", "photos", "certificate-data"}
    assert set(expected["files"]) == kinds | {"cover-estimate", "extension"}
    assert json.loads((tmp_path / "expected.json").read_text(encoding="utf-8")) == expected
    assert (
        parse_pack((tmp_path / "season.yaml").read_text(encoding="utf-8"), "season.yaml").season == "2020-01"
    )
    assert read_reference(tmp_path / "reference").version == read_reference(SEASONS / "reference").version


def test_writing_again_leaves_nothing_of_the_season_before(tmp_path: Path) -> None:
    write_season(tmp_path, 60, photos=False)
    write_season(tmp_path, 10, photos=False, branches=["110"])
    assert {path.name for path in (tmp_path / "files").iterdir()} == {"010", "110"}


def test_all_branches_send_and_every_student_is_in_the_roster_once(
    season: tuple[Path, Expected], roster: pd.DataFrame, manifest: Manifest
) -> None:
    assert len(season[1]["units"]) == 50
    assert set(season[1]["units"]) | {"010"} == {entry["branch"] for entry in manifest}
    assert len(roster) == roster["student_no"].nunique() == STUDENTS
    assert roster["student_no"].str.fullmatch(r"[0-9]{13}").all()
    assert (roster["student_no"].str[2:5] == roster["centre"].str[:3]).all()


def test_id_numbers_are_distinct_valid_and_impossible(roster: pd.DataFrame) -> None:
    resident = roster[roster["id_type"] == "居民身份证"]
    assert 0 < len(roster) - len(resident) < 10  # a few have other documents
    assert roster["id_number"].is_unique
    assert resident["id_number"].str.startswith("999999").all()
    assert [check_digit(number[:17]) for number in resident["id_number"]] == resident["id_number"].str[
        17
    ].tolist()
    assert (resident["id_number"].str[6:14] == resident["birth_date"].str.replace("-", "")).all()
    odd = resident["id_number"].str[16].astype(int) % 2 == 1
    assert (odd == (resident["sex"] == "男")).all()


@given(st.from_regex(r"[0-9]{17}", fullmatch=True))
def test_our_check_digit_for_many_is_the_rule_for_one(body: str) -> None:
    assert check_digits(np.array([body]))[0] == check_digit(body)


def test_receipts_come_on_few_days_in_order(manifest: Manifest) -> None:
    times = [datetime.fromisoformat(entry["received_at"]) for entry in manifest]
    assert times == sorted(times)
    assert all(entry["received_at"].endswith("+08:00") for entry in manifest)
    days = sorted({f"{time:%Y-%m-%d}" for time in times})
    assert days == [
        "2019-11-29", "2019-12-02", "2019-12-03", "2019-12-06", "2019-12-10", "2019-12-11", "2019-12-12",
        "2020-01-02", "2020-01-15", "2020-02-03", "2020-02-26", "2020-03-02", "2020-03-06", "2020-03-09",
        "2020-03-10", "2020-04-01", "2020-04-02", "2020-04-16", "2020-04-17", "2020-05-15", "2020-05-16",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("unit", "kind", "received", "outcome", "batch"),
    [
        ("140", "practice", "2019-12-02T23:59:00+08:00", "open", 1),  # T1
        ("620", "practice", "2019-12-03T00:00:00+08:00", "parked", 2),  # T1
        ("360", "final-exam", "2019-12-06T16:00:00+08:00", "parked", 2),  # T1
        ("460", "audit-data", "2020-02-03T10:02:00+08:00", "parked", 2),  # N4
        ("210", "audit-data-fast-track", "2020-03-09T23:59:00+08:00", "open", 2),  # T3
        ("220", "audit-data-fast-track", "2020-03-10T00:00:00+08:00", "refused", None),  # T3
        ("310", "certificate-data", "2020-04-02T10:00:00+08:00", "open", 2),  # N1
        ("330", "certificate-data", "2020-04-16T10:00:00+08:00", "open", 2),  # N1
        ("330", "certificate-data", "2020-04-17T17:00:00+08:00", "open", 2),  # N1
        ("420", "extension", "2020-05-16T00:00:00+08:00", "refused", None),  # N8
    ],
)
def test_the_story_has_a_receipt_on_each_side_of_the_windows(
    manifest: Manifest, unit: str, kind: str, received: str, outcome: str, batch: int | None
) -> None:
    assert any((e["branch"], e["kind"], e["received_at"]) == (unit, kind, received) for e in manifest)
    pack = parse_pack((SEASONS / "2020-01.yaml").read_text(encoding="utf-8"), "2020-01.yaml")
    placed = place(pack, Kind(kind), datetime.fromisoformat(received))
    assert (placed.outcome, placed.batch) == (outcome, batch)


def test_every_part_and_every_fate_is_told_with_an_example(
    season: tuple[Path, Expected], roster: pd.DataFrame
) -> None:
    told = {told["name"]: told for told in season[1]["exceptions"]}
    assert set(told) >= {one.name for one in (*FATES, *PARTS.values())}
    assert {one["example"] for one in told.values()} <= set(roster["student_no"])


def test_the_files_are_written_in_many_ways(season: tuple[Path, Expected], manifest: Manifest) -> None:
    heads: Counter[str] = Counter()
    for entry in manifest:
        data = (season[0] / entry["file"]).read_bytes()
        if entry["kind"] == "audit-data":
            heads["utf-16"] += data.startswith(b"\xff\xfe")
            heads["utf-8-sig"] += data.startswith(b"\xef\xbb\xbf")
            heads["xlsx"] += data.startswith(b"PK")
            heads["gb18030"] += "学号".encode("gb18030") in data[:80]
            heads["utf-8"] += data.startswith("序号".encode())
    assert all(heads[way] > 2 for way in ("utf-16", "utf-8-sig", "xlsx", "gb18030", "utf-8"))


def test_one_file_is_broken_and_one_comes_twice(season: tuple[Path, Expected], manifest: Manifest) -> None:
    broken, digests = [], Counter[str]()
    for entry in manifest:
        data = (season[0] / entry["file"]).read_bytes()
        digests[f"{entry['branch']} {entry['kind']} {hashlib.sha256(data).hexdigest()}"] += 1
        if entry["kind"] not in ("photos", "extension"):
            try:
                read_table(data, entry["kind"], entry["file"])
            except Refused as refused:
                broken.append((entry["branch"], entry["kind"], refused.code))
    assert broken == [("530", "audit-data", "file-truncated")]
    assert sorted(digests.values())[-2:] == [1, 2]


def test_photos_are_small_jpegs_named_by_id_and_no_two_are_alike(
    season: tuple[Path, Expected], manifest: Manifest, roster: pd.DataFrame
) -> None:
    # R1, N7: two fates send no photo with the audit data, one of them sends it later
    stems, digests = [], set()
    for entry in manifest:
        if entry["kind"] == "photos":
            with zipfile.ZipFile(season[0] / entry["file"]) as archive:
                for name in archive.namelist():
                    picture = archive.read(name)
                    assert 20 * 1024 <= len(picture) <= 40 * 1024
                    stems.append(name.removesuffix(".jpg"))
                    digests.add(hashlib.sha256(picture).digest())
    with Image.open(io.BytesIO(picture)) as image:
        assert (image.format, image.size, image.mode) == ("JPEG", (480, 640), "RGB")
    without = {"photo-never", *(fate.name for fate in FATES if not fate.applies)}
    never = sum(told["count"] for told in season[1]["exceptions"] if told["name"] in without)
    assert len(stems) == len(set(stems)) == len(digests) == STUDENTS - never
    assert set(stems) <= set(roster["id_number"])


def all_grades(
    folder: Path, manifest: Manifest, roster: pd.DataFrame, reference: Reference
) -> tuple[pd.DataFrame, Counter[str]]:
    """Judge every score sheet; return accepted grades with the instant of receipt, and verdicts by code."""
    students = {number: (place, number[2:5]) for place, number in enumerate(roster["student_no"])}
    grades, verdicts = [], Counter[str]()
    for entry in manifest:
        if entry["kind"] in ("grade-history", "practice", "final-exam"):
            table = read_table((folder / entry["file"]).read_bytes(), entry["kind"], entry["file"])
            known = (students, reference.course_modules, reference.scores)
            context = GradeContext(*known, entry["branch"], entry["kind"])
            judged = judge_grades(ScoreSheet(table.columns, table.row), context)
            verdicts.update(judged.verdicts["code"])
            plain = judged.accepted[["student_id", "course_id", "score"]]
            grades.append(
                plain.assign(
                    category=judged.accepted["category"].astype("str"),
                    received=entry["received_at"],
                    kind=entry["kind"],
                )
            )
    return pd.concat(grades), verdicts


def unmet(reference: Reference, roster: pd.DataFrame, grades: pd.DataFrame) -> dict[str, set[str]]:
    """Return by student number which minima of the programme are missed: a second, plain audit."""
    best = grades.sort_values("score").drop_duplicates(["student_id", "course_id"], keep="last")
    passed = best[best["score"] > 59].merge(reference.courses, on="course_id")
    keys = ["level", "code", "direction"]
    students = roster.rename(columns={"programme_code": "code"}).merge(
        reference.programmes, on=keys, how="left"
    )
    found: dict[str, set[str]] = {}
    modules = reference.modules
    for number, student in enumerate(students.to_dict("records")):
        own = passed[passed["student_id"] == number]
        central = own[own["unit"] == CENTRAL_UNIT]
        missed = set()
        if own["credits"].sum() < student["min_credits"]:
            missed.add("credits-short")
        if central["credits"].sum() < student["min_central_credits"]:
            missed.add("central-credits-short")
        if (
            own.loc[own["category"] == EXEMPTION_EXAM_CATEGORY, "credits"].sum()
            > student["max_exempt_credits"]
        ):
            missed.add("exempted-too-much")
        for minimum in modules[modules["programme_id"] == student["programme_id"]].to_dict("records"):
            have = own.loc[own["module"] == minimum["module"], "credits"].sum()
            have_central = central.loc[central["module"] == minimum["module"], "credits"].sum()
            if have < minimum["min_credits"] or have_central < minimum["min_central_credits"]:
                missed.add("module-credits-short")
        found[student["student_no"]] = missed
    return found


def test_clean_students_meet_every_minimum_and_the_others_miss_what_their_fate_says(
    season: tuple[Path, Expected], manifest: Manifest, roster: pd.DataFrame, reference: Reference
) -> None:
    # G0
    folder, expected = season
    grades, verdicts = all_grades(folder, manifest, roster, reference)
    assert (
        verdicts["row-unknown-score"] == verdicts["row-unknown-course"] == verdicts["row-other-branch"] == 1
    )
    assert set(verdicts) == {"row-unknown-score", "row-unknown-course", "row-other-branch", "row-duplicate"}
    told = {one["name"]: one for one in expected["exceptions"]}
    late = (grades["kind"] == "final-exam") | (grades["received"] >= "2019-12-03")
    first, whole = unmet(reference, roster, grades[~late]), unmet(reference, roster, grades)
    by_credits = ("credits-short", "central-credits-short", "module-credits-short", "exempted-too-much")
    for fate in by_credits:
        assert fate in whole[told[fate]["example"]], fate
    assert sum(bool(missed) for missed in whole.values()) == sum(told[fate]["count"] for fate in by_credits)
    again = told["new-grades-in-batch-2"]["example"]
    assert first[again]
    assert not whole[again]
    assert not first[told["retake-counts"]["example"]]
    waiting = sum(bool(missed) for missed in first.values()) - sum(told[fate]["count"] for fate in by_credits)
    assert waiting == expected["graduates"]["2"] - told["vacation-audit-data"]["count"]


def test_who_is_to_graduate_adds_up(season: tuple[Path, Expected]) -> None:
    expected = season[1]
    failing = {fate.name for fate in FATES if fate.outcome == "fails"}
    never = sum(told["count"] for told in expected["exceptions"] if told["name"] in failing)
    assert expected["graduates"]["never"] == never
    assert sum(expected["graduates"].values()) == STUDENTS
    assert 0.5 < expected["graduates"]["1"] / STUDENTS < 0.8


def test_every_audit_row_reaches_us_and_the_spoiled_ones_come_again(
    season: tuple[Path, Expected], manifest: Manifest, roster: pd.DataFrame
) -> None:
    # R1: the two bundles of one student agree
    kinds = ("audit-data", "audit-data-fast-track")
    reported = pd.concat([table for _, table in tables(season[0], manifest, *kinds)])
    numbers = reported["student_no"].str.strip().str.replace(".0", "", regex=False)
    silent = {fate.name for fate in FATES if not fate.applies}
    never = sum(told["count"] for told in season[1]["exceptions"] if told["name"] in silent)
    assert set(numbers) <= set(roster["student_no"])
    assert len(set(numbers)) == STUDENTS - never
    certificates = pd.concat([table for _, table in tables(season[0], manifest, "certificate-data")])
    sealed = certificates[certificates["partner"] != ""]
    assert set(sealed["programme"]) == {"数学与应用数学", "公共事业管理"}
    assert set(sealed["direction"]) == {"", "教育管理"}  # N2
    plain = certificates[(certificates["programme"] == "公共事业管理") & (certificates["direction"] == "")]
    assert len(plain) > 0
    assert (plain["partner"] == "").all()
