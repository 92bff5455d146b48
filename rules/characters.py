"""Characters that look alike or cannot be seen: what is normalised in any text of a file (BAD_INPUT.md)."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

INVISIBLE = (
    *range(0x200B, 0x2010),
    *range(0x202A, 0x202F),
    *range(0x2060, 0x206A),
    0x00AD,
    0x061C,
    0x180E,
    0xFEFF,
)
_REMOVED: dict[int, str | None] = dict.fromkeys(INVISIBLE)
_SPACES: dict[int, str | None] = {0x3000: " ", 0x00A0: " ", 0x0D: None, 0x0A: None}
_FULL_WIDTH: dict[int, str | None] = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_TEXT = _REMOVED | _SPACES
_CODE = _REMOVED | _SPACES | _FULL_WIDTH
_BRACKETS = str.maketrans("（）［］【】", "()[][]")


def clean_text(text: str) -> str:
    """Remove what cannot be seen, line breaks and outer spaces; U+3000 counts as a space."""
    return text.translate(_TEXT).strip()


def clean_code(text: str) -> str:
    """Clean a text that is a code, number or date: full-width letters and digits become ASCII too.

    >>> clean_code("１２３Ｘ　")
    '123X'
    """
    return text.translate(_CODE).strip()


def fold_brackets(text: str) -> str:
    """Make full-width and half-width brackets alike, for comparing (N2)."""
    return text.translate(_BRACKETS).replace(" ", "")


def _odd(values: pd.Series) -> npt.NDArray[np.bool_]:
    """Return where a text may need cleaning: not plain ASCII, or with spaces or breaks at all."""
    texts = pa.array(values, type=pa.large_string(), from_pandas=True)
    ascii_only = pc.string_is_ascii(texts)
    spaced = pc.match_substring_regex(texts, r"[\s\x00-\x1f]")
    return np.asarray(pc.or_(pc.invert(ascii_only), spaced).fill_null(False).to_numpy(zero_copy_only=False))


def _mapped(values: pd.Series, clean: Callable[[str], str]) -> pd.Series:
    odd = np.flatnonzero(_odd(values))
    if not len(odd):
        return values
    texts = values.to_numpy(dtype=object, copy=True)
    known = {text: clean(text) for text in set(texts[odd])}
    texts[odd] = [known[text] for text in texts[odd]]
    return pd.Series(texts, index=values.index, dtype="str")


def clean_texts(values: pd.Series) -> pd.Series:
    """Clean a column of words (see clean_text)."""
    return _mapped(values, clean_text)


def clean_codes(values: pd.Series) -> pd.Series:
    """Clean a column of codes, numbers or dates (see clean_code)."""
    return _mapped(values, clean_code)
