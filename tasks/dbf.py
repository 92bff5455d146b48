"""DBF tables (dBASE III) as the registry takes them: whole columns at a time, nothing cut or dropped.

Every field is written as characters; widths count bytes of the encoding.
"""

import re
import struct
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

import rules.refusals_documents  # noqa: F401  registers its codes
from rules.columns import dbf_name
from rules.refusals import Refused
from rules.registry_fields import Field

HEADER, DESCRIPTOR = struct.Struct("<B3sIHH20x"), struct.Struct("<11sc4xBB14x")
VERSIONS = frozenset({0x03, 0x30, 0x31, 0x32, 0x83, 0x8B, 0xF5})
READABLE = frozenset(b"CNFDL")  # kept as text; a memo lies in another file
DBASE_3, CHINESE = 0x03, b"\x4d"  # language driver: code page 936
FIELDS_END, FILE_END, SPACE, DELETED = b"\x0d", b"\x1a", 0x20, 0x2A
_CONTROL = re.compile(rb"[\x00-\x09\x0b-\x1f]")  # a line feed stands between values, see _padded


class _Placed(NamedTuple):
    """A field found in a file, and where it stands within a record."""

    name: str
    start: int
    width: int


def write_dbf(frame: pd.DataFrame, fields: Sequence[Field], encoding: str, today: date) -> bytes:
    """Return a DBF table of these fields, in the order of the rows. Missing values are left blank.

    today: the date of last update in the header.
    Raises Refused T4-dbf-width, T4-dbf-character for the first of what `dbf_problems` finds.
    """
    width = 1 + sum(field.width for field in fields)
    table = np.full((len(frame), width), SPACE, dtype=np.uint8)
    start = 1
    for field in fields:
        codes, distinct = _distinct(frame[field.name])
        padded = _padded(distinct, field.width, encoding)
        if padded is None:
            raise _first_problem(frame, fields, encoding)
        table[:, start : start + field.width] = padded[codes]
        start += field.width
    return _header(len(frame), width, fields, today) + table.tobytes() + FILE_END


def _distinct(values: pd.Series) -> tuple[npt.NDArray[np.intp], list[str]]:
    """Which row has which text, and each distinct text once: most columns of a lot have few."""
    codes, distinct = pd.factorize(values.astype("str").fillna(""))
    return codes, distinct.tolist()


def _padded(texts: list[str], width: int, encoding: str) -> npt.NDArray[np.uint8] | None:
    """The bytes of each text, filled up with spaces; None when one of them cannot be written."""
    try:
        # No byte of a character in GB18030 or UTF-8 is a control character, and no value may hold one.
        joined = "\n".join(texts).encode(encoding)
    except UnicodeEncodeError:
        return None
    encoded = joined.split(b"\n") if texts else []
    if len(encoded) != len(texts) or _CONTROL.search(joined) or max(map(len, encoded), default=0) > width:
        return None
    return np.frombuffer(b"".join([one.ljust(width) for one in encoded]), np.uint8).reshape(-1, width)


def _first_problem(frame: pd.DataFrame, fields: Sequence[Field], encoding: str) -> Refused:
    where = {str(key): value for key, value in dbf_problems(frame, fields, encoding).iloc[0].items()}
    return Refused(str(where.pop("code")), **where, encoding=encoding)


def dbf_problems(frame: pd.DataFrame, fields: Sequence[Field], encoding: str) -> pd.DataFrame:
    """Return what cannot be written: row (from 1), column, code, bytes, width, characters.

    A value longer than its field in bytes (T4-dbf-width), or with characters that the encoding lacks or that
    would break the table (T4-dbf-character). Values themselves are not repeated: they are personal data.
    """
    found = [_problems_of(frame[field.name], field, encoding) for field in fields]
    columns = ["row", "column", "code", "bytes", "width", "characters"]
    return pd.DataFrame([each for part in found for each in part], columns=columns).sort_values(
        "row", kind="stable", ignore_index=True
    )


def _problems_of(values: pd.Series, field: Field, encoding: str) -> list[tuple[int, str, str, int, int, str]]:
    codes, distinct = _distinct(values)
    wrong: dict[int, tuple[str, int, int, str]] = {}
    for place, text in enumerate(distinct):
        lacking = "" if text.isascii() and text.isprintable() else _lacking(text, encoding)
        size = len(text) if text.isascii() else len(text.encode(encoding, "replace"))
        if lacking:
            wrong[place] = ("T4-dbf-character", size, field.width, lacking)
        elif size > field.width:
            wrong[place] = ("T4-dbf-width", size, field.width, "")
    rows = np.flatnonzero(np.isin(codes, list(wrong))) if wrong else ()
    return [(int(row) + 1, field.name, *wrong[int(codes[row])]) for row in rows]


