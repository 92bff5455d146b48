"""Zip files from outside: looked at before anything is unpacked (BAD_INPUT.md: bombs, paths,
links, duplicates).
"""

import io
import re
import stat
import zipfile
import zlib

from rules.refusals_files import refused_file

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
_UTF8_NAME = 0x800
_DRIVE = re.compile(r"^[A-Za-z]:")
MOST_MEMBERS = 200_000


def open_zip(data: bytes, filename: str, cap: int) -> zipfile.ZipFile:
    """Open a zip whose members add up to at most `cap` bytes; raises Refused for anything unsafe
    or broken.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, IndexError, OverflowError):
        raise refused_file("file-truncated", filename) from None
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise refused_file("file-too-many-rows", filename, cap=MOST_MEMBERS)
    size = sum(member.file_size for member in members)
    if size > cap:
        raise refused_file("file-bomb", filename, size=size, cap=cap)
    for member in members:
        _refuse_unsafe(member, filename)
    _refuse_duplicates([member_name(member) for member in members], filename)
    return archive


def member_name(member: zipfile.ZipInfo) -> str:
    """Return a member's name; one without the UTF-8 flag is GB18030 or UTF-8, never the zip
    standard's cp437.
    """
    if member.flag_bits & _UTF8_NAME:
        return member.filename
    try:
        raw = member.orig_filename.encode("cp437")
    except UnicodeEncodeError:
        return member.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return member.filename


def _refuse_unsafe(member: zipfile.ZipInfo, filename: str) -> None:
    name = member_name(member)
    written = member.orig_filename
    if (
        name.startswith("/")
        or "\\" in name
        or "\0" in written
        or _DRIVE.match(name)
        or ".." in name.split("/")
    ):
        raise refused_file("file-zip-path", filename, value=ascii(name)[:80])
    if stat.S_ISLNK(member.external_attr >> 16):
        raise refused_file("file-zip-symlink", filename, value=name[:80])
    if member.flag_bits & _ENCRYPTED:
        raise refused_file("file-password", filename)
    if member.compress_type not in _METHODS:
        raise refused_file("file-zip-method", filename, value=member.compress_type)


def _refuse_duplicates(names: list[str], filename: str) -> None:
    """Raise Refused for two entries of one name; on many disks upper and lower case are the same."""
    seen: set[str] = set()
    for name in names:
        if name.casefold() in seen:
            raise refused_file("file-zip-duplicate", filename, value=name[:80])
        seen.add(name.casefold())


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, filename: str) -> bytes:
    """Return a member's bytes, never more than its declared size; raises Refused when it is damaged."""
    try:
        return archive.read(member)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
        raise refused_file("file-truncated", filename) from None
