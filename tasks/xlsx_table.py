"""XLSX and XLS workbooks to text cells: one data sheet, read as people see it (BAD_INPUT.md, XLSX)."""

import io
import zipfile
from dataclasses import dataclass, field

from rules.characters import clean_code
from rules.columns import ALL_HEADINGS
from rules.refusals_files import refused_file
from tasks.sheet_extent import MOST_CELLS, SheetDamaged, sheet_extent
from tasks.sheet_xml import (
    Place,
    bare_tags,
    error_cells,
    formulas_without_value,
    merged_ranges,
    unsafe_xml,
    without_stray_cells,
)
from tasks.workbook_pages import Cell, Page, read_pages, read_pages_apart
from tasks.workbook_parts import sheet_paths
from tasks.zip_safety import open_zip, read_member

UNPACKED_CAP = 256 << 20
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


@dataclass
class Sheet:
    """The data sheet: rows of cells from row 1, and places whose value is unknown."""

    name: str
    cells: list[list[Cell]]
    no_value: set[Place] = field(default_factory=set)
    errors: set[Place] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)


@dataclass
class _Parts:
    """The XML of a workbook by path, and where each sheet's stray cells were."""

    xml: dict[str, bytes] = field(default_factory=dict)
    stray: dict[str, list[str]] = field(default_factory=dict)


def read_workbook(data: bytes, filename: str) -> Sheet:
    """Read the one data sheet of an XLSX or XLS file; raises Refused for what spoils the whole file."""
    if data.startswith(OLE):
        if _ENCRYPTED in data:
            raise refused_file("file-password", filename)
        return _data_sheet(read_pages_apart(data, filename), _Parts(), filename)
    safe, parts = _safe_copy(data, filename)
    return _data_sheet(read_pages(safe, filename), parts, filename)


def _safe_copy(data: bytes, filename: str) -> tuple[bytes, _Parts]:
    """Return the workbook packed anew from checked parts, so that no reader meets an unchecked size."""
    parts = _Parts()
    with open_zip(data, filename, UNPACKED_CAP) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            raise refused_file("file-wrong-content", filename, found="ZIP")
        for member in archive.infolist():
            if member.filename.endswith((".xml", ".rels")):
                parts.xml[member.filename] = _checked_part(read_member(archive, member, filename), filename)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as copy:
        for name, part in parts.xml.items():
            kept, parts.stray[name] = _bounded(part, filename) if _is_sheet(part) else (part, [])
            copy.writestr(name, kept)
    return packed.getvalue(), parts


def _is_sheet(part: bytes) -> bool:
    """Return whether a part holds cells, wherever it lies in the package."""
    return b"sheetData" in part


def _bounded(part: bytes, filename: str) -> tuple[bytes, list[str]]:
    """Return a sheet that a reader can lay out, and where stray cells were; raises Refused when even
    without them it is too wide.
    """
    try:
        near, stray = without_stray_cells(part)
        rows, columns = sheet_extent(near)
    except SheetDamaged:
        raise refused_file("file-truncated", filename) from None
    if rows * columns > MOST_CELLS:
        raise refused_file("file-too-many-rows", filename, cap=MOST_CELLS // columns)
    return near, stray


def _checked_part(part: bytes, filename: str) -> bytes:
    if unsafe_xml(part):
        raise refused_file("file-xml-entity", filename)
    return part


def _data_sheet(pages: list[Page], parts: _Parts, filename: str) -> Sheet:
    """Choose the data sheet among the visible ones."""
    found = [
        page for page in pages if page.visible and any(cell != "" for line in page.cells for cell in line)
    ]
    chosen = [page for page in found if _has_headings(page.cells)] or found
    if not chosen:
        raise refused_file("file-empty", filename)
    if len(chosen) > 1:
        raise refused_file("file-several-sheets", filename, sheet="、".join(page.name for page in chosen))
    hidden = [page.name for page in pages if not page.visible]
    others = [page.name for page in found if page is not chosen[0]]
    notes = [f"隐藏工作表已忽略：{'、'.join(hidden)}"] if hidden else []
    notes += [f"说明性工作表已忽略：{'、'.join(others)}"] if others else []
    return _looked_through(chosen[0], parts, notes, filename)


def _has_headings(cells: list[list[Cell]]) -> bool:
    first = next((line for line in cells if any(cell != "" for cell in line)), [])
    return any(clean_code(str(cell)) in ALL_HEADINGS for cell in first)


def _looked_through(page: Page, parts: _Parts, notes: list[str], filename: str) -> Sheet:
    """Add what the raw XML knows about the chosen sheet."""
    path = sheet_paths(parts.xml).get(page.name, "")
    xml, stray = bare_tags(parts.xml.get(path, b"")), parts.stray.get(path, ())
    merged = merged_ranges(xml) or page.merged
    if merged:
        raise refused_file("file-merged-cells", filename, sheet=page.name, value=merged[0])
    if stray:
        notes.append(f"远离数据区的单元格已忽略：{'、'.join(stray[:5])}")
    return Sheet(page.name, page.cells, formulas_without_value(xml), error_cells(xml), notes)
