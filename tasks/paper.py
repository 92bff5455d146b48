"""A PDF document set in the chain of Chinese fonts: each character in the first font that has it.

Pages are kept as drawing operators until the document is saved; then each font is embedded with what was used
of it. A character that no font has is refused, never dropped or printed as a blank.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple
from zlib import compress

import simplejpeg
from pikepdf import Array, Dictionary, Name, Object, ObjectStreamMode, Pdf, Stream, String

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
COLOURS = {"Gray": Name.DeviceGray, "YCbCr": Name.DeviceRGB, "RGB": Name.DeviceRGB}


class _Picture(NamedTuple):
    """A JPEG and what its header says."""

    jpeg: bytes
    size: tuple[int, int]
    colours: Name


class _Page:
    """One page or form being drawn: its operators and its pictures."""

    def __init__(self) -> None:
        self.operators: list[str] = []
        self.pictures: list[_Picture] = []


class _Faces(dict[str, tuple[Typeface, float]]):
    """The typeface that draws a character, and its advance in ems: looked up in the chain once."""

    def __init__(self, chain: Sequence[Font], title: str) -> None:
        """title: of the document, for the refusal of a character that no font has."""
        super().__init__()
        self.typefaces: dict[int, Typeface] = {}
        self._chain, self._title = chain, title

    def __missing__(self, character: str) -> tuple[Typeface, float]:
        code = ord(character)
        for place, font in enumerate(self._chain):
            if code in font.characters:
                face = self.typefaces.setdefault(place, Typeface(font.path, f"F{place}"))
                self[character] = face, face.advance(character)
                return self[character]
        raise Refused("glyph-missing", document=self._title, characters=f"{character} (U+{code:04X})")

    def runs(self, text: str) -> list[tuple[Typeface, str]]:
        """Split a text where the typeface changes; most texts are set in one."""
        if len({self[character][0] for character in text}) == 1:
            return [(self[text[0]][0], text)]
        split = groupby(text, key=lambda character: self[character][0])
        return [(face, "".join(run)) for face, run in split]


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
        self._faces = _Faces(fonts, title)
        self._pages: list[_Page] = []
        self._forms: list[_Page] = []

    def add_page(self) -> None:
        """Begin a new page."""
        self._page = _Page()
        self._pages.append(self._page)

    @contextmanager
    def form(self) -> Iterator[str]:
        """Draw a form: what is the same in many places is kept once. Gives its name for `place`."""
        page, self._page = self._page, _Page()
        self._forms.append(self._page)
        yield f"X{len(self._forms)}"
        self._page = page

    def place(self, form: str) -> None:
        """Place a form."""
        self._draw(f"/{form} Do")

    @contextmanager
    def shifted(self, x: float, y: float) -> Iterator[None]:
        """Draw as if the upper left corner of the page were at x and y."""
        self._draw(f"q 1 0 0 1 {_points(x)} {_points(-y)} cm")
        yield
        self._draw("Q")

    def set_line_width(self, width: float) -> None:
        """Draw the lines of this page from here on with a width in millimetres."""
        self._draw(f"{_points(width)} w")

    def set_draw_color(self, grey: int) -> None:
        """Draw the lines of this page from here on in a grey, 0 black to 255 white."""
        self._draw(f"{grey / 255:.3f} G")

    def rect(self, x: float, y: float, width: float, height: float) -> None:
        """Draw the outline of a rectangle."""
        place = f"{_points(x)} {_points(self.height - y - height)} {_points(width)} {_points(height)}"
        self._draw(f"{place} re S")

    def image(self, jpeg: bytes, x: float, y: float, width: float, height: float) -> None:
        """Place a JPEG, kept byte for byte; ValueError if it is none, or not grey or RGB."""
        pictures = self._page.pictures
        pictures.append(_picture(jpeg))
        self._draw(f"q {self._square(x, y, width, height)} cm /P{len(pictures)} Do Q")

    def bitmap(
        self, bits: bytes, points: tuple[int, int], x: float, y: float, width: float, height: float
    ) -> None:
        """Paint black where bits are 1; each row of so many points across and down fills whole bytes.

        The bits stand among the operators: for a picture of some hundred bytes, any other way takes more.
        """
        across, down = points
        self._draw(
            f"q {self._square(x, y, width, height)} cm BI /W {across} /H {down} /IM true /D [1 0] /F /AHx ID"
        )
        self._draw(f"{bits.hex()}> EI Q")

    def width_of(self, text: str, size: float) -> float:
        """Return the width in millimetres of a text set in points."""
        faces = self._faces
        return sum(faces[character][1] for character in text) * size / POINTS_PER_MM

    def write_at(self, x: float, y: float, text: str, size: float, align: Align = "left") -> None:
        """Write one line with its baseline at y, and x its left end, middle or right end."""
        if align != "left":
            x -= self.width_of(text, size) * (0.5 if align == "centre" else 1)
        for face, part in self._faces.runs(text):
            place = f"{_points(x)} {_points(self.height - y)}"
            self._draw(f"BT /{face.name} {size:.4g} Tf {place} Td <{face.encode(part)}> Tj ET")
            x += self.width_of(part, size)

    def lines_of(self, text: str, size: float, width: float) -> list[str]:
        """Break a text into lines of at most `width` mm; a number stays whole, closing punctuation hangs."""
        lines, line, used, most = [], "", 0.0, width * POINTS_PER_MM / size
        for piece in UNBROKEN.findall(text):
            step = self._faces[piece][1] if len(piece) == 1 else self.width_of(piece, 1) * POINTS_PER_MM
            if used + step > most and line and piece not in CLOSING:
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
            fonts = Dictionary({f"/{face.name}": face.embed(pdf) for face in self._faces.typefaces.values()})
            shared = pdf.make_indirect(fonts)
            forms = {
                f"/X{place}": self._form(pdf, one, shared) for place, one in enumerate(self._forms, start=1)
            }
            pages = [self._embedded_page(pdf, page, shared, forms) for page in self._pages]
            pdf.Root.Pages.Kids = Array(pages)
            pdf.Root.Pages.Count = len(pages)
            pdf.Root.Lang = String("zh-CN")
            pdf.docinfo[Name.Title] = self.title
            pdf.save(whole, deterministic_id=True, object_stream_mode=ObjectStreamMode.generate)
            return whole.getvalue()

    def _embedded_page(self, pdf: Pdf, page: _Page, fonts: Object, forms: dict[str, Stream]) -> Object:
        return pdf.make_indirect(
            Dictionary(
                Type=Name.Page,
                Parent=pdf.Root.Pages,
                MediaBox=self._box(),
                Resources=_resources(pdf, page, fonts, forms),
                Contents=_drawing(pdf, page),
            )
        )

    def _form(self, pdf: Pdf, form: _Page, fonts: Object) -> Stream:
        facts = {"Type": Name.XObject, "Subtype": Name.Form, "BBox": self._box()}
        return _drawing(pdf, form, Resources=_resources(pdf, form, fonts, {}), **facts)

    def _box(self) -> Array:
        return Array([0, 0, float(_points(self.width)), float(_points(self.height))])

    def _square(self, x: float, y: float, width: float, height: float) -> str:
        """Return the matrix by which a picture's unit square fills a rectangle."""
        return f"{_points(width)} 0 0 {_points(height)} {_points(x)} {_points(self.height - y - height)}"

    def _draw(self, operator: str) -> None:
        self._page.operators.append(operator)


