"""Majors (专业) with a direction: written apart, or as `name（direction）` in any kind of brackets (N2)."""

import re
import unicodedata

_BRACKETS = "()（）[]［］【】"


def bare_direction(direction: str) -> str:
    """Return a direction without the brackets around it.

    >>> bare_direction("（教育管理） ")
    '教育管理'
    """
    return direction.strip().strip(_BRACKETS)


def split_major(programme: str, direction: str = "") -> tuple[str, str]:
    """Return name and direction as they are compared: without spaces, brackets alike.

    A direction in the name that is not the one beside it stays with the name: that is another major.

    >>> split_major("公共事业管理（教育管理）", "(教育管理)") == split_major("公共事业管理", "教育管理")
    True
    """
    name, _, inner = _plain(programme).partition("(")
    inner, beside = inner.rstrip(")"), bare_direction(_plain(direction))
    if inner and beside and inner != beside:
        return f"{name}({inner})", beside
    return name, beside or inner


def _plain(text: str) -> str:
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    return plain.translate(str.maketrans("[]【】", "()()"))
