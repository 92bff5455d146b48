"""XLSX and XLS workbooks to text cells: one data sheet, read as people see it (BAD_INPUT.md, XLSX)."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import TypeVar

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from rules.characters import clean_code
from rules.columns import ALL_HEADINGS
from rules.refusals_files import refused_file
from tasks.sheet_xml import (
    Place,
    error_cells,
    formulas_without_value,
    merged_ranges,
    unsafe_xml,
    without_stray_cells,
)
from tasks.workbook_parts import sheet_paths
from tasks.zip_safety import open_zip, read_member

UNPACKED_CAP = 256 << 20
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
T = TypeVar("T")
Cell = int | float | str | bool | date | datetime | time | timedelta


@dataclass
class Sheet:
    """The data sheet: rows of cells from row 1, and places whose value is unknown."""

    name: str
    cells: list[list[Cell]]
    no_value: set[Place] = field(default_factory=set)
    errors: set[Place] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)


def read_workbook(data: bytes, filename: str) -> Sheet:
    """Read the one data sheet of an XLSX or XLS file; raises Refused for what spoils the whole file."""
    if data.startswith(OLE):
        if _ENCRYPTED in data:
            raise refused_file("file-password", filename)
        return _data_sheet(data, {}, filename)
    safe, parts = _safe_copy(data, filename)
    return _data_sheet(safe, parts, filename)


def _safe_copy(data: bytes, filename: str) -> tuple[bytes, dict[str, bytes]]:
    """Return the workbook packed anew from checked parts, so that no reader meets an unchecked size."""
    parts: dict[str, bytes] = {}
    with open_zip(data, filename, UNPACKED_CAP) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            raise refused_file("file-wrong-content", filename, found="ZIP")
        for member in archive.infolist():
            if member.filename.endswith((".xml", ".rels")):
                parts[member.filename] = _checked_part(read_member(archive, member, filename), filename)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as copy:
        for name, part in parts.items():
            copy.writestr(name, without_stray_cells(part)[0] if "/worksheets/" in name else part)
    return packed.getvalue(), parts


def _checked_part(part: bytes, filename: str) -> bytes:
    if unsafe_xml(part):
        raise refused_file("file-xml-entity", filename)
    return part


def _data_sheet(data: bytes, parts: dict[str, bytes], filename: str) -> Sheet:
    """Choose the data sheet among the visible ones."""
    book = _guarded(lambda: CalamineWorkbook.from_filelike(io.BytesIO(data)), filename)
    hidden = [meta.name for meta in book.sheets_metadata if meta.visible != SheetVisibleEnum.Visible]
    visible = [meta.name for meta in book.sheets_metadata if meta.visible == SheetVisibleEnum.Visible]
    found = []
    for name in visible:
        sheet = _guarded(partial(book.get_sheet_by_name, name), filename)
        cells = _guarded(partial(sheet.to_python, skip_empty_area=False), filename)
        if any(cell != "" for line in cells for cell in line):
            found.append((sheet, cells))
    chosen = [pair for pair in found if _has_headings(pair[1])] or found
    if not chosen:
        raise refused_file("file-empty", filename)
    if len(chosen) > 1:
        raise refused_file("file-several-sheets", filename, sheet="、".join(pair[0].name for pair in chosen))
    others = [pair[0].name for pair in found if pair[0].name != chosen[0][0].name]
    notes = [f"隐藏工作表已忽略：{'、'.join(hidden)}"] if hidden else []
    notes += [f"说明性工作表已忽略：{'、'.join(others)}"] if others else []
    return _looked_through(chosen[0][0], chosen[0][1], parts, notes, filename)


def _guarded(read: Callable[[], T], filename: str) -> T:
    """Call the reader; whatever a damaged file makes it raise, a panic of its Rust code too, is a refusal."""
    try:
        return read()
    except CalamineError:
        raise refused_file("file-truncated", filename) from None
    except BaseException as error:
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise refused_file("file-truncated", filename) from None
        raise


def _has_headings(cells: list[list[Cell]]) -> bool:
    first = next((line for line in cells if any(cell != "" for cell in line)), [])
    return any(clean_code(str(cell)) in ALL_HEADINGS for cell in first)


def _looked_through(
    sheet: CalamineSheet, cells: list[list[Cell]], parts: dict[str, bytes], notes: list[str], filename: str
) -> Sheet:
    """Add what the raw XML knows about the chosen sheet."""
    xml = parts.get(sheet_paths(parts).get(sheet.name, ""), b"")
    merged = merged_ranges(xml) if parts else _merged_in_xls(sheet)
    if merged:
        raise refused_file("file-merged-cells", filename, sheet=sheet.name, value=merged[0])
    stray = without_stray_cells(xml)[1]
    if stray:
        notes.append(f"远离数据区的单元格已忽略：{'、'.join(stray[:5])}")
    return Sheet(sheet.name, cells, formulas_without_value(xml), error_cells(xml), notes)


def _merged_in_xls(sheet: CalamineSheet) -> list[str]:
    ranges = sheet.merged_cell_ranges or []
    return [f"R{first[0] + 1}C{first[1] + 1}:R{last[0] + 1}C{last[1] + 1}" for first, last in ranges]
