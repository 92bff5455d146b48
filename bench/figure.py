"""A row of the bench's table: what Biye takes beside the plainest way to do the same, and its bound."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Row:
    """What is measured, beside what, and its bound: at most so many times (`lower`) or at least."""

    name: str
    zh: str
    beside: str
    bound: float
    better: Literal["lower", "higher"] = "lower"
    unit: str = "×"


@dataclass(frozen=True)
class Figure:
    """A row as it was measured."""

    row: Row
    ratio: float

    @property
    def off(self) -> float:
        """How many times the bound the figure is off; 1 or less keeps it."""
        if self.row.better == "lower":
            return self.ratio / self.row.bound
        return self.row.bound / self.ratio

    @property
    def met(self) -> bool:
        """Whether the bound is kept."""
        return self.off <= 1

    def as_json(self) -> dict[str, Any]:
        """Return what `results-SIZE.json` says of it."""
        row = self.row
        told = {"row": row.name, "ratio": self.ratio, "bound": row.bound, "better": row.better}
        return told | {"pass": self.met, "zh": row.zh, "beside": row.beside, "unit": row.unit}

    @classmethod
    def of(cls, told: dict[str, Any]) -> "Figure":
        """Return a figure as `results-SIZE.json` has it."""
        row = Row(told["row"], told["zh"], told["beside"], told["bound"], told["better"], told["unit"])
        return cls(row, told["ratio"])


Measure = Callable[[int, int, Callable[[object], None]], list[Figure]]
"""What every part of the bench offers as `figures(students, turns, tell)`: its rows, measured."""


def processor_seconds(work: Callable[[], object]) -> float:
    """Return what a call takes of the processor, all threads together."""
    before = time.process_time()
    work()
    return time.process_time() - before


def in_turn(turns: int, biye: Callable[[], object], plain: Callable[[], object]) -> tuple[float, float]:
    """Return the fastest processor seconds of both sides, measured one after the other in each turn."""
    measured = [(processor_seconds(biye), processor_seconds(plain)) for _ in range(turns)]
    return min(ours for ours, _ in measured), min(theirs for _, theirs in measured)
