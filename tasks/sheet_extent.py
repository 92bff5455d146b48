"""How far the cells of a sheet reach, by a strict XML parser.

The fast reader lays out every cell up to the farthest one, and ends the whole process when memory fails:
so no sheet reaches it before its extent is known.
"""

import re
from xml.parsers import expat

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
MOST_CELLS = 6_000_000  # laid out in memory; about 500 MB
_PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


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
    extent = _Extent()
    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = extent.start
    try:
        parser.Parse(xml, True)
    except (expat.ExpatError, ValueError):
        raise SheetDamaged from None
    return extent.last_row, extent.last_column
