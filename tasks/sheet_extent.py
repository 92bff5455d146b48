"""How far the cells of a sheet reach, by a strict XML parser.

The fast reader lays out every cell up to the farthest one, and ends the whole process when memory fails:
so no sheet reaches it before its extent is known.
"""

import re
from collections.abc import Callable
from xml.parsers import expat

from tasks.sheet_xml import has_prefixes

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
MOST_CELLS = 6_000_000  # laid out in memory; about 500 MB
_PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
# As nearly every program writes them: the place is the first that a tag says.
_COLUMN = re.compile(rb'<c r="([A-Z]{1,3})[1-9][0-9]{0,6}"')
_CELL_ROW, _ROW = (
    re.compile(rb'<%s r="%s([1-9][0-9]{0,6})"' % at) for at in ((b"c", b"[A-Z]{1,3}"), (b"row", b""))
)
_CELLS, _ROWS = re.compile(rb"<c[\s/>]"), re.compile(rb"<row[\s/>]")


class SheetDamaged(Exception):
    """The XML of a sheet is not what any spreadsheet program writes."""


class _Extent:
    """Follows rows and cells as a reader does; a cell or row without a place comes after the one before."""

    def __init__(self) -> None:
        self.row = self.column = self.last_row = self.last_column = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "c":
            self._cell(attributes.get("r"))
        elif name == "row":
            self._row(attributes.get("r"))

    def _row(self, place: str | None) -> None:
        if place is not None and not (place.isascii() and place.isdigit() and 1 <= int(place) <= LAST_ROW):
            raise SheetDamaged
        self.row = int(place) if place else self.row + 1
        self.column = 0

    def _cell(self, place: str | None) -> None:
        if place is None:
            self.column += 1
        else:
            found = _PLACE.fullmatch(place)
            if not found:
                raise SheetDamaged
            self.column, self.row = _number(found[1]), int(found[2])
        if self.row > LAST_ROW or self.column > LAST_COLUMN:
            raise SheetDamaged
        self.last_row = max(self.last_row, self.row)
        self.last_column = max(self.last_column, self.column)


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def sheet_extent(xml: bytes) -> tuple[int, int]:
    """Return the last row and last column that hold a cell; raises SheetDamaged for XML that is
    not well-formed.
    """
    plain = _plain_extent(xml)
    extent = _Extent()
    _parse(xml, extent.start if plain is None else None)
    return plain or (extent.last_row, extent.last_column)


def _parse(xml: bytes, start: Callable[[str, dict[str, str]], None] | None) -> None:
    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = start
    try:
        parser.Parse(xml, True)
    except (expat.ExpatError, ValueError):
        raise SheetDamaged from None


def _plain_extent(xml: bytes) -> tuple[int, int] | None:
    """The extent of a sheet whose every row and cell says its place first, provided it is well-formed.

    None where that is not so, or where a place may hide: in such XML a `<` outside of comments and CDATA
    begins a tag, so that no cell is missed.
    """
    if b"<!" in xml or has_prefixes(xml):
        return None
    columns, cell_rows, rows = (places.findall(xml) for places in (_COLUMN, _CELL_ROW, _ROW))
    if not columns or len(columns) != len(_CELLS.findall(xml)) or len(rows) != len(_ROWS.findall(xml)):
        return None
    last_row, last_column = max(map(int, set(cell_rows))), max(map(_number, map(bytes.decode, set(columns))))
    fits = max(last_row, *map(int, rows), 0) <= LAST_ROW and last_column <= LAST_COLUMN
    return (last_row, last_column) if fits else None
