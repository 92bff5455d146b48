"""Zips of photos: members looked at one by one, each picture decoded to its last pixel
(BAD_INPUT.md, photos).
"""

import hashlib
import io
import warnings
import zipfile
from collections.abc import Iterator

from PIL import Image

from rules.photos import HEIGHT, LARGEST_PHOTO, WIDTH, PhotoEntry
from rules.refusals_files import refused_file
from rules.submission import Kind
from tasks.jpeg_scans import has_all_data
from tasks.size_cap import cap_of
from tasks.zip_safety import member_name, open_zip, read_member

MOST_PIXELS = 25_000_000
_ENDINGS = (".jpg", ".jpeg")
_SYSTEM = ("__MACOSX/", "Thumbs.db", ".DS_Store", "desktop.ini")


def read_photos(data: bytes, filename: str) -> list[PhotoEntry]:
    """Look at all photos of a zip; raises Refused when the zip itself is unsafe or broken."""
    cap = cap_of(Kind.PHOTOS)
    if not data:
        raise refused_file("file-empty", filename, kind=Kind.PHOTOS.value)
    if len(data) > cap:
        raise refused_file("file-too-big", filename, size=len(data), cap=cap)
    if not data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        raise refused_file("file-not-zip", filename)
    with open_zip(data, filename, cap) as archive:
        entries = [_entry(archive, *found, filename) for found in photo_members(archive)]
    if not entries:
        raise refused_file("file-no-rows", filename, kind=Kind.PHOTOS.value)
    return entries


def photo_members(archive: zipfile.ZipFile) -> Iterator[tuple[int, zipfile.ZipInfo]]:
    """Yield members that are files of the sender, with their index from 0; what systems add is
    passed over.
    """
    for index, member in enumerate(archive.infolist()):
        name = member_name(member)
        if not member.is_dir() and not name.startswith(_SYSTEM[0]) and not name.endswith(_SYSTEM[1:]):
            yield index, member


def read_photo(data: bytes, member: int, filename: str) -> bytes:
    """Return one photo's bytes as they lie in the zip, by the member index of its entry."""
    with open_zip(data, filename, cap_of(Kind.PHOTOS)) as archive:
        return read_member(archive, archive.infolist()[member], filename)


def _entry(archive: zipfile.ZipFile, index: int, member: zipfile.ZipInfo, filename: str) -> PhotoEntry:
    name = member_name(member)
    if not name.lower().endswith(_ENDINGS):
        return PhotoEntry(
            index, name, "", 0, 0, member.file_size, "row-photo-format", name.rsplit(".", 1)[-1][:8]
        )
    if member.file_size > LARGEST_PHOTO:
        return PhotoEntry(index, name, "", 0, 0, member.file_size, "row-photo-bytes", f"{member.file_size} B")
    picture = read_member(archive, member, filename)
    digest = hashlib.sha256(picture).hexdigest()
    width, height, code, found = look_at(picture)
    return PhotoEntry(index, name, digest, width, height, len(picture), code, found)


def look_at(picture: bytes) -> tuple[int, int, str | None, str]:
    """Return width, height, and why a picture is not accepted (code, what it is instead) or None.

    Half a JPEG with an end marker decodes without an error, so decoding to the end proves too little alone.
    """
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(picture)) as image:
            warnings.simplefilter("ignore")
            return (*image.size, *_fault(image, picture))
    except Image.DecompressionBombError:
        return 0, 0, "row-photo-bomb", ""
    except Exception:  # Pillow's decoders raise nearly anything on broken bytes
        return 0, 0, "row-photo-damaged", ""


def _fault(image: Image.Image, picture: bytes) -> tuple[str | None, str]:
    """Return the code of what is wrong with an opened picture, the cheap questions first."""
    width, height = image.size
    shown = f"{width}×{height}"
    if image.format != "JPEG":
        return "row-photo-format", str(image.format)
    if width * height > MOST_PIXELS:
        return "row-photo-bomb", shown
    if (width, height) != (WIDTH, HEIGHT):
        return "row-photo-size", shown
    if image.mode != "RGB":
        return "row-photo-colour", image.mode
    image.load()
    whole = has_all_data(picture) and not _lost_its_end(image)
    return (None, "") if whole else ("row-photo-damaged", "")


def _lost_its_end(image: Image.Image) -> bool:
    """Return whether the last block rows are all mid grey: what a decoder paints where data is missing."""
    bottom = image.crop((0, HEIGHT - 32, WIDTH, HEIGHT))
    extremes = bottom.getextrema()
    flat = all(isinstance(low_high, tuple) and low_high[0] == low_high[1] for low_high in extremes)
    return flat and bottom.getpixel((0, 0)) == (128, 128, 128)
