"""A smallest XLS writer for tests: one BIFF8 sheet of text and number cells in a compound file."""

import struct

SECTOR = 512
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def xls_file(
    rows: list[list[str | float]], name: str = "Sheet1", far: tuple[int, int] | None = None
) -> bytes:
    """Return the bytes of an XLS file with these rows from A1 on, and perhaps one cell far away."""
    return _compound(_workbook(rows, name, _cell(*far, "x") if far else b""))


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _workbook(rows: list[list[str | float]], name: str, more: bytes) -> bytes:
    head = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    title = name.encode("utf-16-le")
    sheet = struct.pack("<IBBBB", 0, 0, 0, len(name), 1) + title
    start = len(head) + 4 + len(sheet) + 4
    bound = _record(0x0085, struct.pack("<I", start) + sheet[4:])
    cells = b"".join(
        _cell(at, column, value) for at, row in enumerate(rows) for column, value in enumerate(row)
    )
    body = (
        _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
        + cells
        + more
        + _record(0x000A, b"")
    )
    return head + bound + _record(0x000A, b"") + body


def _cell(row: int, column: int, value: str | float) -> bytes:
    place = struct.pack("<HHH", row, column, 0)
    if isinstance(value, str):
        return _record(0x0204, place + struct.pack("<HB", len(value), 1) + value.encode("utf-16-le"))
    return _record(0x0203, place + struct.pack("<d", value))


def _compound(stream: bytes) -> bytes:
    stream = stream.ljust(max(4096, -(-len(stream) // SECTOR) * SECTOR), b"\0")
    sectors = len(stream) // SECTOR
    chain = [FAT, END, *range(3, sectors + 2), END]
    table = struct.pack(f"<{len(chain)}I", *chain).ljust(SECTOR, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    header += bytes(6) + struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, END, 0, END, 0)
    header += struct.pack("<109I", 0, *[FREE] * 108)
    return (
        header
        + table
        + _entry("Root Entry", 5, END, 0, 1)
        + _entry("Workbook", 2, 2, len(stream))
        + bytes(256)
        + stream
    )


def _entry(name: str, kind: int, start: int, size: int, child: int = FREE) -> bytes:
    title = (name + "\0").encode("utf-16-le")
    entry = title.ljust(64, b"\0") + struct.pack("<HBBIII", len(title), kind, 1, FREE, FREE, child)
    return (entry + bytes(36) + struct.pack("<IQ", start, size)).ljust(128, b"\0")
