"""The chain of Chinese TrueType fonts that documents are set in, and the characters that none of them has.

Only fonts with TrueType outlines are taken: they can be subset and their text stays extractable.
"""

import os
import string
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from struct import unpack_from
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import uharfbuzz as hb

import rules.refusals_documents  # noqa: F401  registers its codes
from rules.refusals import Refused
from tasks.typeface import face_of

SETTING = "BIYE_FONT_PATH"
# In the order in which they are tried; LXGW WenKai leads because it has the rarest characters.
SYSTEM_FILES = (
    "LXGWWenKai-Regular.ttf",
    "LXGWWenKaiGB-Regular.ttf",
    "simsun.ttc",
    "SimSun.ttf",
    "uming.ttc",
    "ukai.ttc",
    "DroidSansFallbackFull.ttf",
    "wqy-microhei.ttc",
    "wqy-zenhei.ttc",
    "Songti.ttc",
)
SYSTEM_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
    "~/Library/Fonts",
    "C:/Windows/Fonts",
)
BLANKS = (0x20, 0x3000)  # spaces have no outline
NEEDED = frozenset(map(ord, string.ascii_letters + string.digits + "毕业证书"))


@dataclass(frozen=True)
class Font:
    """One face of a font file, with the code points for which it has an outline."""

    path: Path
    characters: frozenset[int] = field(repr=False, compare=False)


def font_chain(search_path: str | None = None, system: bool = True) -> tuple[Font, ...]:
    """Return the fonts to set documents in, the first to be asked first.

    search_path: files and folders joined by the system's path separator; default: BIYE_FONT_PATH.
    system: whether the operating system's fonts are asked too. The font carried by a dependency comes last.
    """
    named = search_path if search_path is not None else os.environ.get(SETTING, "")
    paths = [*_named_files(named), *(_system_files() if system else ()), carried_font()]
    fonts = [font for font in map(read_font, dict.fromkeys(paths)) if font is not None]
    if not fonts:
        raise Refused("file-font-none", places=named or ", ".join(SYSTEM_FOLDERS))
    return tuple(fonts)


def carried_font() -> Path:
    """Return the file of WenQuanYi Micro Hei, which a Python package carries onto any machine."""
    return Path(str(files("paperang_p2_fonts_cjk"))) / "fonts" / "wqy-microhei.ttc"


def missing_glyphs(texts: pd.Series, fonts: Sequence[Font]) -> pd.Series:
    """Return for each text the characters that no font has, in order and once each; "" if all are there.

    Any index; a missing text counts as empty.
    """
    filled = texts.fillna("").astype("str")
    lacking = _lacking("".join(filled.tolist()), fonts)
    if not lacking:
        return pd.Series("", index=texts.index, dtype="str")
    return filled.map(lambda text: "".join(dict.fromkeys(c for c in text if c in lacking))).astype("str")


def _lacking(text: str, fonts: Iterable[Font]) -> set[str]:
    codes = {ord(character) for character in set(text)}
    for font in fonts:
        codes -= font.characters
    return {chr(code) for code in codes}


def _named_files(search_path: str) -> list[Path]:
    """List the fonts of a search path; a name in it that does not exist is refused."""
    found: list[Path] = []
    for name in filter(None, search_path.split(os.pathsep)):
        place = Path(name).expanduser()
        if not place.exists():
            raise Refused("file-font-none", places=name)
        found += sorted(place.rglob("*.tt[fc]")) if place.is_dir() else [place]
    return found


@lru_cache(maxsize=1)
def _system_files() -> tuple[Path, ...]:
    rank = {name: place for place, name in enumerate(SYSTEM_FILES)}
    folders = [Path(folder).expanduser() for folder in SYSTEM_FOLDERS]
    found = [
        path
        for folder in folders
        if folder.is_dir()
        for path in folder.rglob("*.tt[fc]")
        if path.name in rank
    ]
    return tuple(sorted(found, key=lambda path: (rank[path.name], str(path))))


@lru_cache(maxsize=16)
def read_font(path: Path) -> Font | None:
    """Read which characters a font file can draw; None if it is no TrueType font or has no Chinese."""
    characters = _drawn(path) if path.is_file() else frozenset()
    return Font(path, characters) if characters >= NEEDED else None


def _drawn(path: Path) -> frozenset[int]:
    """Code points with an outline: a glyph that is listed but empty would print as a silent blank."""
    face = face_of(path).face
    if not {"glyf", "head", "loca"} <= set(face.table_tags):
        return frozenset()
    codes = np.array(list(face.unicodes), dtype=np.int64)
    glyph_of = face_of(path).font.get_nominal_glyph
    glyphs = np.array([glyph_of(code) for code in codes.tolist()], dtype=np.int64)
    starts = _outline_starts(face)
    drawn = (glyphs > 0) & ((starts[glyphs] < starts[glyphs + 1]) | np.isin(codes, BLANKS))
    return frozenset(codes[drawn].tolist())


def _outline_starts(face: hb.Face) -> npt.NDArray[np.integer[Any]]:
    """Return where each glyph's outline begins; the one after the last glyph ends the table."""
    is_long = bool(unpack_from(">h", face.reference_table("head").data, 50)[0])
    return np.frombuffer(face.reference_table("loca").data, dtype=">u4" if is_long else ">u2")
