"""The header row of a file: which source column is which of ours, by name in any order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rules.characters import clean_code
from rules.columns import SheetColumn
from rules.refusals_files import refused_file
from rules.submission import KINDS

_FOLDED = str.maketrans("()*", "（） ")


@dataclass(frozen=True)
class Header:
    """names: our name for each source column, or "" for one that is not ours; columns: those of the kind."""

    names: tuple[str, ...]
    notes: tuple[str, ...]


def match_header(
    cells: Sequence[str], kind: str, filename: str, mapping: Mapping[str, str] | None = None
) -> Header:
    """Match a header row; raises Refused for a heading twice or a missing column.

    mapping: further headings of this installation → our column names (registry receipts).
    """
    found = [clean_code(cell) for cell in cells]
    known = _known(KINDS[kind].columns, mapping or {}, found)
    names = tuple(known.get(_folded(heading), "") for heading in found)
    _refuse_duplicates(found, names, filename)
    _refuse_missing(names, KINDS[kind].columns, filename, kind)
    unknown = [heading for heading, name in zip(found, names, strict=True) if heading and not name]
    extra = [heading for heading in unknown if heading not in ("序号", "备注")]
    return Header(names, (f"未知列已忽略：{'、'.join(extra)[:200]}",) if extra else ())


def _known(
    columns: tuple[SheetColumn, ...], mapping: Mapping[str, str], found: Sequence[str]
) -> dict[str, str]:
    """Return our name by heading; where a heading of the mapping is found, it alone names its column."""
    mapped = {_folded(heading): name for heading, name in mapping.items()}
    present = {_folded(heading) for heading in found} & set(mapped)
    taken = {mapped[heading] for heading in present}
    known = {
        _folded(heading): column.name
        for column in columns
        if column.name not in taken
        for heading in (column.heading, *column.aliases)
    }
    return known | {heading: mapped[heading] for heading in present}


def _folded(heading: str) -> str:
    """Return a heading as it is compared: half or full width, with or without a star, in any case."""
    return clean_code(heading).translate(_FOLDED).strip().casefold()


def _refuse_duplicates(found: Sequence[str], names: Sequence[str], filename: str) -> None:
    seen: set[str] = set()
    for heading, name in zip(found, names, strict=True):
        key = name or heading
        if key and key in seen:
            raise refused_file("file-duplicate-header", filename, column=heading)
        seen.add(key)


def _refuse_missing(names: Sequence[str], columns: tuple[SheetColumn, ...], filename: str, kind: str) -> None:
    missing = [column.heading for column in columns if column.required and column.name not in names]
    if missing:
        raise refused_file("file-missing-column", filename, column="、".join(missing), kind=kind)
