"""The picture of a season's timeline: bars for batches, windows and the vacation, marks for single days (G1).

One list of shapes is drawn twice, as SVG text or as a PNG; both need nothing but a font with Chinese
characters.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from importlib.resources import files
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from rules.milestones import Milestone
from rules.season import Pack

WIDTH, LEFT, RIGHT, TOP, ROW = 1500, 440, 60, 96, 38
INK, FAINT, PAPER, RISK = "#1f2933", "#748290", "#ffffff", "#fdf3dc"
COLOURS = {
    "batch": "#2b6cb0",
    "window": "#63a4d8",
    "vacation": "#e8b04a",
    "cancelled": "#c9ced6",
    "date": "#c53030",
    "due": "#b7791f",
    "safe": "#2f855a",
}
FONTS = (
    '"Noto Sans CJK SC","Source Han Sans SC","WenQuanYi Micro Hei","LXGW WenKai","Microsoft YaHei",sans-serif'
)


@dataclass(frozen=True)
class Box:
    """A filled rectangle, in pixels."""

    x: float
    y: float
    width: float
    height: float
    colour: str


@dataclass(frozen=True)
class Label:
    """A line of text that begins (or, with `end`, ends) at x, with its baseline at y."""

    x: float
    y: float
    text: str
    size: int = 15
    colour: str = INK
    end: bool = False


@dataclass(frozen=True)
class Mark:
    """A diamond around a point: a single day."""

    x: float
    y: float
    colour: str


Shape = Box | Label | Mark


def write_picture(pack: Pack, found: Sequence[Milestone], calendar_version: str, file: Path) -> None:
    """Draw a timeline into a file, SVG or PNG by its suffix."""
    draw(*timeline_shapes(pack, found, calendar_version), pack.title, file)


def draw(shapes: Sequence[Shape], height: int, title: str, file: Path) -> None:
    """Draw shapes into a file, SVG or PNG by its suffix."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.suffix.lower() == ".png":
        as_png(shapes, height).save(file)
    else:
        file.write_text(as_svg(shapes, height, title), encoding="utf-8")


def timeline_shapes(pack: Pack, found: Sequence[Milestone], calendar_version: str) -> tuple[list[Shape], int]:
    """Return what to draw and the picture's height: a title, a scale of months, and a row a milestone."""
    scale = Scale.of(found)
    height = TOP + ROW * len(found) + 46
    shapes: list[Shape] = [Box(0, 0, WIDTH, height, PAPER)]
    shapes += [Label(24, 38, pack.title, 22), Label(24, 64, _subtitle(pack, calendar_version), 14, FAINT)]
    shapes += [*_risk(scale, found, height), *_months(scale, height)]
    for place, one in enumerate(found):
        shapes += _row(scale, one, TOP + ROW * place + 12)
    return shapes + _legend(height), height


def _subtitle(pack: Pack, version: str) -> str:
    edition = f"第 {pack.version} 版 version {pack.version} · {pack.hash[:12]}"
    return f"{pack.season} · {edition} · 工作日历 calendar {version}"


