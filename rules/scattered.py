"""Scattered submissions (N3): many small files in few days, where the notice asks for concentrated data.

A warning, never a block: count, sizes and gaps are told to the unit and to HQ.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from rules.clock import day_in_shanghai
from rules.refusals import BiyeError, Reason, register
from rules.season_parts import Scattered
from rules.season_values import Kind

# What sets a case's place (N3): the grades and the audit data.
COUNTED = frozenset({Kind.PRACTICE, Kind.FINAL_EXAM, Kind.AUDIT_DATA, Kind.AUDIT_DATA_FAST_TRACK})

register(
    Reason(
        "N3-scattered",
        "N3",
        "{kind_zh}上报过于分散：{days} 天内 {files} 份，每份 {sizes} 行，间隔 {gaps} 天。",
        "{kind} comes scattered: {files} files in {days} days, {sizes} rows each, {gaps} days apart.",
        "请适当集中上报；本提醒不影响已收数据的处理和次序。",
        "Please send concentrated data; what was received keeps its place.",
    )
)


@dataclass(frozen=True)
class Arrival:
    """One file of a unit, kind and batch: its receipt, when it came, and its rows."""

    receipt: int
    received_at: datetime
    rows: int


@dataclass(frozen=True)
class Scattering:
    """The small files that came too close together, in order of receipt."""

    arrivals: tuple[Arrival, ...]

    @property
    def sizes(self) -> tuple[int, int]:
        """Return the rows of the smallest and of the largest file."""
        rows = [one.rows for one in self.arrivals]
        return min(rows), max(rows)

    @property
    def gaps(self) -> tuple[int, int]:
        """Return the days of the shortest and of the longest gap between two files."""
        days = [day_in_shanghai(one.received_at) for one in self.arrivals]
        between = [(later - earlier).days for earlier, later in pairwise(days)]
        return min(between, default=0), max(between, default=0)

    @property
    def days(self) -> int:
        """Return over how many days the files came, both ends counted."""
        first, last = self.arrivals[0], self.arrivals[-1]
        return (day_in_shanghai(last.received_at) - day_in_shanghai(first.received_at)).days + 1


def scattering(arrivals: Iterable[Arrival], limit: Scattered | None) -> Scattering | None:
    """Return the longest run of small files within the pack's days; None if it is not over its number.

    arrivals: of one unit, kind and batch. limit: the pack's; None where a season has no such warning.
    """
    if limit is None:
        return None
    small = sorted(
        (one for one in arrivals if one.rows < limit.smaller_than),
        key=lambda one: (one.received_at, one.receipt),
    )
    days = [day_in_shanghai(one.received_at) for one in small]
    longest: tuple[Arrival, ...] = ()
    for start, first in enumerate(days):
        inside = sum((day - first).days < limit.within_days for day in days[start:])
        longest = max(longest, tuple(small[start : start + inside]), key=len)
    return Scattering(longest) if len(longest) > limit.more_than else None


def said_scattered(found: Scattering, kind: str, kind_zh: str) -> BiyeError:
    """Return the warning in words, to be shown and never raised."""
    sizes, gaps = (f"{low}–{high}" if low < high else str(low) for low, high in (found.sizes, found.gaps))
    facts = {"files": len(found.arrivals), "days": found.days, "sizes": sizes, "gaps": gaps}
    return BiyeError("N3-scattered", kind=kind, kind_zh=kind_zh, **facts)
