"""Bad input, from the bytes of a workbook or zip to the verdict on each row: XLSX, zips, photos (R1)."""

import io
import re
import stat
import struct
import zipfile
from collections.abc import Callable

import pytest
from PIL import Image

from tests.submitted import csv_file, jpeg, row_of, xlsx_file
from tests.taken_in import EARLY, ELSEWHERE, ONE, Case, Seen, check, grade_row, take
from tests.tasks.test_photo_zip import zip_of
from tests.tasks.test_xlsx_table import SHEET, repacked

GOOD = xlsx_file("practice", grade_row(), grade_row(attempt="2"))
HTML = b"<html><table><tr><td>1</td></tr></table></html>"
ENTITY = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
OUTSIDE = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
PASSWORD = (
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "EncryptedPackage".encode("utf-16-le") + bytes(500)
)


def book(change: Callable[..., object]) -> bytes:
    """Two good grades in a workbook that is changed before it is saved."""
    return xlsx_file("practice", grade_row(), grade_row(attempt="2"), change=change)


def declaring(declaration: bytes) -> bytes:
    """The workbook with a declaration in the XML of its sheet."""
    return repacked(GOOD, SHEET, lambda xml: xml.replace(b"<worksheet", declaration + b"<worksheet", 1))


def hidden(book: object, _sheet: object) -> None:
    """Add a hidden sheet with headings of ours."""
    other = book.create_sheet("旧数据")  # type: ignore[attr-defined]
    other.append(["学号", "课程ID"])
    other.sheet_state = "hidden"


MERGED = book(lambda _, sheet: sheet.merge_cells("A3:B3"))
FORMULA = xlsx_file("practice", grade_row(), grade_row(attempt="2") | {"score_code": "=80+2"})
SEVERAL = book(lambda book, _: book.create_sheet("第二页").append(["学号", "课程ID"]))
STRAY = book(lambda _, sheet: sheet.cell(1_048_576, 16_384, "x"))
BOMB = repacked(GOOD, SHEET, lambda xml: xml + b" " * (257 << 20))
SCORE = (3, "综合成绩代码")

