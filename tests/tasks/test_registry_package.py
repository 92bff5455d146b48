"""The package for the registry (T4): table, photos and control sheet, the same bytes each time."""

import csv
import hashlib
import zipfile
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path

import pandas as pd
import pytest

from rules.refusals import Refused
from rules.registry_fields import registry_fields
from tasks.dbf import read_dbf
from tasks.registry_package import BuiltPackage, build_registry_package
from tests.rules.test_registry_fields import graduates

DAY = date(2020, 1, 6)
PHOTOS = [("99999919900101000x", b"\xff\xd8one"), ("99999919900101001X", b"\xff\xd8two")]
CONTROL = {"season": "2020-01", "batch": 1, "lot": 7}


def built(
    out: Path, rows: pd.DataFrame | None = None, photos: list[tuple[str, bytes]] | None = None
) -> BuiltPackage:
    rows = graduates(3) if rows is None else rows
    return build_registry_package(rows, PHOTOS if photos is None else photos, CONTROL, out, today=DAY)


def control_of(content: bytes) -> dict[str, str]:
    return {line[0]: line[1] for line in csv.reader(StringIO(content.decode("utf-8-sig")))}


def test_the_table_holds_every_graduate_as_registered(tmp_path: Path) -> None:
    package = built(tmp_path / "package")
    found = read_dbf((package.path / "graduates.dbf").read_bytes())
    pd.testing.assert_frame_equal(found, registry_fields(graduates(3)))
    assert (package.rows, package.photos) == (3, 2)


def test_photos_are_stored_unpacked_under_upper_case_id_numbers(tmp_path: Path) -> None:
    with zipfile.ZipFile(built(tmp_path / "package").path / "photos.zip") as photos:
        assert photos.namelist() == ["99999919900101000X.jpg", "99999919900101001X.jpg"]
        assert {member.compress_type for member in photos.infolist()} == {zipfile.ZIP_STORED}
        assert photos.read("99999919900101000X.jpg") == b"\xff\xd8one"


def test_the_control_sheet_counts_and_hashes_every_part(tmp_path: Path) -> None:
    rows = graduates(3)
    rows["level"], rows["direction"] = ["本科", "本科", "专科"], ["教育管理", "", ""]
    folder = built(tmp_path / "package", rows).path
    control = control_of((folder / "control.csv").read_bytes())
    assert (control["season"], control["batch"], control["lot"]) == ("2020-01", "1", "7")
    assert (control["毕业生人数 graduates"], control["照片数 photos"]) == ("3", "2")
    assert control["缺照片人数 without photo"] == "1"
    assert (control["层次 level 本科"], control["层次 level 专科"]) == ("2", "1")
    assert control["专业 programme 本科 120401 公共事业管理（教育管理）"] == "1"
    for part in ("graduates.dbf", "photos.zip"):
        assert control[f"SHA-256 {part}"] == hashlib.sha256((folder / part).read_bytes()).hexdigest()


def test_the_same_graduates_give_the_same_bytes(tmp_path: Path) -> None:
    one, two = built(tmp_path / "one.zip"), built(tmp_path / "two.zip")
    assert one.path.read_bytes() == two.path.read_bytes()
    assert one.sha256 == two.sha256 == hashlib.sha256(one.path.read_bytes()).hexdigest()
    with zipfile.ZipFile(BytesIO(one.path.read_bytes())) as parts:
        assert parts.namelist() == ["graduates.dbf", "photos.zip", "control.csv"]


def test_a_folder_and_a_zip_hold_the_same_parts(tmp_path: Path) -> None:
    folder = built(tmp_path / "folder").path
    with zipfile.ZipFile(built(tmp_path / "file.zip").path) as parts:
        for name in parts.namelist():
            assert parts.read(name) == (folder / name).read_bytes()


def test_a_changed_photo_changes_the_hash_under_approval(tmp_path: Path) -> None:
    other = [(stem, photo + b"!") for stem, photo in PHOTOS]
    hashes = {
        built(tmp_path / f"{n}{end}", photos=p).sha256
        for n, p in enumerate((PHOTOS, other))
        for end in ("", ".zip")
    }
    assert len(hashes) == 4


@pytest.mark.parametrize(
    "photos",
    [[("999999199001019999", b"")], [PHOTOS[0], (PHOTOS[0][0].upper(), b"")]],
    ids=["stranger", "twice"],
)
def test_a_photo_of_nobody_or_twice_is_refused_and_nothing_is_written(
    tmp_path: Path, photos: list[tuple[str, bytes]]
) -> None:
    with pytest.raises(Refused) as refused:
        built(tmp_path / "package", photos=photos)
    assert refused.value.code == "pack-photo-stem"
    assert photos[0][0].upper() not in str(refused.value)
    assert list(tmp_path.iterdir()) == []


def test_a_name_too_long_for_its_field_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    rows = graduates(2)
    rows.loc[1, "name"] = "长" * 21
    with pytest.raises(Refused) as refused:
        built(tmp_path / "package", rows)
    assert (refused.value.code, refused.value.where["row"]) == ("T4-dbf-width", 2)
    assert list(tmp_path.iterdir()) == []
