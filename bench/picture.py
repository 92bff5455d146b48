"""The bench's table as a picture for the docs: one bar a row, as long as the row is off its bound."""

from collections.abc import Sequence
from html import escape

from bench.figure import Figure

WIDTH, LEFT, LINE, TOP, UNIT = 1100, 430, 26, 44, 300
KEPT, MISSED, INK = "#2f855a", "#c53030", "#1f2933"


def picture(found: Sequence[Figure]) -> str:
    """Return SVG: a bar that stays left of the line keeps its bound; twice the bound ends the scale."""
    height = TOP + LINE * len(found) + 16
    opened = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" font-size="14"'
    line = f'<line x1="{LEFT + UNIT}" x2="{LEFT + UNIT}" y1="{TOP - 12}" y2="{height - 8}" stroke="{INK}"/>'
    title = f'<text x="{LEFT + UNIT}" y="{TOP - 20}" text-anchor="middle" fill="{INK}">界限 bound</text>'
    bars = (_bar(one, TOP + LINE * at) for at, one in enumerate(found))
    return "\n".join([f'{opened} font-family="sans-serif">', *bars, line, title, "</svg>\n"])


def _bar(one: Figure, y: int) -> str:
    row, width = one.row, min(one.off, 2) * UNIT
    sign, colour = "≤" if row.better == "lower" else "≥", KEPT if one.met else MISSED
    said = f"{one.ratio:.3g} {row.unit} ({sign} {row.bound:g})"
    named = escape(f"{row.name} {row.zh}")
    name = f'<text x="{LEFT - 8}" y="{y + 13}" text-anchor="end" fill="{INK}">{named}</text>'
    bar = f'<rect x="{LEFT}" y="{y}" width="{width:.1f}" height="{LINE - 8}" fill="{colour}"/>'
    value = f'<text x="{LEFT + max(width, UNIT) + 8:.1f}" y="{y + 13}" fill="{INK}">{escape(said)}</text>'
    return name + bar + value
