"""A PDF document set in the chain of Chinese fonts: each character in the first font that has it.

Fonts are opened when first needed and subset when saved. fpdf2's own fallback does not reach `text()`, which
drops what the current font lacks without a word; here such a character is refused.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import BinaryIO, Literal, Self

from fpdf import FPDF
from fpdf.fonts import TTFFont

from rules.clock import SHANGHAI
from rules.refusals import Refused
from tasks.fonts import Font

Align = Literal["left", "centre", "right"]
# Punctuation that may not begin a line.
CLOSING = frozenset("，。、；：？！）》」』”’％,.;:?!)%")
# What is never broken over two lines: a number, a single character.
UNBROKEN = re.compile(r"[0-9.]+|.", re.DOTALL)
POINTS_PER_MM = 72 / 25.4
FIXED_DATE = datetime(2000, 1, 1, tzinfo=SHANGHAI)


class Paper(FPDF):
    """An A4 document in millimetres. The same input gives the same bytes: it carries no time of printing."""

    def __init__(
        self, fonts: Sequence[Font], orientation: Literal["portrait", "landscape"], title: str
    ) -> None:
        """Start an empty document; title is what readers show as its name."""
        super().__init__(orientation, "mm", "A4")
        self.chain = fonts
        self.document = title
        self._face_of: dict[str, tuple[str, float]] = {}
        self.set_auto_page_break(False)
        self.set_margin(0)
        self.set_creation_date(FIXED_DATE)
        self.set_title(title)
        self.set_lang("zh-CN")

    def __enter__(self) -> Self:
        """Use the document within a `with`: its end closes the font files."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the font files, whatever happened."""
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                font.ttfont.close()

    def width_of(self, text: str, size: float) -> float:
        """Return the width in millimetres of a text set in points."""
        return sum(self._face(character)[1] for character in text) * size / POINTS_PER_MM

    def write_at(self, x: float, y: float, text: str, size: float, align: Align = "left") -> None:
        """Write one line with its baseline at y, and x its left end, middle or right end."""
        if align != "left":
            x -= self.width_of(text, size) * (0.5 if align == "centre" else 1)
        for face, run in groupby(text, key=lambda character: self._face(character)[0]):
            part = "".join(run)
            self.set_font(face, size=size)
            self.text(x, y, part)
            x += self.width_of(part, size)

    def lines_of(self, text: str, size: float, width: float) -> list[str]:
        """Break a text into lines of at most `width` mm; a number stays whole, closing punctuation hangs."""
        lines, line, used = [], "", 0.0
        for piece in UNBROKEN.findall(text):
            step = self.width_of(piece, size)
            if used + step > width and line and piece not in CLOSING:
                lines.append(line)
                line, used = "", 0.0
            line, used = line + piece, used + step
        return [*lines, line] if line else lines

    def write_within(
        self, x: float, y: float, width: float, text: str, size: float, align: Align = "left"
    ) -> None:
        """Write one line, set smaller if it is wider than `width` mm."""
        found = self.width_of(text, size)
        self.write_at(x, y, text, size if found <= width else size * width / found, align)

    def save(self, out: BinaryIO | Path) -> None:
        """Write the document; a path appears only when it is whole."""
        if isinstance(out, Path):
            part = out.with_name(out.name + ".part")
            part.write_bytes(bytes(self.output()))
            part.replace(out)
        else:
            out.write(bytes(self.output()))

    def to_bytes(self) -> bytes:
        """Return the document."""
        whole = BytesIO()
        self.save(whole)
        return whole.getvalue()

    def _face(self, character: str) -> tuple[str, float]:
        """Return the family that draws a character, and its advance in ems."""
        known = self._face_of.get(character)
        if known is None:
            known = self._face_of[character] = self._look_up(character)
        return known

    def _look_up(self, character: str) -> tuple[str, float]:
        code = ord(character)
        for place, font in enumerate(self.chain):
            if code in font.characters:
                family = f"chain{place}"
                if family not in self.fonts:
                    self.add_font(family, fname=font.path)
                face = self.fonts[family]
                assert isinstance(face, TTFFont)
                return family, face.cw[code] / 1000
        raise Refused("glyph-missing", document=self.document, characters=f"{character} (U+{code:04X})")
