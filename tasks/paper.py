"""A PDF document set in the chain of Chinese fonts: each character in the first font that has it.

Pages are kept as drawing operators until the document is saved; then each font is embedded with what was used
of it. A character that no font has is refused, never dropped or printed as a blank.
"""

import re
from collections.abc import Sequence
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple

from pikepdf import Array, Dictionary, Name, ObjectStreamMode, Pdf, Stream, String
from PIL import Image, UnidentifiedImageError

from rules.refusals import Refused
from tasks.fonts import Font
from tasks.typeface import Typeface

Align = Literal["left", "centre", "right"]
# Punctuation that may not begin a line.
CLOSING = frozenset("，。、；：？！）》」』”’％,.;:?!)%")
# What is never broken over two lines: a number, a single character.
UNBROKEN = re.compile(r"[0-9.]+|.", re.DOTALL)
POINTS_PER_MM = 72 / 25.4
A4 = (210.0, 297.0)  # mm
COLOURS = {"L": Name.DeviceGray, "RGB": Name.DeviceRGB}


class _Picture(NamedTuple):
    """A JPEG and what its header says."""

    jpeg: bytes
    size: tuple[int, int]
    colours: Name


class _Page:
    """One page being drawn: its operators and its pictures."""

    def __init__(self) -> None:
        self.operators: list[str] = []
        self.pictures: list[_Picture] = []


class Paper:
    """An A4 document in millimetres from the upper left corner.

    The same input gives the same bytes: it carries no time of printing.
    """

    def __init__(
        self, fonts: Sequence[Font], orientation: Literal["portrait", "landscape"], title: str
    ) -> None:
        """Start an empty document; title is what readers show as its name."""
        self.width, self.height = A4 if orientation == "portrait" else A4[::-1]
        self.title = title
        self._chain = fonts
        self._typefaces: dict[int, Typeface] = {}
        self._face_of: dict[str, tuple[Typeface, float]] = {}
        self._pages: list[_Page] = []

    def add_page(self) -> None:
        """Begin a new page."""
        self._pages.append(_Page())

    def set_line_width(self, width: float) -> None:
        """Draw the lines of this page from here on with a width in millimetres."""
        self._draw(f"{_points(width)} w")

    def set_draw_color(self, grey: int) -> None:
        """Draw the lines of this page from here on in a grey, 0 black to 255 white."""
        self._draw(f"{grey / 255:.3f} G")

    def rect(self, x: float, y: float, width: float, height: float, style: Literal["D", "F"] = "D") -> None:
        """Draw the outline of a rectangle (D), or fill it (F)."""
        place = f"{_points(x)} {_points(self.height - y - height)} {_points(width)} {_points(height)}"
        self._draw(f"{place} re {'f' if style == 'F' else 'S'}")

    def image(self, jpeg: bytes, x: float, y: float, width: float, height: float) -> None:
        """Place a JPEG, kept byte for byte; UnidentifiedImageError if it is none, or not grey or RGB."""
        pictures = self._pages[-1].pictures
        pictures.append(_picture(jpeg))
        size = f"{_points(width)} 0 0 {_points(height)} {_points(x)} {_points(self.height - y - height)}"
        self._draw(f"q {size} cm /P{len(pictures)} Do Q")

    def width_of(self, text: str, size: float) -> float:
        """Return the width in millimetres of a text set in points."""
        return sum(self._face(character)[1] for character in text) * size / POINTS_PER_MM

    def write_at(self, x: float, y: float, text: str, size: float, align: Align = "left") -> None:
        """Write one line with its baseline at y, and x its left end, middle or right end."""
        if align != "left":
            x -= self.width_of(text, size) * (0.5 if align == "centre" else 1)
        for face, run in groupby(text, key=lambda character: self._face(character)[0]):
            part = "".join(run)
            place = f"{_points(x)} {_points(self.height - y)}"
            self._draw(f"BT /{face.name} {size:.4g} Tf {place} Td <{face.encode(part)}> Tj ET")
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
            part.write_bytes(self.to_bytes())
            part.replace(out)
        else:
            out.write(self.to_bytes())

    def to_bytes(self) -> bytes:
        """Return the document."""
        with Pdf.new() as pdf, BytesIO() as whole:
            fonts = Dictionary({f"/{face.name}": face.embed(pdf) for face in self._typefaces.values()})
            shared = pdf.make_indirect(fonts)
            pages = [self._page(pdf, page, shared) for page in self._pages]
            pdf.Root.Pages.Kids = Array(pages)
            pdf.Root.Pages.Count = len(pages)
            pdf.Root.Lang = String("zh-CN")
            pdf.docinfo[Name.Title] = self.title
            pdf.save(whole, deterministic_id=True, object_stream_mode=ObjectStreamMode.generate)
            return whole.getvalue()

    def _page(self, pdf: Pdf, page: _Page, fonts: Dictionary) -> Dictionary:
        pictures = {f"/P{place}": _embedded(pdf, one) for place, one in enumerate(page.pictures, start=1)}
        return pdf.make_indirect(
            Dictionary(
                Type=Name.Page,
                Parent=pdf.Root.Pages,
                MediaBox=Array([0, 0, float(_points(self.width)), float(_points(self.height))]),
                Resources=Dictionary(Font=fonts, XObject=Dictionary(pictures)),
                Contents=pdf.make_indirect(Stream(pdf, "\n".join(page.operators).encode("ascii"))),
            )
        )

    def _draw(self, operator: str) -> None:
        self._pages[-1].operators.append(operator)

    def _face(self, character: str) -> tuple[Typeface, float]:
        """Return the typeface that draws a character, and its advance in ems."""
        known = self._face_of.get(character)
        if known is None:
            known = self._face_of[character] = self._look_up(character)
        return known

    def _look_up(self, character: str) -> tuple[Typeface, float]:
        code = ord(character)
        for place, font in enumerate(self._chain):
            if code in font.characters:
                face = self._typefaces.setdefault(place, Typeface(font.path, f"F{place}"))
                return face, face.advance(character)
        raise Refused("glyph-missing", document=self.title, characters=f"{character} (U+{code:04X})")


def _points(millimetres: float) -> str:
    return f"{millimetres * POINTS_PER_MM:.2f}"


def _picture(jpeg: bytes) -> _Picture:
    with Image.open(BytesIO(jpeg)) as opened:
        if opened.format != "JPEG" or opened.mode not in COLOURS:
            raise UnidentifiedImageError("not a grey or colour JPEG")
        return _Picture(jpeg, opened.size, COLOURS[opened.mode])


def _embedded(pdf: Pdf, picture: _Picture) -> Stream:
    (width, height), colours = picture.size, picture.colours
    facts = {"Width": width, "Height": height, "ColorSpace": colours, "BitsPerComponent": 8}
    return Stream(pdf, picture.jpeg, Type=Name.XObject, Subtype=Name.Image, Filter=Name.DCTDecode, **facts)