def _points(millimetres: float) -> str:
    return f"{millimetres * POINTS_PER_MM:.2f}"


def _drawing(pdf: Pdf, page: _Page, **facts: object) -> Stream:
    operators = compress("\n".join(page.operators).encode("ascii"))
    return Stream(pdf, operators, Filter=Name.FlateDecode, **facts)


def _resources(pdf: Pdf, page: _Page, fonts: Object, forms: dict[str, Stream]) -> Dictionary:
    pictures = {f"/P{place}": _embedded(pdf, one) for place, one in enumerate(page.pictures, start=1)}
    return Dictionary(Font=fonts, XObject=Dictionary(pictures | forms))


def _picture(jpeg: bytes) -> _Picture:
    height, width, colours, _ = simplejpeg.decode_jpeg_header(jpeg)
    if colours not in COLOURS:
        raise ValueError("not a grey or colour JPEG")
    return _Picture(jpeg, (width, height), COLOURS[colours])


def _embedded(pdf: Pdf, picture: _Picture) -> Stream:
    (width, height), colours = picture.size, picture.colours
    facts = {"Width": width, "Height": height, "ColorSpace": colours, "BitsPerComponent": 8}
    return Stream(pdf, picture.jpeg, Type=Name.XObject, Subtype=Name.Image, Filter=Name.DCTDecode, **facts)