BOOKS = [
    Case("merged cells", "F", "practice", MERGED, "file-merged-cells", shown="A3:B3"),
    Case("formula without a value", "R", "practice", FORMULA, "row-no-cached-value", SCORE),
    Case("hidden sheet", "N", "practice", book(hidden), shown="旧数据"),
    Case("several data sheets", "F", "practice", SEVERAL, "file-several-sheets", shown="第二页"),
    Case("password", "F", "practice", PASSWORD, "file-password", shown="Remove the password"),
    Case("CSV named .xlsx", "F", "practice", csv_file("practice"), "file-wrong-content", shown="CSV"),
    Case("HTML named .xlsx", "F", "practice", HTML, "file-wrong-content", shown="HTML"),
    Case("truncated archive", "F", "practice", GOOD[: len(GOOD) // 2], "file-truncated"),
    Case("decompression bomb", "F", "practice", BOMB, "file-bomb", shown=f"{256 << 20}"),
    Case("a lone cell at XFD1048576", "N", "practice", STRAY, shown="XFD1048576"),
    Case("entity bomb", "F", "practice", declaring(ENTITY), "file-xml-entity"),
    Case("XXE", "F", "practice", declaring(OUTSIDE), "file-xml-entity"),
]


@pytest.mark.parametrize("case", BOOKS, ids=str)
def test_a_workbook_gets_its_outcome(enrolled: object, case: Case) -> None:
    check(Case(**vars(case) | {"name": "a.xlsx"}))


def test_a_formula_with_its_value_is_taken(enrolled: object) -> None:
    stored = repacked(FORMULA, SHEET, lambda xml: re.sub(rb"<v ?/>|<v></v>", b"<v>82</v>", xml))
    assert take("practice", stored, "a.xlsx").counts["accepted"] == 2


PHOTO, NAME, SECOND = jpeg(), f"{ONE['id_number']}.jpg", f"{EARLY['id_number']}.jpg"


def placed(name: str) -> bytes:
    """A zip with a good photo, and another one under a name as no zip program writes it."""
    info = zipfile.ZipInfo("placeholder")
    info.filename = name
    return zip_of((NAME, PHOTO), (info, PHOTO))


def linked() -> bytes:
    """A zip with a symbolic link."""
    info = zipfile.ZipInfo(SECOND)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return zip_of((NAME, PHOTO), (info, b"/etc/passwd"))


def bomb() -> bytes:
    """A zip that claims three gigabytes."""
    data = bytearray(zip_of((NAME, PHOTO)))
    at = data.find(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 3 << 30)
    return bytes(data)


def of_many_pixels() -> bytes:
    """A JPEG whose header claims 3600 million pixels."""
    picture = bytearray(PHOTO)
    at = picture.find(b"\xff\xc0")
    picture[at + 5 : at + 9] = struct.pack(">HH", 60_000, 60_000)
    return bytes(picture)


def png() -> bytes:
    """A PNG of the right size."""
    written = io.BytesIO()
    Image.new("RGB", (480, 640)).save(written, "PNG")
    return written.getvalue()


def second(picture: bytes, name: str = SECOND) -> bytes:
    """A zip with a good photo, and another one."""
    return zip_of((NAME, PHOTO), (name, picture))


RAW = f"王小明/{SECOND}".encode("gb18030")
GB18030 = zip_of((NAME, PHOTO), ("X" * len(RAW), jpeg(seed=2))).replace(b"X" * len(RAW), RAW)
AT, MASKED = (2, "照片文件"), "999999****"

PHOTOS = [
    *(
        Case(f"path {name}", "F", "photos", placed(name), "file-zip-path")
        for name in ("../a.jpg", "/etc/a.jpg", "C:/a.jpg", "a\\b.jpg", "a/../../b.jpg")
    ),
    Case("symbolic link", "F", "photos", linked(), "file-zip-symlink"),
    Case("duplicate entries", "F", "photos", zip_of((NAME, PHOTO), (NAME, PHOTO)), "file-zip-duplicate"),
    Case("decompression bomb", "F", "photos", bomb(), "file-bomb"),
    Case("truncated archive", "F", "photos", second(PHOTO)[:-40], "file-truncated"),
    Case("GB18030 names", "N", "photos", GB18030),
    Case("nobody's photo", "R", "photos", second(PHOTO, "张喆.jpg"), "row-photo-nobody", AT),
    Case(
        "another unit's student",
        "R",
        "photos",
        second(PHOTO, f"{ELSEWHERE['id_number']}.jpg"),
        "row-other-branch",
        AT,
        MASKED,
    ),
    Case("pixel bomb", "R", "photos", second(of_many_pixels()), "row-photo-bomb", AT, MASKED),
    Case("other size", "R", "photos", second(jpeg((358, 441))), "row-photo-size", AT, "358×441"),
    Case("PNG named .jpg", "R", "photos", second(png()), "row-photo-format", AT, "PNG"),
    Case("half a photo", "R", "photos", second(PHOTO[: len(PHOTO) // 2]), "row-photo-damaged", AT, MASKED),
]


def with_cases() -> Seen:
    """Let both students of 110 have a case."""
    return take("audit-data", csv_file("audit-data", *(row_of("audit-data", **one) for one in (ONE, EARLY))))


@pytest.mark.parametrize("case", PHOTOS, ids=str)
def test_a_zip_of_photos_gets_its_outcome(enrolled: object, case: Case) -> None:
    with_cases()
    check(Case(**vars(case) | {"name": "a.zip"}))


def test_a_student_without_a_photo_is_no_error_of_the_file(enrolled: object) -> None:
    with_cases()
    assert take("photos", zip_of((NAME, PHOTO)), "a.zip").rows == []
