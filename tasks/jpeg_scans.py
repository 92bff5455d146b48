"""The scans of a JPEG: whether all coefficients were sent, which no decoder tells of a cut
progressive file.
"""

from collections.abc import Iterator

START_OF_SCAN = 0xDA
PROGRESSIVE = 0xC2
STANDARD_TABLE = bytes.fromhex(
    "0002010303020403050504040000017d"
)  # code lengths of the AC table nearly all use
# Zero bytes in a row that picture data cannot hold: a block of the disk was lost. With tables made for one
# picture a plain background may be coded as zero bits, so the run must be longer than a whole plain picture.
BLANK_STANDARD = bytes(64)
BLANK_OPTIMISED = bytes(2048)


def has_all_data(picture: bytes) -> bool:
    """Return whether a decodable JPEG has an end marker, no blanked blocks and, if progressive,
    all its scans.
    """
    if not picture.rstrip(b"\0\r\n ").endswith(b"\xff\xd9"):
        return False
    start, scans, progressive = _scans(picture)
    blank = BLANK_STANDARD if STANDARD_TABLE in picture[:start] and not progressive else BLANK_OPTIMISED
    if not start or blank in picture[start:].rstrip(b"\0"):
        return False
    return not progressive or _complete(scans)


def _scans(picture: bytes) -> tuple[int, list[bytes], bool]:
    """Return where the first scan starts, the header of each scan, and whether the file is progressive."""
    start, headers, progressive = 0, [], False
    for at, marker, header in _segments(picture):
        progressive |= marker == PROGRESSIVE
        if marker == START_OF_SCAN:
            start = start or at
            headers.append(header)
    return start, headers, progressive


def _segments(picture: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield offset, marker and content of each segment; entropy-coded data is passed over."""
    at = picture.find(b"\xff", 2)
    while 0 <= at < len(picture) - 4:
        marker = picture[at + 1]
        if marker in (0x00, 0xFF) or 0xD0 <= marker <= 0xD9:
            at = picture.find(b"\xff", at + (1 if marker == 0xFF else 2))
            continue
        length = int.from_bytes(picture[at + 2 : at + 4], "big")
        yield at, marker, picture[at + 4 : at + 2 + length]
        at = picture.find(b"\xff", at + 2 + max(length, 2))


def _complete(headers: list[bytes]) -> bool:
    """Return whether scans bring every coefficient of every component down to its last bit."""
    missing: dict[int, set[int]] = {}
    for header in headers:
        components = [header[1 + 2 * index] for index in range(header[0])]
        first, last, approximation = header[1 + 2 * header[0] : 4 + 2 * header[0]]
        for component in components:
            wanted = missing.setdefault(component, set(range(64)))
            if approximation & 0x0F == 0:
                wanted.difference_update(range(first, last + 1))
    return bool(missing) and not any(missing.values())