def _lacking(text: str, encoding: str) -> str:
    """The characters of a text that cannot stand in a field, as U+ numbers."""
    return " ".join(f"U+{ord(character):04X}" for character in text if not _writable(character, encoding))


def _writable(character: str, encoding: str) -> bool:
    try:
        return ord(character) >= SPACE and bool(character.encode(encoding))
    except UnicodeEncodeError:
        return False


def _header(rows: int, width: int, fields: Sequence[Field], today: date) -> bytes:
    size = HEADER.size + DESCRIPTOR.size * len(fields) + len(FIELDS_END)
    day = bytes((today.year - 1900, today.month, today.day))
    head = bytearray(HEADER.pack(DBASE_3, day, rows, size, width))
    head[29:30] = CHINESE
    for field in fields:
        head += DESCRIPTOR.pack(dbf_name(field.name).encode("gb18030"), b"C", field.width, 0)
    return bytes(head) + FIELDS_END


def read_dbf(data: bytes, encoding: str = "gb18030") -> pd.DataFrame:
    """Return the rows of a DBF table as text, without padding; rows marked as deleted are left out.

    The index is each row's place in the file, from 0.
    Raises Refused file-dbf, file-dbf-truncated, file-dbf-encoding.
    """
    rows, size, width = _read_header(data)
    fields = _read_fields(data[HEADER.size : size], width)
    table = np.frombuffer(data, dtype=np.uint8, offset=size, count=rows * width).reshape(rows, width)
    kept = np.flatnonzero(table[:, 0] != DELETED)
    columns = {field.name: _decoded(table[kept], field, encoding, kept) for field in fields}
    return pd.DataFrame(columns, index=pd.Index(kept), dtype="str")


def records_in(data: bytes) -> int:
    """Return how many records a table has, those marked as deleted among them. Raises as read_dbf."""
    return _read_header(data)[0]


def _read_header(data: bytes) -> tuple[int, int, int]:
    """Rows, length of the header and length of a record, once they fit the file."""
    if len(data) < HEADER.size or data[0] not in VERSIONS:
        raise Refused("file-dbf", why="文件头不是 DBF (no DBF header)")
    _, _, rows, size, width = HEADER.unpack_from(data)
    if size <= HEADER.size or width < 2:
        raise Refused("file-dbf", why="没有字段 (no fields)")
    if len(data) < size + rows * width:
        raise Refused("file-dbf-truncated", expected=size + rows * width, found=len(data))
    return rows, size, width


def _read_fields(descriptors: bytes, width: int) -> list[_Placed]:
    """The fields that a header describes; those that do not fill a record exactly are no table."""
    fields: list[_Placed] = []
    start, end = 1, len(descriptors) - DESCRIPTOR.size
    for place in range(0, end + 1, DESCRIPTOR.size):
        if descriptors[place : place + 1] == FIELDS_END:
            break
        raw, kind, length, _ = DESCRIPTOR.unpack_from(descriptors, place)
        name = raw.split(b"\0")[0].decode("gb18030", "ignore").strip()
        if kind[0] not in READABLE:
            raise Refused("file-dbf", why=f"字段 {name} 的类型 {kind!r} 不能读取 (unreadable type)")
        fields.append(_Placed(name, start, length))
        start += length
    if start != width or len({field.name for field in fields}) != len(fields):
        raise Refused("file-dbf", why="字段与记录长度不符或重名 (fields do not fit the record)")
    return fields


def _decoded(
    table: npt.NDArray[np.uint8], field: _Placed, encoding: str, rows: npt.NDArray[np.intp]
) -> list[str]:
    """One column's text; the first row that is not in the encoding is named."""
    stop = field.start + field.width
    values = np.ascontiguousarray(table[:, field.start : stop]).view(f"S{field.width}").ravel().tolist()
    try:
        text_of = {value: value.decode(encoding).strip(" \0") for value in set(values)}
    except UnicodeDecodeError:
        wrong = next(place for place, value in enumerate(values) if not _readable(value, encoding))
    else:
        return [text_of[value] for value in values]
    raise Refused("file-dbf-encoding", row=int(rows[wrong]) + 1, column=field.name, encoding=encoding)


def _readable(value: bytes, encoding: str) -> bool:
    try:
        value.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
