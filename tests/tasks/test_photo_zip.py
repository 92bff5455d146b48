"""Zips of photos (R1; BAD_INPUT.md, ZIP and photos)."""

import contextlib
import dataclasses
import io
import stat
import struct
import warnings
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from rules.photos import judge_photos
from rules.refusals import Refused
from tasks.photo_zip import look_at, read_photo, read_photos
from tests.submitted import codes_of, jpeg, outcomes_of, resident_id, roster_context

PHOTO = jpeg()
NAME = f"{resident_id()}.jpg"


def zip_of(*members: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    written = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")
        for name, data in members:
            archive.writestr(name, data)
    return written.getvalue()


def code_of(data: bytes) -> str:
    with pytest.raises(Refused) as refused:
        read_photos(data, "照片.zip")
    return refused.value.code


def test_a_good_photo_finds_its_student_and_its_bytes_again():
    data = zip_of((f"照片/{NAME}", PHOTO))
    judged = judge_photos(read_photos(data, "照片.zip"), roster_context())
    photo = judged.accepted.iloc[0]
    assert (photo.student_id, photo.width, photo.height, photo["size"]) == (1, 480, 640, len(PHOTO))
    assert read_photo(data, int(photo.member), "照片.zip") == PHOTO


@pytest.mark.parametrize("name", ["../a.jpg", "a/../../b.jpg", "/etc/a.jpg", "C:/a.jpg", "a\\b.jpg"])
def test_a_path_that_leaves_the_folder_is_refused(name):
    info = zipfile.ZipInfo("placeholder")
    info.filename = name
    assert code_of(zip_of((info, PHOTO))) == "file-zip-path"


def test_a_symbolic_link_is_refused():
    info = zipfile.ZipInfo("a.jpg")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert code_of(zip_of((info, b"/etc/passwd"))) == "file-zip-symlink"


@pytest.mark.parametrize("second", [NAME, NAME.upper()])
def test_two_entries_of_one_name_are_refused(second):
    assert code_of(zip_of((NAME, PHOTO), (second, PHOTO))) == "file-zip-duplicate"


def test_a_bomb_is_refused_by_the_sum_of_declared_sizes():
    data = bytearray(zip_of((NAME, PHOTO), ("b.jpg", PHOTO)))
    at = data.find(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 3 << 30)
    assert code_of(bytes(data)) == "file-bomb"


def test_a_truncated_archive_is_refused():
    assert code_of(zip_of((NAME, PHOTO))[:-30]) == "file-truncated"
    assert code_of(zip_of((NAME, PHOTO))[: len(PHOTO) // 2]) == "file-truncated"


def test_an_encrypted_member_is_refused():
    data = bytearray(zip_of((NAME, PHOTO)))
    data[data.find(b"PK\x01\x02") + 8] |= 1
    assert code_of(bytes(data)) == "file-password"


def test_an_empty_zip_has_no_photos_and_a_csv_is_no_zip():
    assert code_of(zip_of()) == "file-no-rows"
    assert code_of(b"") == "file-empty"
    assert code_of(b"a,b") == "file-not-zip"


def test_gb18030_names_are_read_right():
    raw = f"张喆/{resident_id()}.jpg".encode("gb18030")
    data = zip_of(("X" * len(raw), PHOTO)).replace(b"X" * len(raw), raw)
    entries = read_photos(data, "照片.zip")
    assert entries[0].name == f"张喆/{resident_id()}.jpg"
    assert len(judge_photos(entries, roster_context()).accepted) == 1


def test_what_systems_add_to_a_zip_is_no_photo():
    data = zip_of(("__MACOSX/._a.jpg", b"x"), ("Thumbs.db", b"x"), (NAME, PHOTO))
    assert [entry.name for entry in read_photos(data, "照片.zip")] == [NAME]


def test_the_wrong_size_is_refused_with_the_found_size():
    judged = judge_photos(read_photos(zip_of((NAME, jpeg((358, 441)))), "z.zip"), roster_context())
    assert codes_of(judged) == {1: "row-photo-size"}
    assert "358×441" in judged.verdicts["value"][0]
    assert resident_id() not in judged.verdicts["value"][0]


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("end", [b"", b"\xff\xd9"])
def test_half_a_jpeg_is_refused_even_with_an_end_marker(end, progressive):
    whole = jpeg(progressive=progressive)
    assert look_at(whole)[2] is None
    assert look_at(whole[: len(whole) // 2] + end)[2] == "row-photo-damaged"


@pytest.mark.parametrize("missing", [3, 12, 40, 200])
@pytest.mark.parametrize("options", [{}, {"optimize": True}, {"progressive": True}])
def test_a_jpeg_whose_last_codes_are_missing_is_refused(missing, options):
    assert look_at(jpeg(**options)[:-missing] + b"\xff\xd9")[2] == "row-photo-damaged"


@pytest.mark.parametrize("options", [{}, {"optimize": True}, {"quality": 95}])
def test_a_jpeg_with_a_lost_disk_block_is_refused(options):
    broken = bytearray(jpeg(**options))
    broken[len(broken) // 2 : len(broken) // 2 + 512] = bytes(512)
    assert look_at(bytes(broken))[2] == "row-photo-damaged"


@pytest.mark.parametrize("options", [{}, {"optimize": True}, {"progressive": True}])
def test_a_plain_background_is_no_damage(options):
    written = io.BytesIO()
    Image.new("RGB", (480, 640), (67, 142, 219)).save(written, "JPEG", **options)
    assert look_at(written.getvalue())[2] is None


def test_a_pixel_bomb_is_refused():
    written = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(written, "PNG")
    assert look_at(written.getvalue())[2] in ("row-photo-bomb", "row-photo-format")
    header = bytearray(PHOTO)
    at = header.find(b"\xff\xc0")
    header[at + 5 : at + 9] = struct.pack(">HH", 60_000, 60_000)
    assert look_at(bytes(header))[2] == "row-photo-bomb"


def test_a_png_named_jpg_and_a_grey_picture_are_refused():
    written = io.BytesIO()
    Image.new("RGB", (480, 640)).save(written, "PNG")
    assert look_at(written.getvalue())[2] == "row-photo-format"
    grey = io.BytesIO()
    Image.new("L", (480, 640), 7).save(grey, "JPEG")
    assert look_at(grey.getvalue())[2] == "row-photo-colour"


def test_members_of_other_kinds_and_of_too_many_bytes_are_refused_alone():
    entries = read_photos(zip_of(("a.txt", b"x"), ("b.jpg", bytes(3 << 20)), (NAME, PHOTO)), "z.zip")
    assert [entry.code for entry in entries] == ["row-photo-format", "row-photo-bytes", None]


def test_names_match_students_whatever_the_case_and_nobody_else():
    other = f"{resident_id(3)}.JPG"
    entries = read_photos(zip_of((NAME.upper(), PHOTO), ("张喆.jpg", PHOTO), (other, PHOTO)), "z.zip")
    judged = judge_photos(entries, roster_context())
    assert codes_of(judged) == {2: "row-photo-nobody", 3: "row-other-branch"}
    assert judged.accepted["student_id"].tolist() == [1]
    assert judged.rows_read == 3


def test_a_person_enrolled_twice_gets_the_photo_at_the_sending_branch():
    context = roster_context()
    context.students["id_index"] = resident_id()[::-1]
    entries = read_photos(zip_of((NAME, PHOTO)), "z.zip")
    for branch, student in (("110", 1), ("120", 2)):
        judged = judge_photos(entries, dataclasses.replace(context, branch=branch))
        assert judged.accepted["student_id"].tolist() == [student]


def test_two_photos_of_one_student_are_held_unless_they_are_the_same():
    same = read_photos(zip_of((f"a/{NAME}", PHOTO), (f"b/{NAME}", PHOTO)), "z.zip")
    assert outcomes_of(judge_photos(same, roster_context())) == {2: "duplicate"}
    other = read_photos(zip_of((f"a/{NAME}", PHOTO), (f"b/{NAME}", jpeg(seed=2))), "z.zip")
    assert outcomes_of(judge_photos(other, roster_context())) == {1: "held", 2: "held"}


def test_photos_outside_the_window_are_parked_with_its_code():
    entries = read_photos(zip_of((NAME, PHOTO)), "z.zip")
    judged = judge_photos(entries, roster_context(outcome="parked", code="N1-closed"))
    assert outcomes_of(judged) == {1: "parked"}


@given(at=st.floats(0, 1), junk=st.binary(min_size=1, max_size=8))
@settings(max_examples=80, deadline=None)
def test_a_zip_with_some_bytes_changed_is_refused_or_read(at, junk):
    data = zip_of((NAME, PHOTO[:3000]))
    place = int(at * len(data))
    with contextlib.suppress(Refused):
        read_photos(data[:place] + junk + data[place + len(junk) :], "z.zip")
