"""The plain side of print files: fpdf2 draws what was drawn, with every line broken and placed already."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from fpdf import FPDF

from tasks.fonts import Font
from tasks.paper import Align, Paper

Step = tuple[Callable[..., object], tuple[object, ...]]


class Recorder(Paper):
    """Notes each step of a document as the call of fpdf2 that draws the same."""

    def __init__(self, fonts: Sequence[Font]) -> None:
        """Begin a landscape document."""
        super().__init__(fonts, "landscape", "")
        self.steps: list[Step] = []
        self._shared: dict[str, list[Step]] = {}

    def add_page(self) -> None:
        """Note a page."""
        self._note(FPDF.add_page)

    @contextmanager
    def form(self) -> Iterator[str]:
        """Note what is drawn in many places; there are no forms there."""
        page, self.steps = self.steps, []
        name = f"X{len(self._shared)}"
        self._shared[name] = self.steps
        yield name
        self.steps = page

    def place(self, form: str) -> None:
        """Note once more what a form holds."""
        self.steps += self._shared[form]

    def set_line_width(self, width: float) -> None:
        """Note a line width."""
        self._note(FPDF.set_line_width, width)

    def rect(self, x: float, y: float, width: float, height: float) -> None:
        """Note a rectangle."""
        self._note(FPDF.rect, x, y, width, height)

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


def replay(recorded: Recorder, font: Path) -> bytes:
    """Return a recorded document as fpdf2 draws it."""
    document = FPDF("landscape", "mm", "A4")
    document.add_font("chinese", fname=font)
    document.set_font("chinese")
    for call, given in recorded.steps:
        call(document, *given)
    return bytes(document.output())
