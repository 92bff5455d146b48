"""Reference data: the shipped set is whole, its version is its content, and what is wrong is named."""

import shutil
from pathlib import Path

import pytest

from models.reference import read_reference, reference_files
from rules.reference import CENTRAL_UNIT, Reference, parent_of
from rules.refusals import Refused

SHIPPED = Path(__file__).parents[2] / "seasons" / "reference"


@pytest.fixture(scope="module")
def shipped() -> Reference:
    return read_reference(SHIPPED)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "reference"))


def change(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def test_all_44_branches_and_the_colleges_report_to_hq(shipped: Reference) -> None:
    units = shipped.organisations.query("level in ('branch', 'college')")
    assert (units["level"] == "branch").sum() == 44
    assert set(units["parent"]) == {"010"}
    assert {f"90{n}" for n in (1, 2, 3, 4, 5, 6, 7, 9)} | {f"80{n}" for n in range(1, 7)} == set(
        units.loc[units["level"] == "college", "code"]
    )


def test_every_reporting_unit_has_a_study_centre_below_it(shipped: Reference) -> None:
    organisations = shipped.organisations
    centres = organisations[organisations["level"] == "study-centre"]
    units = organisations.query("level in ('branch', 'college')")
    assert len(centres) >= 150
    assert set(units["code"]) == set(centres["code"].str[:3])
    assert not organisations["pilot"].all()  # N9: some units have no QR pilot


@pytest.mark.parametrize(
    ("code", "parent"),
    [("010", ""), ("110", "010"), ("1300101", "13001"), ("1300201", "130"), ("9010101", "901")],
)
def test_the_parent_is_the_longest_existing_prefix(shipped: Reference, code: str, parent: str) -> None:
    assert parent_of(code, shipped.organisations["code"]) == parent
    assert shipped.organisations.set_index("code").loc[code, "parent"] == parent


def test_both_partner_seal_majors_are_there_and_the_one_without_direction_too(shipped: Reference) -> None:
    # N2
    undergraduate = shipped.programmes.query("level == '本科'")
    majors = set(zip(undergraduate["name"], undergraduate["direction"], strict=True))
    assert {("数学与应用数学", ""), ("公共事业管理", "教育管理"), ("公共事业管理", "")} <= majors
    assert len(shipped.programmes) >= 20
    assert set(shipped.programmes["level"]) == {"本科", "专科"}


@pytest.mark.parametrize(
    ("name", "level", "credits"),
    [("行政管理", "专科", 76), ("行政管理", "本科", 71), ("数学与应用数学", "本科", 72)],
)
def test_the_real_programmes_have_their_real_minima(
    shipped: Reference, name: str, level: str, credits: int
) -> None:
    # G0
    programme = shipped.programmes.query("name == @name and level == @level")
    assert programme["min_credits"].tolist() == [credits]


def test_the_modules_of_public_administration_have_their_real_minima(shipped: Reference) -> None:
    # G0
    programme = shipped.programmes.query("name == '行政管理' and level == '本科'")["programme_id"].item()
    modules = shipped.modules[shipped.modules["programme_id"] == programme].set_index("module")
    minima = modules[["min_central_credits", "min_credits"]].apply(tuple, axis=1).to_dict()
    assert minima == {
        "01": (11, 18),
        "02": (12, 12),
        "03": (20, 32),
        "04": (0, 2),
        "05": (0, 4),
        "06": (0, 8),
    }


def test_who_passes_the_whole_plan_of_a_programme_meets_all_its_minima(shipped: Reference) -> None:
    # G0
    plans = shipped.plans.merge(shipped.courses, on="course_id")
    plans["central"] = plans["credits"].where(plans["unit"] == CENTRAL_UNIT, 0)
    whole = plans.groupby("programme_id").agg(
        rows=("credits", "size"), credits=("credits", "sum"), central=("central", "sum")
    )
    assert whole["rows"].between(30, 35).all()
    minima = shipped.programmes.set_index("programme_id")
    assert (whole["credits"] >= minima["min_credits"]).all()
    assert (whole["central"] >= minima["min_central_credits"]).all()
    have = plans.groupby(["programme_id", "module"])[["credits", "central"]].sum()
    need = shipped.modules.set_index(["programme_id", "module"])
    assert (have["credits"].reindex(need.index) >= need["min_credits"]).all()
    assert (have["central"].reindex(need.index) >= need["min_central_credits"]).all()


@pytest.mark.parametrize(
    ("code", "score"),
    [
        ("00", 0), ("99", 99), ("++", 100), ("&&", 60), ("**", 60), ("-5", 60), ("-7", 60),
        ("&-", 30), ("*-", 30),
        (".1", 20), (".5", 100), ("+0", 20), ("+3", 70), ("+5", 90),
        ("$$", 0), ("==", 0), ("-1", 0), ("-4", 0),
    ],
)  # fmt: skip
def test_score_codes_mean_what_the_list_says(shipped: Reference, code: str, score: int) -> None:
    assert shipped.score_codes.set_index("code").loc[code, "score"] == score


def test_the_version_is_the_content(folder: Path, shipped: Reference) -> None:
    assert read_reference(folder).version == shipped.version
    change(folder, "courses.csv", "大学语文", "大学语文（一）")
    assert read_reference(folder).version != shipped.version


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "row", "column", "value"),
    [
        ("organisations.csv", "1100201,", "1990201,", "reference-unknown-parent", 4, "代码", "1990201"),
        ("organisations.csv", "1100301,", "1100201,", "reference-duplicate", 5, "代码", "1100201"),
        ("organisations.csv", "学习中心,是", "学习中心,也许", "reference-value", 4, "试点", "也许"),
        ("courses.csv", "00107,", "107,", "reference-value", 2, "课程ID", "107"),
        ("courses.csv", "00196,", "00107,", "reference-duplicate", 3, "课程ID", "00107"),
        ("score-codes.csv", "99,99", "99,100.5", "reference-value", 101, "分数", "100.5"),
        ("score-codes.csv", "99,99", "98,99", "reference-duplicate", 101, "代码", "98"),
        (
            "plans.csv",
            "070101,,00107",
            "070109,,00107",
            "reference-unknown-programme",
            2,
            "专业代码",
            "070109",
        ),
        ("plans.csv", "070101,,00107", "070101,,00108", "reference-unknown-course", 2, "课程ID", "00108"),
        ("programmes.yaml", '"06": {', '"77": {', "reference-unknown-module", 1, "modules", "77"),
        ("programmes.yaml", "level: 本科", "level: 硕士", "reference-value", 1, "level", "硕士"),
    ],
)
def test_what_is_wrong_is_named_by_file_row_column_and_value(
    folder: Path, file: str, old: str, new: str, code: str, row: int, column: str, value: str
) -> None:
    change(folder, file, old, new)
    with pytest.raises(Refused) as refused:
        read_reference(folder)
    where = refused.value.where
    assert refused.value.code == code
    assert (where["file"], where["row"], where["column"], where["value"]) == (file, row, column, value)
    assert value in refused.value.text("zh")


def test_a_lacking_file_a_lacking_heading_and_another_encoding_are_refused(folder: Path) -> None:
    change(folder, "courses.csv", "课程ID", "课程号")
    with pytest.raises(Refused, match="reference-headings"):
        read_reference(folder)
    (folder / "courses.csv").write_bytes("课程ID".encode("gb18030"))
    with pytest.raises(Refused, match="reference-text"):
        read_reference(folder)
    (folder / "courses.csv").unlink()
    with pytest.raises(Refused, match="reference-missing"):
        reference_files(folder)


def test_a_set_may_come_without_plans(folder: Path) -> None:
    (folder / "plans.csv").unlink()
    assert read_reference(folder).plans.empty
