"""QR codes of many links at once (N9): each is drawn as its difference from the first.

In one length, version, level and mask each module of a QR code is a sum modulo 2 of bits of its text, for
error correction and mask are linear. So a bit of the text always turns the same modules, and which ones is
asked of `qrcode` once. All labels have one mask: letting `qrcode` weigh eight for each takes fifty times what
all else of a label does, and helps only where blur reaches half a module.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from qrcode.constants import ERROR_CORRECT_Q
from qrcode.main import QRCode
from qrcode.util import ALPHA_NUM, QRData

import rules.refusals_documents  # noqa: F401  registers its codes
from rules.refusals import Refused

MASK = 0
MODE: Literal[2] = 2  # alphanumeric, digits alone included
# Two characters make a number of 11 bits, a last one alone makes 6 (ISO/IEC 18004, 7.4.4).
BASE, PAIR_BITS, LAST_BITS = len(ALPHA_NUM), 11, 6
VALUES = np.full(128, -1, dtype=np.int16)
VALUES[list(ALPHA_NUM)] = range(BASE)
AT_ONCE = 4096  # links: what is worked on stays in the processor's cache
SAMPLE = 4  # links of a batch that `qrcode` draws too

Numbers = npt.NDArray[np.int16]
Words = npt.NDArray[np.uint64]


class QrCode(NamedTuple):
    """A QR code without its quiet zone: a bit a module, 1 dark, each row filled up to whole bytes."""

    side: int
    rows: bytes


def qr_codes(links: Sequence[str]) -> list[QrCode]:
    """Return the QR codes of links at level Q, in their order.

    links: of QR_ALPHANUMERIC alone, else ValueError. Those as long as the first are drawn together, others
    one by one. Raises Refused label-qr where what is drawn together is not what `qrcode` draws.
    """
    alike = [link for link in links if len(link) == len(links[0])]
    together = iter(_together(alike))
    return [next(together) if len(link) == len(links[0]) else drawn(link) for link in links]


def drawn(link: str) -> QrCode:
    """Return a link's QR code as `qrcode` draws it."""
    code: QRCode[Any] = QRCode(error_correction=ERROR_CORRECT_Q, border=0, mask_pattern=MASK)
    code.add_data(QRData(link, mode=MODE))
    code.make()
    return QrCode(code.modules_count, np.packbits(np.array(code.modules, dtype=bool), axis=1).tobytes())


def _together(links: list[str]) -> list[QrCode]:
    """Draw links of one length."""
    parts = [links[start : start + AT_ONCE] for start in range(0, len(links), AT_ONCE)]
    codes = [code for part in parts for code in _differing(part)]
    for place in range(0, len(links), max(1, len(links) // SAMPLE)):
        if codes[place] != drawn(links[place]):
            raise Refused("label-qr", place=place + 1)
    return codes


def _differing(links: list[str]) -> list[QrCode]:
    """Turn in the first link's code what the bits turn in which another differs from it."""
    first, numbers = drawn(links[0]), _numbers(links)
    other, words = numbers ^ numbers[0], np.tile(_words(first), (len(links), 1))
    for place in np.flatnonzero(other.any(axis=0)).tolist():
        words ^= _turned(len(links[0]), place).take(other[:, place], axis=0)
    width = len(first.rows)
    rows = words.view(np.uint8)[:, :width].tobytes()
    return [QrCode(first.side, rows[at : at + width]) for at in range(0, len(rows), width)]


def _numbers(links: list[str]) -> Numbers:
    """Return what the code holds of each link: a number for each two characters."""
    letters = np.frombuffer("".join(links).encode("ascii"), dtype=np.uint8)
    values = VALUES[letters].reshape(len(links), len(links[0]))
    if (values < 0).any():
        raise ValueError("a link has characters outside the QR alphanumeric mode")
    numbers, second = values[:, 0::2].copy(), values[:, 1::2]
    whole = numbers[:, : second.shape[1]]
    whole *= BASE
    whole += second
    return numbers


@lru_cache(maxsize=256)
def _turned(length: int, place: int) -> Words:
    """Return which modules turn when the number at a place of links of a length changes.

    A row for each exclusive or of the number before and after it.
    """
    alone = 2 * place + 1 == length
    turned = np.zeros((1, len(_plain(length))), dtype=np.uint64)
    for bit in range(LAST_BITS if alone else PAIR_BITS):
        one, two = divmod((1 if alone else BASE + 1) ^ 1 << bit, BASE)
        changed = "" if alone else chr(ALPHA_NUM[one])
        link = f"{'1' * 2 * place}{changed}{chr(ALPHA_NUM[two])}".ljust(length, "1")
        turned = np.concatenate([turned, turned ^ _words(drawn(link)) ^ _plain(length)])
    return turned


@lru_cache(maxsize=16)
def _plain(length: int) -> Words:
    """Return the code of so many ones: any one bit turned gives a number that exists.

    Zeros would do too, but of a block of zeros alone `qrcode` fails to make error correction.
    """
    return _words(drawn("1" * length))


def _words(code: QrCode) -> Words:
    filled = code.rows + bytes(-len(code.rows) % 8)
    return np.frombuffer(filled, dtype=np.uint64)
