"""The package for the registry (学历电子注册): graduates' table, photos and control sheet (T4).

The same rows and photos give the same bytes, so the hash that was approved is the hash that is sent.
"""

import csv
import hashlib
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path

import pandas as pd

from rules.refusals import Refused
from rules.registry_fields import FIELDS, KEY, Field, registry_fields
from tasks.dbf import write_dbf

TABLE, PHOTOS, CONTROL = "graduates.dbf", "photos.zip", "control.csv"
PHOTO_TABLE = "photos.dbf"  # of a package of photos alone: whose they are
PHOTO_FIELDS = (Field(KEY, 18), Field("SFZH", 18))
ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # the first that a zip can hold: its members carry no time of packing


@dataclass(frozen=True)
class BuiltPackage:
    """What was built; the SHA-256 to approve is that of the zip, or of a folder's control sheet.

    fields: what the table states, as `registry_fields` returns it. Personal data.
    """

    path: Path
    sha256: str
    rows: int
    photos: int
    fields: pd.DataFrame


def build_registry_package(
    rows: pd.DataFrame,
    photos: Iterable[tuple[str, bytes]],
    control: Mapping[str, object],
    out: Path,
    *,
    today: date,
    encoding: str = "gb18030",
) -> BuiltPackage:
    """Write the package of these graduates to a folder, or to one file if `out` ends in .zip.

    rows: as `registry_fields` takes them. photos: ID number and JPEG; a graduate may have none. control: what
    else the control sheet states, such as season, batch and lot. today: the table's date.
    Raises Refused T4-dbf-width, T4-dbf-character, pack-photo-stem; then nothing is written.
    """
    fields = registry_fields(rows)
    table = write_dbf(fields, FIELDS, encoding, today)
    stems, photo_zip = _pack_photos(photos, set(fields["SFZH"]))
    parts = {TABLE: table, PHOTOS: photo_zip}
    parts[CONTROL] = _control_sheet(fields, stems, parts, {**control, "encoding": encoding})
    sha256 = _write_zip(parts, out) if out.suffix == ".zip" else _write_folder(parts, out)
    return BuiltPackage(out, sha256, len(fields), len(stems), fields)


def build_photo_package(
    rows: pd.DataFrame,
    photos: Iterable[tuple[str, bytes]],
    control: Mapping[str, object],
    out: Path,
    *,
    today: date,
    encoding: str = "gb18030",
) -> BuiltPackage:
    """Write a package of photos alone, of graduates who were registered before (N7), as one .zip file.

    rows: number, id_number. What was registered is not repeated: it must not change. Otherwise as
    build_registry_package.
    """
    fields = pd.DataFrame({KEY: rows["number"], "SFZH": rows["id_number"].str.upper()}).astype("str")
    table = write_dbf(fields, PHOTO_FIELDS, encoding, today)
    stems, photo_zip = _pack_photos(photos, set(fields["SFZH"]))
    parts = {PHOTO_TABLE: table, PHOTOS: photo_zip}
    lines = [*control.items(), ("encoding", encoding), ("照片数 photos", len(stems))]
    parts[CONTROL] = _control_csv(lines, parts)
    return BuiltPackage(out, _write_zip(parts, out), len(fields), len(stems), fields)


def _pack_photos(photos: Iterable[tuple[str, bytes]], ids: set[str]) -> tuple[set[str], bytes]:
    """Pack photos under upper-case ID numbers, as they are: JPEGs gain nothing from packing."""
    packed, stems = BytesIO(), set[str]()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for given, photo in photos:
            stem = given.upper()
            if stem in stems or stem not in ids:
                raise Refused("pack-photo-stem", value=f"{stem[:6]}…{stem[-2:]}")
            stems.add(stem)
            archive.writestr(zipfile.ZipInfo(f"{stem}.jpg", ZIP_TIME), photo)
    return stems, packed.getvalue()


def _control_sheet(
    fields: pd.DataFrame, stems: set[str], parts: Mapping[str, bytes], control: Mapping[str, object]
) -> bytes:
    """Return counts and hashes as CSV that Excel opens: 项目 (item), 值 (value)."""
    lines: list[tuple[str, object]] = [*control.items(), ("毕业生人数 graduates", len(fields))]
    lines += [
        ("照片数 photos", len(stems)),
        ("缺照片人数 without photo", int((~fields["SFZH"].isin(stems)).sum())),
    ]
    lines += [(f"层次 level {level}", count) for level, count in fields.groupby("CC").size().items()]
    programmes = Counter(zip(fields["CC"], fields["ZYDM"], fields["ZYMC"], strict=True))
    lines += [(f"专业 programme {' '.join(key)}", count) for key, count in sorted(programmes.items())]
    return _control_csv(lines, parts)


def _control_csv(lines: Iterable[tuple[str, object]], parts: Mapping[str, bytes]) -> bytes:
    hashes = [(f"SHA-256 {name}", _sha256(part)) for name, part in parts.items()]
    sheet = StringIO(newline="")
    csv.writer(sheet).writerows([("项目", "值"), *lines, *hashes])
    return sheet.getvalue().encode("utf-8-sig")


def _write_zip(parts: Mapping[str, bytes], out: Path) -> str:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name, ZIP_TIME), part)
    _write_whole(out, packed.getvalue())
    return _sha256(packed.getvalue())


def _write_folder(parts: Mapping[str, bytes], out: Path) -> str:
    """The control sheet comes last: where it lies, the folder is whole."""
    out.mkdir(parents=True, exist_ok=True)
    (out / CONTROL).unlink(missing_ok=True)
    for name, part in parts.items():
        _write_whole(out / name, part)
    return _sha256(parts[CONTROL])


def _write_whole(path: Path, content: bytes) -> None:
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    part.replace(path)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
