"""Checksums that a server states: Repr-Digest (RFC 9530), Digest (RFC 3230), X-Checksum-SHA256."""

import base64
import binascii
import re
from collections.abc import Mapping

_SHA256 = re.compile(r"(?i)(?:^|,)\s*sha-256=:?([^:,]*):?\s*(?=,|$)")
_HEX = re.compile(r"[0-9a-fA-F]{64}")


def stated_digests(headers: Mapping[str, str]) -> frozenset[str]:
    """Return every SHA-256 that headers state of the whole file, as hex; ValueError for one not readable.

    >>> stated_digests({"x-checksum-sha256": "AB" * 32}) == {"ab" * 32}
    True
    """
    coded = [text for name in ("repr-digest", "digest") for text in _SHA256.findall(headers.get(name, ""))]
    plain = headers.get("x-checksum-sha256")
    return frozenset([*map(_from_base64, coded), *([_checked_hex(plain)] if plain is not None else [])])


def _from_base64(text: str) -> str:
    try:
        return _checked_hex(base64.b64decode(text, validate=True).hex())
    except binascii.Error:
        raise ValueError(text) from None


def _checked_hex(text: str) -> str:
    if not _HEX.fullmatch(text.strip()):
        raise ValueError(text)
    return text.strip().lower()
