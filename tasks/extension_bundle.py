"""A zip of an extension list with the scans of the written applications that it names (N8)."""

import io
import zipfile
from dataclasses import dataclass

import rules.refusals_cleanup  # noqa: F401  registers its codes
from models import archive
from rules.refusals import Refused
from rules.refusals_files import refused_file
from rules.submission import KINDS, Kind
from tasks.photo_zip import photo_members
from tasks.zip_safety import member_name, open_zip, read_member

_TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".dbf")
_SCANS = (b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_WORKBOOK = "[Content_Types].xml"


@dataclass(frozen=True)
class Bundle:
    """A list's bytes and name; scans: name → SHA-256 in the archive, "" for what is no scan; None: no zip."""

    table: bytes
    filename: str
    scans: dict[str, str] | None = None


def unpack(data: bytes, filename: str) -> Bundle:
    """Return the list of a submission, and its scans kept in the archive; a plain table is its own list.

    Raises Refused for an unsafe zip, file-zip-duplicate, and N8-bundle unless it holds just one list.
    """
    if not _is_bundle(data):
        return Bundle(data, filename)
    with open_zip(data, filename, KINDS[Kind.EXTENSION].cap) as opened:
        members = _by_name([member for _, member in photo_members(opened)], filename)
        tables = [name for name in members if name.lower().endswith(_TABLES)]
        if len(tables) != 1:
            raise Refused("N8-bundle", file=filename, count=len(tables))
        contents = {name: read_member(opened, member, filename) for name, member in members.items()}
    table = contents.pop(tables[0])
    return Bundle(table, tables[0], {name: _kept(scan) for name, scan in contents.items()})


def _is_bundle(data: bytes) -> bool:
    if not data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            return _WORKBOOK not in opened.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, IndexError, OverflowError):
        return False  # whoever reads it as a workbook says what is wrong


def _by_name(members: list[zipfile.ZipInfo], filename: str) -> dict[str, zipfile.ZipInfo]:
    """Return members by their names without folders: an application is named so; twice is doubtful."""
    named: dict[str, zipfile.ZipInfo] = {}
    for member in members:
        name = member_name(member).rsplit("/", 1)[-1]
        if name in named:
            raise refused_file("file-zip-duplicate", filename, value=name[:80])
        named[name] = member
    return named


def _kept(scan: bytes) -> str:
    return archive.keep(scan) if scan.startswith(_SCANS) else ""
