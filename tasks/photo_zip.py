"""Zips of photos: members looked at one by one, each picture decoded to its last pixel
(BAD_INPUT.md, photos).
"""

import hashlib
import io
import warnings
import zipfile
from collections.abc import Iterator

import simplejpeg
from PIL import Image

from rules.photos import HEIGHT, LARGEST_PHOTO, WIDTH, PhotoEntry
from rules.refusals_files import refused_file
from rules.submission import Kind
from tasks.jpeg_scans import has_all_data
from tasks.size_cap import cap_of
from tasks.zip_safety import member_name, open_zip, read_member

MOST_PIXELS = 25_000_000
_COLOURED = ("YCbCr", "RGB")
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

    The header is asked first: nothing is decoded that has not the wanted size.
    """
    try:
        height, width, colours, _ = simplejpeg.decode_jpeg_header(picture)
    except ValueError:
        return _no_jpeg(picture)
    code, found = _fault(picture, width, height, colours)
    return width, height, code, found


def _fault(picture: bytes, width: int, height: int, colours: str) -> tuple[str | None, str]:
    """Return the code of what is wrong with a JPEG, the cheap questions first."""
    shown = f"{width}×{height}"
    if width * height > MOST_PIXELS:
        return "row-photo-bomb", shown
    if (width, height) != (WIDTH, HEIGHT):
        return "row-photo-size", shown
    if colours not in _COLOURED:
        return "row-photo-colour", colours
    return (None, "") if has_all_data(picture) and _decodes(picture) else ("row-photo-damaged", "")


def _decodes(picture: bytes) -> bool:
    """Return whether every code of a JPEG can be read, in order and to the last: data missing or left over
    are an error here, where Pillow paints grey. Grey at an eighth of the size reads the same codes.
    """
    try:
        simplejpeg.decode_jpeg(picture, "GRAY", min_height=1, min_width=1, min_factor=8, strict=True)
    except ValueError:
        return False
    return True


def _no_jpeg(picture: bytes) -> tuple[int, int, str, str]:
    """Return what look_at says of bytes that do not begin as a JPEG does."""
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(picture)) as image:
            warnings.simplefilter("ignore")
            (width, height), found = image.size, str(image.format)
    except Image.DecompressionBombError:
        return 0, 0, "row-photo-bomb", ""
    except Exception:  # Pillow's readers raise nearly anything on broken bytes
        return 0, 0, "row-photo-damaged", ""
    damaged = found == "JPEG"
    return width, height, "row-photo-damaged" if damaged else "row-photo-format", "" if damaged else found
