"""Bytes of a text file to UTF-8: strict UTF-8, then strict GB18030, never a guess (BAD_INPUT.md,
Encoding).
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from rules.columns import ALL_HEADINGS
from rules.refusals_files import refused_file

# A cell with bytes beyond ASCII; trail bytes of GB18030 never are one of these separators.
_CELL = re.compile(rb'[^,\t;\r\n"]*[\x80-\xff][^,\t;\r\n"]*')
_HEADING = re.compile("|".join(map(re.escape, ALL_HEADINGS)))
_BIG5_HEADINGS = ("學號", "姓名", "層次", "考試", "證件", "證書", "課程", "專業")
_LOST = "\ufffd".encode()
_PIECE = 1 << 18  # bytes looked at in one go: they stay in the processor's cache
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


@dataclass(frozen=True)
class Decoded:
    """UTF-8 bytes of a text file without BOM, and what was normalised on the way."""

    data: bytes
    encoding: str
    notes: tuple[str, ...] = ()


def decode(data: bytes, filename: str) -> Decoded:
    """Return the file as UTF-8; raises Refused for text that cannot be trusted whole."""
    for bom, encoding in _UTF16.items():
        if data.startswith(bom):
            return _checked(
                Decoded(_utf16(data, encoding, filename), encoding, ("UTF-16 已转为 UTF-8",)), filename
            )
    if b"\0" in data:
        raise refused_file("file-nul", filename, offset=data.index(b"\0"))
    if data.startswith(codecs.BOM_UTF8):
        data, notes = data[3:], ["已去掉 UTF-8 BOM"]
    else:
        notes = []
    failed_at = _utf8_fails_at(data)
    if failed_at is None:
        return _checked(Decoded(data, "utf-8", tuple(notes)), filename)
    return _checked(
        Decoded(_gb18030(data, failed_at, filename), "gb18030", (*notes, "GB18030 已转为 UTF-8")), filename
    )


def _utf16(data: bytes, encoding: str, filename: str) -> bytes:
    try:
        text = data[2:].decode(encoding)
    except UnicodeDecodeError as error:
        raise refused_file("file-undecodable", filename, offset=error.start + 2) from None
    if "\0" in text:
        raise refused_file("file-nul", filename, offset=2 * text.index("\0") + 2)
    return text.encode()


def _utf8_fails_at(data: bytes) -> int | None:
    """Return the offset of the first byte that is not UTF-8, or None."""
    if (failed_at := _first_not_utf8(_head(data))) is not None:  # most files say it in their header
        return failed_at
    ends = pa.py_buffer(np.array([0, len(data)], dtype=np.int64))
    whole = pa.Array.from_buffers(pa.large_string(), 1, [None, ends, pa.py_buffer(data)])
    try:
        whole.validate(full=True)  # makes no text, so it is several times faster than decoding
    except pa.ArrowInvalid:
        return _first_not_utf8(data)
    return None


def _first_not_utf8(data: bytes) -> int | None:
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return error.start
    return None


def _gb18030(data: bytes, utf8_failed_at: int, filename: str) -> bytes:
    """Decode GB18030 where lines are not ASCII; raises Refused when parts are UTF-8, or all is Big5."""
    if _is_big5(_head(data)):
        raise refused_file("file-big5", filename)
    wide = list(_wide_parts(data))
    _refuse_mixed(data, wide, utf8_failed_at, filename)
    parts, done, whole = list[bytes | memoryview](), 0, memoryview(data)
    for start, end in wide:
        try:
            parts += [whole[done:start], data[start:end].decode("gb18030").encode()]
        except UnicodeDecodeError as error:
            raise refused_file("file-undecodable", filename, offset=start + error.start) from None
        done = end
    return b"".join([*parts, whole[done:]])


def _wide_parts(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield start and end of every line beyond ASCII: score sheets have few below their header.

    No character of GB18030 contains a line break, so each line can be decoded alone.
    """
    octets = np.frombuffer(data, dtype=np.uint8)
    pieces = range(0, len(data), _PIECE)
    wide = np.concatenate([np.flatnonzero(octets[at : at + _PIECE] >= 0x80) + at for at in pieces])
    if len(wide) > len(data) // 16:  # most lines: then all at once
        yield 0, len(data)
        return
    end = 0
    for at in wide.tolist():
        if at >= end:
            start, end = data.rfind(b"\n", 0, at) + 1, data.find(b"\n", at) + 1 or len(data)
            yield start, end


def _is_big5(head: bytes) -> bool:
    """Return whether a header makes sense in Big5 and not in GB18030."""
    if _HEADING.search(head.decode("gb18030", "replace")):
        return False
    text = head.decode("big5", "replace")
    return any(heading in text for heading in _BIG5_HEADINGS)


def _refuse_mixed(data: bytes, wide: list[tuple[int, int]], utf8_failed_at: int, filename: str) -> None:
    """Raise Refused if some cells are UTF-8 in a file that is not: the offset is where the second
    encoding starts.
    """
    cells = {cell for start, end in wide for cell in _CELL.findall(data, start, end)}
    strange = [cell for cell in cells if _only_utf8(cell)]
    if strange:
        first = min(data.index(cell) for cell in strange)
        raise refused_file("file-mixed-encoding", filename, offset=max(first, utf8_failed_at))


def _only_utf8(cell: bytes) -> bool:
    """Return whether a cell makes sense as UTF-8 Chinese, and not as GB18030."""
    try:
        text = cell.decode()
        common = not text.isascii() and bool(text.encode("gb2312"))
    except UnicodeError:
        return False
    if not common or not any("\u4e00" <= char <= "\u9fff" for char in text):
        return False
    try:
        cell.decode("gb18030").encode("gb2312")
    except UnicodeError:
        return True
    return False


def _checked(decoded: Decoded, filename: str) -> Decoded:
    """Refuse text that was already lost or garbled when it was saved."""
    lost = _find_lost(decoded.data)
    if lost >= 0:
        raise refused_file("file-replacement", filename, row=decoded.data.count(b"\n", 0, lost) + 1)
    head = _head(decoded.data).decode(errors="replace").strip()
    if garbled(head):
        raise refused_file("file-mojibake", filename, value=head[:40])
    return decoded


def _find_lost(data: bytes) -> int:
    """Return where U+FFFD stands in UTF-8; its first byte is rare, and one byte is found much faster."""
    at = data.find(_LOST[:1])
    return data.find(_LOST, at) if at >= 0 else at


def _head(data: bytes) -> bytes:
    """Return the first line, without copying the others."""
    end = data.find(b"\n")
    return data if end < 0 else data[:end]


def garbled(text: str) -> bool:
    """Return whether a text is Chinese that was read in a wrong encoding and saved so.

    >>> garbled("瀛﹀彿")
    True
    """
    if "锟斤拷" in text:
        return True
    if text.isascii() or _HEADING.search(text):
        return False
    return any(_reads(text, wrong, right) for wrong, right in _MISREADINGS)


_MISREADINGS = (
    ("gb18030", "utf-8"),
    ("cp1252", "utf-8"),
    ("latin-1", "utf-8"),
    ("latin-1", "gb18030"),
    ("cp1252", "gb18030"),
)


def _reads(text: str, wrong: str, right: str) -> bool:
    try:
        repaired = text.encode(wrong, "ignore").decode(right, "ignore")
    except UnicodeError:
        return False
    return bool(_HEADING.search(repaired))
