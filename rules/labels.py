"""Labels of certificate packages (N9): the token in the QR code, and the code that people read and type.

The token says nothing and cannot be guessed. The package code carries a check digit modulo 31, a prime,
so that one wrong character or two swapped ones are always found. Neither holds personal data.
"""

import re
import secrets
from typing import Literal, NamedTuple

import rules.refusals_documents  # noqa: F401  registers its codes
from rules.refusals import Refused

TOKEN_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # 32 characters, 5 bits each
TOKEN_LENGTH = 26  # 130 bits
TOKEN = re.compile(rf"[{TOKEN_ALPHABET}]{{{TOKEN_LENGTH}}}")

CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXY"  # 31 characters: none is read as another
LOOK_ALIKE = str.maketrans("OILUZ", "011V2")
SEQUENCE_DIGITS = 6
FACTOR = 3  # its powers modulo 31 are all different up to the 30th
SEPARATORS = re.compile(r"[\s\-‐-―－_.]+")

QR_ALPHANUMERIC = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
PATH = "/P/"
BASE = re.compile(r"HTTPS?://[A-Z0-9.-]+(:[0-9]+)?(/[A-Z0-9./+-]*)?")


class Scan(NamedTuple):
    """What a scanner or a person gave: a token out of a link, or a package code."""

    kind: Literal["token", "code"]
    value: str


def new_tokens(count: int) -> list[str]:
    """Draw unguessable tokens of 130 random bits, in upper case, from the system's source of randomness."""
    drawn = secrets.token_bytes(count * TOKEN_LENGTH)
    letters = "".join(TOKEN_ALPHABET[byte % 32] for byte in drawn)
    return [letters[start : start + TOKEN_LENGTH] for start in range(0, len(letters), TOKEN_LENGTH)]


def package_code(season: str, sequence: int) -> str:
    """Return the code of a season's nth package, from 1.

    >>> package_code("2020-01", 42)
    '202001-000042-Y'
    """
    if not 0 < sequence < 10**SEQUENCE_DIGITS:
        raise ValueError(f"a package's sequence has {SEQUENCE_DIGITS} digits: {sequence}")
    return _grouped(f"{_plain(season)}{sequence:0{SEQUENCE_DIGITS}d}")


def parse_code(text: str) -> str:
    """Return the package code that a person typed, as it stands on the label.

    Lower case, spaces, dashes, full-width characters and look-alikes (O I L U Z) are put right.
    Raises Refused label-code, label-check-digit.
    """
    plain = _plain(text)
    body, sequence = plain[:-1], plain[-1 - SEQUENCE_DIGITS : -1]
    if len(body) <= SEQUENCE_DIGITS or set(plain) - set(CODE_ALPHABET) or not sequence.isdigit():
        raise Refused("label-code", value=text)
    if plain[-1] != check_digit(body):
        raise Refused("label-check-digit", value=text)
    return _grouped(body)


def read_scan(text: str) -> Scan:
    """Tell a scanned link or token from a typed package code. Raises Refused like parse_code."""
    last = text.strip().rpartition("/")[2].upper()
    return Scan("token", last) if TOKEN.fullmatch(last) else Scan("code", parse_code(text))


def label_link(base_url: str, token: str) -> str:
    """Return the link in a label's QR code, in upper case throughout: the QR code is smaller then.

    base_url: where scans are answered, `http(s)://HOST[:PORT][/PATH]`; in either case of letters, with or
    without a slash or `/P` at its end. What answers must take its path in upper case.

    >>> label_link("https://biye.example.edu.cn/", "0123456789ABCDEFGHJKMNPQRS")
    'HTTPS://BIYE.EXAMPLE.EDU.CN/P/0123456789ABCDEFGHJKMNPQRS'

    Raises Refused label-base for an address that this mode cannot carry, label-base-form for one that is
    no such address.
    """
    base = base_url.strip().upper().rstrip("/").removesuffix(PATH.rstrip("/")).rstrip("/")
    link = f"{base}{PATH}{token.upper()}"
    foreign = sorted(set(link) - QR_ALPHANUMERIC)
    if foreign:
        raise Refused("label-base", value=base_url, characters=" ".join(foreign))
    if not BASE.fullmatch(base):
        raise Refused("label-base-form", value=base_url)
    return link


def check_digit(body: str) -> str:
    """Return the character that follows `body` in a package code: a weighted sum modulo 31."""
    total = sum(
        CODE_ALPHABET.index(character) * pow(FACTOR, place, 31) for place, character in _weighed(body)
    )
    return CODE_ALPHABET[-total % 31]


def _weighed(body: str) -> list[tuple[int, str]]:
    return list(enumerate(reversed(body), start=1))


def _plain(text: str) -> str:
    """Upper case, half width, no separators, no look-alikes."""
    half = text.translate({code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)})
    return SEPARATORS.sub("", half).upper().translate(LOOK_ALIKE)


def _grouped(body: str) -> str:
    return f"{body[:-SEQUENCE_DIGITS]}-{body[-SEQUENCE_DIGITS:]}-{check_digit(body)}"
