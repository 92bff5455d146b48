"""The picture of a gap check: a bar a step, and under it who stays there, why, and whose turn it is (N5)."""

from collections.abc import Sequence
from pathlib import Path

import rules.reports  # noqa: F401  registers report-folder
from rules.gap_causes import CHINESE, OWNERS_ZH, UNEXPLAINED, said_cause
from rules.refusals import Refused
from tasks.gap import Gaps
from tasks.timeline_picture import FAINT, PAPER, WIDTH, Box, Label, Shape, draw

LEFT, RIGHT, TOP, STEP_ROW, CAUSE_ROW = 330, 150, 96, 40, 26
DONE, WAITS, ALARM = "#2b6cb0", "#e8b04a", "#c53030"


def write_gap_picture(gaps: Gaps, title: str, file: Path) -> None:
    """Draw a gap check into a file, SVG or PNG by its suffix; Refused report-folder."""
    try:
        draw(*gap_shapes(gaps, title), title, file)
    except OSError as error:
        raise Refused("report-folder", place=file, why=error.strerror) from None


def gap_shapes(gaps: Gaps, title: str) -> tuple[list[Shape], int]:
    """Return what to draw and the picture's height; counts only, no person."""
    steps = gaps.waterfall()
    whole, y = max(1, steps[0][1]), TOP
    shapes: list[Shape] = []
    for step, people in steps:
        shapes += _bar(y, f"{CHINESE[step]} {step}", people, whole)
        y += STEP_ROW
        for (_, *cause), count in _causes(gaps, step):
            shapes += _cause(y, cause, count, whole)
            y += CAUSE_ROW
    said = f"{gaps.season} · 查缺补漏 gap check · {gaps.as_of:%Y-%m-%d %H:%M}"
    head: list[Shape] = [
        Box(0, 0, WIDTH, y + 20, PAPER),
        Label(24, 38, title, 22),
        Label(24, 64, said, 14, FAINT),
    ]
    return [*head, *shapes], y + 20


def _causes(gaps: Gaps, step: str) -> list[tuple[tuple[str, ...], int]]:
    """Return how many people stay at a step, by step, cause, detail and owner, the most first."""
    found = gaps.by("step", "cause", "detail", "owner").most_common()
    return [(key, people) for key, people in found if key[0] == step]


def _bar(y: float, name: str, people: int, whole: int) -> list[Shape]:
    width = _width(people, whole)
    text = f"{people} 人 · {100 * people / whole:.1f} %"
    return [Label(24, y + 18, name), Box(LEFT, y, width, 24, DONE), Label(LEFT + width + 8, y + 17, text)]


def _cause(y: float, told: Sequence[str], count: int, whole: int) -> list[Shape]:
    (cause, detail, owner), width = told, _width(count, whole)
    colour = ALARM if cause == UNEXPLAINED.code else WAITS
    text = f"{count} · {said_cause(cause, detail)} → {OWNERS_ZH[owner]} {owner}"
    return [Box(LEFT, y, width, 14, colour), Label(LEFT + width + 8, y + 12, text, 13, FAINT)]


def _width(people: int, whole: int) -> float:
    """Return a bar's width; room is left for the longest words beside a bar."""
    return max(1.0, round(people / whole * (WIDTH - LEFT - RIGHT - 400), 1))
