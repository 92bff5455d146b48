"""The plain side of print files: fpdf2 draws what was drawn, with every line broken and placed already."""

from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from typing import Literal

from fpdf import FPDF

from tasks.fonts import Font
from tasks.paper import Align, Paper


class Recorder(Paper):
    """Notes each step of a document as the call of fpdf2 that draws the same."""

    def __init__(self, fonts: Sequence[Font]) -> None:
        """Begin a landscape document."""
        super().__init__(fonts, "landscape", "")
        self.steps: list[tuple[Callable[..., object], tuple[object, ...]]] = []

    def add_page(self) -> None:
        """Note a page."""
        self._note(FPDF.add_page)

    def draw_once(self, what: Hashable, draw: Callable[[], None]) -> None:  # noqa: ARG002  no forms there
        """Note what pages have alike for each of them."""
        draw()

    def set_line_width(self, width: float) -> None:
        """Note a line width."""
        self._note(FPDF.set_line_width, width)

    def rect(self, x: float, y: float, width: float, height: float, style: Literal["D", "F"] = "D") -> None:
        """Note a rectangle."""
        self._note(FPDF.rect, x, y, width, height, style)

    def image(self, jpeg: bytes, x: float, y: float, width: float, height: float) -> None:
        """Note a photo."""
        self._note(FPDF.image, jpeg, x, y, width, height)

    def write_at(self, x: float, y: float, text: str, size: float, align: Align = "left") -> None:
        """Note a line of text."""
        if align == "centre":
            x -= self.width_of(text, size) / 2
        self._note(FPDF.set_font, "", "", size)
        self._note(FPDF.text, x, y, text)

    def _note(self, call: Callable[..., object], *given: object) -> None:
        self.steps.append((call, given))


def replay(recorded: Recorder, font: Path) -> int:
    """Draw a recorded document with fpdf2 and return its size in bytes."""
    document = FPDF("landscape", "mm", "A4")
    document.add_font("chinese", fname=font)
    document.set_font("chinese")
    for call, given in recorded.steps:
        call(document, *given)
    return len(document.output())
