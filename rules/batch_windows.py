"""The windows of a season's batches as instants, and where one kind of submission falls among them (T1, T2,
N1, N4).

Windows are half-open instants in Asia/Shanghai: 2019-12-02 as a last day ends at 12-03 00:00, which is
outside.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from rules.clock import at_time, end_of_day, in_shanghai, start_of_day
from rules.deadlines import day_of, vacation_span, waits_for
from rules.refusals_windows import BY_CLAUSE
from rules.season import Pack
from rules.season_batches import Batch, Span
from rules.season_values import Kind


@dataclass(frozen=True)
class Placement:
    """Where a submission belongs.

    batch: that takes it, or for which it is parked. until: the end of the open window (itself outside), or
    the instant at which the next window opens; None = no end, or not known. code: why not taken, in the
    table of refusals. season: the later season that R3 points to. warnings: codes that stop nothing.
    waits_for: an unknown date. window: first and last day of the window meant by the code, as text.
    """

    outcome: Literal["open", "parked", "refused"]
    batch: int | None = None
    until: datetime | None = None
    code: str | None = None
    season: str | None = None
    warnings: tuple[str, ...] = ()
    waits_for: str | None = None
    window: str = ""


@dataclass(frozen=True)
class BatchWindow:
    """A batch's window for a kind as instants: from `opens` on, before `closes`. None at an end: unlimited
    or unknown.

    waits_for: the unknown date on which the opening hangs; such a window has not opened.
    """

    batch: int
    clause: str
    opens: datetime | None
    closes: datetime | None
    waits_for: str | None = None

    def holds(self, instant: datetime) -> bool:
        """Say whether the window is open at an instant."""
        started = self.waits_for is None and (self.opens is None or self.opens <= instant)
        return started and not self.is_over(instant)

    def is_over(self, instant: datetime) -> bool:
        """Say whether the window has closed."""
        return self.closes is not None and self.closes <= instant

    def is_ahead(self, instant: datetime) -> bool:
        """Say whether the window opens later, at an instant that is known."""
        return self.waits_for is None and self.opens is not None and self.opens > instant

    @property
    def days(self) -> tuple[date, date] | None:
        """Return first and last day; None if an end is unknown or missing."""
        if self.opens is None or self.closes is None or self.waits_for:
            return None
        return self.opens.date(), (self.closes - timedelta(microseconds=1)).date()

    def __str__(self) -> str:
        """Say both ends as people read them: days, and the time of a closing within a day."""
        opens = f"{self.opens:%Y-%m-%d}" if self.opens else (self.waits_for or "")
        if self.closes is None:
            return f"{opens} …"
        whole_day = self.closes.time() == self.closes.min.time()
        closes = self.closes - timedelta(days=1) if whole_day else self.closes
        return f"{opens} … {closes:%Y-%m-%d}" + ("" if whole_day else f" {closes:%H:%M}")


def window_of(pack: Pack, batch: Batch, span: Span) -> BatchWindow:
    """Return a span of a batch as instants in Asia/Shanghai."""
    first, last = day_of(pack, span.opens), day_of(pack, span.closes)
    opens = start_of_day(first) if first else None
    return BatchWindow(batch.number, span.clause, opens, _closing(last, span), waits_for(pack, span.opens))


def _closing(last: date | None, span: Span) -> datetime | None:
    if last is None:
        return None
    return at_time(last, span.closes_at) if span.closes_at else end_of_day(last)


def windows_for(pack: Pack, kind: Kind | str) -> list[BatchWindow]:
    """Return the windows of the open batches that take a kind, in the order in which they close."""
    spans = [(batch, batch.span_of(Kind(kind))) for batch in pack.open_batches]
    windows = [window_of(pack, batch, span) for batch, span in spans if span]
    return sorted(windows, key=_by_closing)


def _by_closing(window: BatchWindow) -> tuple[bool, float, int]:
    return window.closes is None, window.closes.timestamp() if window.closes else 0.0, window.batch


def batch_open_at(pack: Pack, when: datetime) -> int | None:
    """Return the number of the batch whose audit is open at an instant, None between batches."""
    when = in_shanghai(when)
    windows = windows_for(pack, Kind.AUDIT_DATA)
    return next((window.batch for window in windows if window.holds(when)), None)


def in_vacation(pack: Pack, at: datetime) -> bool:
    """Say whether an instant lies in HQ's vacation (N4)."""
    span = vacation_span(pack)
    return span is not None and span[0] <= in_shanghai(at).date() <= span[1]


def place_among(pack: Pack, kind: Kind, windows: Sequence[BatchWindow], at: datetime) -> Placement:
    """Place a submission among some windows: taken in one, parked for the next, or refused when none is left.

    A photo is also taken between batches and after the last one, because it releases a hold (R1, N7); in
    the vacation it waits like all else (N4).
    """
    if not windows:
        return Placement("refused", code="pack-kind-off")
    over = [window for window in windows if window.is_over(at)]
    if any(window.holds(at) for window in windows):
        return _taken(pack, kind, next(window for window in windows if window.holds(at)), at)
    if kind is Kind.PHOTOS and over and not in_vacation(pack, at):
        return Placement("open", over[-1].batch)
    return _parked(pack, windows, at) or Placement("refused", until=over[-1].closes, code="N1-closed")


def _taken(pack: Pack, kind: Kind, window: BatchWindow, at: datetime) -> Placement:
    batch = pack.batch(window.batch)
    lower = [window_of(pack, batch, span) for span in batch.lower_windows(kind)]
    warnings = ("window-lower-level",) if any(not one.holds(at) for one in lower) else ()
    return Placement("open", window.batch, window.closes, warnings=warnings, window=str(window))


def _parked(pack: Pack, windows: Sequence[BatchWindow], at: datetime) -> Placement | None:
    ahead = [window for window in windows if window.is_ahead(at)]
    waiting = [window for window in windows if window.waits_for and not window.is_over(at)]
    if ahead:
        following = min(ahead, key=lambda window: window.opens or at)
        code, missed = _why(pack, windows, following, at)
        return Placement("parked", following.batch, following.opens, code, window=str(missed))
    if waiting:
        return Placement("parked", waiting[0].batch, code="window-waits", waits_for=waiting[0].waits_for)
    return None


def _why(
    pack: Pack, windows: Sequence[BatchWindow], following: BatchWindow, at: datetime
) -> tuple[str, BatchWindow]:
    """Return why a submission waits, and the window that it missed or that is to come."""
    over = [window for window in windows if window.is_over(at)]
    missed, word = (over[-1], "late") if over else (following, "early")
    if in_vacation(pack, at):
        return "N4-vacation", missed
    code = f"{missed.clause}-{word}"
    return (code if code in BY_CLAUSE else f"window-{word}"), missed
