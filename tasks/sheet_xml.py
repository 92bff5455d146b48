"""The raw XML of an XLSX sheet: what a fast reader does not tell — formulas, errors, merged cells,
stray cells.
"""

import re
from collections.abc import Iterator

# Tags as nearly every program writes them; what has a prefix before the name loses it first, see `bare_tags`.
_CELL_START = rb'<c\s[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^>]*'
_NO_VALUE = re.compile(_CELL_START + rb">\s*<f(?:\s[^>]*)?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")
_ERROR = re.compile(rb"<c\s(?=[^>]*\bt=\"e\")[^>]*?\br=\"([A-Z]{1,3})([0-9]{1,7})\"[^>]*>")
_MERGED = re.compile(rb'<mergeCell\s[^>]*?ref="([A-Z0-9:]{1,30})"')
_ROW = re.compile(rb'<row\s[^>]*?\br="([0-9]{1,7})"')
_WIDE = re.compile(rb'r="(?:[J-Z][A-Z]|I[W-Z]|[A-Z]{3})[0-9]{1,7}"')
_FAR_CELL = re.compile(_CELL_START + rb"(?:/>|>.*?</c>)", re.DOTALL)
_PREFIXED = re.compile(rb":(?:c|f|mergeCell|row)")
_PREFIX = re.compile(rb"(</?)[A-Za-z0-9]+:")
LAST_COLUMN = 256
_SLACK_ROWS = 10_000

Place = tuple[int, int]  # row as people count it, column from 0


def unsafe_xml(xml: bytes) -> bool:
    """Return whether XML declares entities or a document type, or hides in another encoding than UTF-8."""
    head = xml[:200]
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in head:
        return True
    declared = re.search(rb'encoding=["\']([A-Za-z0-9_\-]+)', head)
    if declared and declared.group(1).lower() not in (b"utf-8", b"us-ascii"):
        return True
    return b"<!DOCTYPE" in xml or b"<!ENTITY" in xml


def column_index(letters: bytes) -> int:
    """Return a column's position from 0.

    >>> column_index(b"AB")
    27
    """
    index = 0
    for letter in letters:
        index = index * 26 + letter - 64
    return index - 1


def has_prefixes(xml: bytes) -> bool:
    """Return whether tags of rows and cells may have a prefix; text that looks so counts."""
    return bool(_PREFIXED.search(xml))


def bare_tags(xml: bytes) -> bytes:
    """Return the sheet with tags that have no prefix: what the readers of this module take.

    >>> bare_tags(b'<x:row><x:c r="A1"/></x:row>')
    b'<row><c r="A1"/></row>'
    """
    return _PREFIX.sub(rb"\1", xml) if has_prefixes(xml) else xml


def formulas_without_value(xml: bytes) -> set[Place]:
    """Return the cells with a formula and no stored result."""
    return set(_places(_NO_VALUE, xml)) if b"<f" in xml else set()


def error_cells(xml: bytes) -> set[Place]:
    """Return the cells that hold an Excel error such as #N/A."""
    return set(_places(_ERROR, xml)) if b't="e"' in xml else set()


def merged_ranges(xml: bytes) -> list[str]:
    """Return the merged ranges, such as A1:B2."""
    return [found.decode() for found in _MERGED.findall(xml)] if b"mergeCell" in xml else []


def without_stray_cells(xml: bytes) -> tuple[bytes, list[str]]:
    """Return the sheet without cells far from its data, and where they were: a lone cell at XFD1048576
    would make a reader lay out seventeen thousand million cells.
    """
    bare = bare_tags(xml)
    rows = [int(number) for number in _ROW.findall(bare)]
    last_row = _dense_until(rows)
    if not _WIDE.search(bare) and (not rows or max(rows) <= last_row):
        return xml, []
    gone: list[str] = []

    def keep_near(found: re.Match[bytes]) -> bytes:
        if column_index(found[1]) < LAST_COLUMN and int(found[2]) <= last_row:
            return found[0]
        gone.append((found[1] + found[2]).decode())
        return b""

    return _FAR_CELL.sub(keep_near, bare), gone


def _dense_until(rows: list[int]) -> int:
    """Return the last row that can belong to the data: one beyond it has a gap of ten thousand
    rows before it.
    """
    last = 0
    for row in sorted(rows):
        if row - last > _SLACK_ROWS:
            return last
        last = row
    return last


def _places(pattern: re.Pattern[bytes], xml: bytes) -> Iterator[Place]:
    for found in pattern.finditer(xml):
        yield int(found[2]), column_index(found[1])