@dataclass(frozen=True)
class Scale:
    """Days on the horizontal axis, first and last month whole."""

    first: date
    last: date

    @classmethod
    def of(cls, found: Sequence[Milestone]) -> "Scale":
        """Fit the scale to every day that is known."""
        days = [day for one in found for day in (one.first, one.last) if day] or [date(2000, 1, 1)]
        last = max(days) + timedelta(days=31)
        return cls(min(days).replace(day=1), last.replace(day=1))

    def x(self, day: date) -> float:
        """Return where a day begins."""
        share = (day - self.first).days / max(1, (self.last - self.first).days)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def months(self) -> list[date]:
        """Return the first day of each month on the scale."""
        count = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month
        steps = (self.first.year * 12 + self.first.month - 1 + n for n in range(count + 1))
        return [date(step // 12, step % 12 + 1, 1) for step in steps]


def _months(scale: Scale, height: int) -> list[Shape]:
    shapes: list[Shape] = []
    for month in scale.months():
        shapes.append(Box(scale.x(month), TOP - 8, 1, height - TOP - 30, "#e3e7ec"))
        if month < scale.last:
            shapes.append(Label(scale.x(month) + 5, TOP - 10, f"{month:%Y-%m}", 13, FAINT))
    return shapes


def _risk(scale: Scale, found: Sequence[Milestone], height: int) -> list[Shape]:
    """Shade HQ's vacation over all rows: no public holiday, but nobody is there (NOTICE, Workdays)."""
    spans = [(one.first, one.last) for one in found if one.shape == "vacation"]
    ends = [(scale.x(first), scale.x(last + timedelta(days=1))) for first, last in spans if first and last]
    return [Box(x, TOP - 4, end - x, height - TOP - 34, RISK) for x, end in ends]


def _row(scale: Scale, one: Milestone, y: float) -> list[Shape]:
    colour = COLOURS[one.shape]
    shapes: list[Shape] = [Label(24, y + 4, one.clause, 13, FAINT), Label(62, y + 4, _short(one.zh, 25))]
    shapes.append(Label(62, y + 18, _short(one.en, 58), 11, FAINT))
    if one.first is None and one.last is None:
        said = f"待定 waits for {one.waits_for}" if one.waits_for else "已取消 cancelled"
        return [*shapes, Label(LEFT + 6, y + 9, said, 13, FAINT)]
    first, last = one.first or scale.first, one.last or scale.last
    if first == last:
        x = scale.x(first)
        shapes.append(Mark(x, y + 4, colour))
        return [*shapes, _beside(x + 11, x - 11, y + 9, f"{first:%m-%d}")]
    x, end = scale.x(first), scale.x(last + timedelta(days=1))
    shapes.append(Box(x, y - 5, end - x, 18, colour))
    return [*shapes, _beside(end + 6, x - 6, y + 9, f"{first:%m-%d} … {last:%m-%d}")]


def _beside(right: float, left: float, y: float, text: str) -> Label:
    """Write beside a shape, on its right unless the picture ends there."""
    fits = right + 9 * len(text) < WIDTH - 10
    return Label(right if fits else left, y, text, 13, INK, end=not fits)


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _legend(height: int) -> list[Shape]:
    words = {
        "batch": "批次 batch",
        "window": "接收窗口 window",
        "vacation": "寒假 vacation",
        "date": "日期 date",
        "due": "到期 due",
        "safe": "最后安全日 last safe day",
    }
    shapes: list[Shape] = []
    for place, (kind, word) in enumerate(words.items()):
        x = 62 + place * 190
        shapes += [Box(x, height - 28, 14, 12, COLOURS[kind]), Label(x + 20, height - 17, word, 13, FAINT)]
    return shapes


def as_svg(shapes: Sequence[Shape], height: int, title: str) -> str:
    """Return the shapes as one SVG document."""
    size = f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img"'
    lines = [f"{head} font-family='{FONTS}'>", f"<title>{escape(title)}</title>"]
    return "\n".join([*lines, *map(_svg, shapes), "</svg>", ""])


def _svg(shape: Shape) -> str:
    match shape:
        case Box(x, y, width, height, colour):
            return f'<rect x="{x}" y="{y}" width="{width:.1f}" height="{height}" fill="{colour}"/>'
        case Mark(x, y, colour):
            return f'<path d="M{x} {y - 8}l8 8-8 8-8-8z" fill="{colour}"/>'
        case Label(x, y, text, size, colour, end):
            anchor = ' text-anchor="end"' if end else ""
            return f'<text x="{x}" y="{y}" font-size="{size}" fill="{colour}"{anchor}>{escape(text)}</text>'


def as_png(shapes: Sequence[Shape], height: int, factor: int = 2) -> Image.Image:
    """Return the shapes as an image, `factor` pixels for each unit."""
    image = Image.new("RGB", (WIDTH * factor, height * factor), PAPER)
    draw = ImageDraw.Draw(image)
    for shape in shapes:
        _paint(draw, shape, factor)
    return image


def _paint(draw: ImageDraw.ImageDraw, shape: Shape, f: int) -> None:
    match shape:
        case Box(x, y, width, height, colour):
            draw.rectangle((x * f, y * f, (x + width) * f - 1, (y + height) * f - 1), fill=colour)
        case Mark(x, y, colour):
            corners = [(x, y - 8), (x + 8, y), (x, y + 8), (x - 8, y)]
            draw.polygon([(a * f, b * f) for a, b in corners], fill=colour)
        case Label(x, y, text, size, colour, end):
            draw.text((x * f, y * f), text, fill=colour, font=_font(size * f), anchor="rs" if end else "ls")


def _font(size: int) -> ImageFont.FreeTypeFont:
    """Return the Chinese font that a dependency carries, so that a PNG needs no system font."""
    return ImageFont.truetype(str(files("paperang_p2_fonts_cjk") / "fonts" / "wqy-microhei.ttc"), size)
