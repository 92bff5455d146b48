"""Names of persons: one middle dot, nothing invisible, and characters that a person has to look at."""

import unicodedata

from rules.characters import clean_text

MIDDLE_DOT = "\u00b7"
_DOTS = str.maketrans(dict.fromkeys("•‧・･∙⋅⸱．", MIDDLE_DOT))
_UNIFIED = frozenset("\ufa0e\ufa0f\ufa11\ufa13\ufa14\ufa1f\ufa21\ufa23\ufa24\ufa27\ufa28\ufa29")


def clean_name(text: str) -> str:
    """Return a name as it is stored: invisible characters, breaks and spaces at the ends gone, `·`
    for every dot.

    >>> clean_name("买买提•艾力　")
    '买买提·艾力'
    """
    name = clean_text(text).translate(_DOTS)
    return " ".join(name.split()) if name.isascii() else "".join(name.split())


def doubt_name(name: str) -> str | None:
    """Return why a person has to look at a cleaned name: a code, or None."""
    if name.isascii():
        return None
    for char in name:
        if unicodedata.category(char) == "Co":
            return "row-private-use"
        if _is_compatibility(char):
            return "row-compatibility"
    return None


def _is_compatibility(char: str) -> bool:
    """Return whether a character is a CJK compatibility ideograph; twelve in that block are ordinary ones."""
    code = ord(char)
    in_block = 0xF900 <= code <= 0xFAFF or 0x2F800 <= code <= 0x2FA1F or 0x2E80 <= code <= 0x2FDF
    return in_block and char not in _UNIFIED


def mask_name(name: str) -> str:
    """Show a name by its first character; dots and spaces between its parts stay.

    >>> mask_name("买买提·艾力")
    '买**·**'
    """
    return name[:1] + "".join(char if char in f"{MIDDLE_DOT} " else "*" for char in name[1:])
