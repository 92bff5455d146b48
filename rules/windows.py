"""Where a submission belongs by its kind and the instant of its receipt: taken, parked for a later batch, or refused.

Windows are half-open instants in Asia/Shanghai: 2019-12-02 as a last day ends at 12-03 00:00, which is outside (T1).
A parked row keeps its receipt time and is judged again when the next batch opens; it is never lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from rules.clock import at_time, end_of_day, in_shanghai, start_of_day
from rules.deadlines import day_of, vacation_span, waits_for
from rules.refusals import REASONS, Reason, register
from rules.season import Pack
from rules.season_batches import Batch, Span
from rules.season_values import Kind

_PARKED = "收到时间与数据已保留，转入第 {batch} 批（{until} 起），无需重报。", "Kept with its receipt time for batch {batch} (from {until}). Nothing to do."
register(
    Reason("T1-late", "T1", "{received} 收到，首批窗口已过。", "received {received}, after batch 1's window.", *_PARKED),
    Reason("T1-early", "T1", "{received} 收到，首批尚未开始。", "received {received}, before batch 1 opens.", *_PARKED),
    Reason("T2-early", "T2", "{received} 收到，第二批窗口尚未开始。", "received {received}, before batch 2's window opens.", *_PARKED),
    Reason("T2-late", "T2", "{received} 收到，第二批窗口已过。", "received {received}, after batch 2's window.", *_PARKED),
    Reason("window-early", "T1", "{received} 收到，该类数据的接收尚未开始。", "received {received}, before its window opens.", *_PARKED),
    Reason("window-late", "T1", "{received} 收到，该类数据的接收窗口已过。", "received {received}, after its window.", *_PARKED),
    Reason("N4-vacation", "N4", "{received} 收到，总部正在放寒假。", "received {received}, in HQ's vacation.", *_PARKED),
    Reason(
        "window-waits",
        "G1",
        "{received} 收到，下一批的开始日期尚未确定（等待 {waits_for}）。",
        "received {received}; the next batch's start is not known yet (waits for {waits_for}).",
        "数据已保留，日期确定后转入第 {batch} 批，无需重报。",
        "Kept for batch {batch} until that date is set. Nothing to do.",
    ),
    Reason(
        "N1-closed",
        "N1",
        "{received} 收到，本季毕业审核和证书办理已截止。",
        "received {received}, after this season's audit and certificates have ended.",
        "请按下一毕业季申请；特殊情况请联系总部。",
        "Apply in the next season; contact HQ about an exception.",
    ),
    Reason(
        "T3-late",
        "T3",
        "{received} 收到，续读本科毕业审核数据单独上报已截止。",
        "received {received}, after the deadline for separately reported fast-track audit data.",
        "请改按普通毕业审核数据上报，并与总部联系。",
        "Report these students with the ordinary audit data and contact HQ.",
    ),
    Reason(
        "R3-late",
        "R3",
        "{received} 收到，免修免考申请已过截止日。",
        "received {received}, after the deadline for exemption applications.",
        "学生转入 {season} 及以后的毕业季；如无此申请也能毕业，可由分部撤回申请并报总部批准。",
        "The student moves to season {season} or later; where the audit passes without it, the branch may withdraw it.",
    ),
    Reason(
        "N4-urgent-late",
        "N4",
        "{received} 收到，分部加急申请已截止。",
        "received {received}, after the last day for urgent requests by branches.",
        "请直接与总部联系，由总部提出。",
        "Contact HQ, which names urgent cases from now on.",
    ),
    Reason(
        "N6-late",
        "N6",
        "{received} 收到，已过封皮征订截止日，仍予接收。",
        "received {received}, after the day set for cover estimates; taken all the same.",
        "请与总部联系确认。",
        "Contact HQ to confirm it.",
    ),
    Reason(
        "N8-late",
        "N8",
        "{received} 收到，学籍延期名单上报已截止。",
        "received {received}, after the last day for extension lists.",
        "请与总部联系。",
        "Contact HQ.",
    ),
    Reason(
        "pack-kind-off",
        "G1",
        "{season} 毕业季没有“{kind}”这项业务。",
        "season {season} has no submissions of the kind {kind}.",
        "请核对数据类型，或与总部联系。",
        "Check the kind, or contact HQ.",
    ),
    Reason(
        "window-lower-level",
        "T1",
        "不在{level}规定的时间内（总部窗口以内，仍予接收）。",
        "outside the window that the {level} set (inside HQ's, so taken).",
        "请下次在规定时间内上报。",
        "Please keep that window next time.",
    ),
)

UNWINDOWED = frozenset({Kind.ROSTER, Kind.GRADE_HISTORY, Kind.REGISTRY_RECEIPT})


@dataclass(frozen=True)
class Placement:
    """Where a submission belongs.

    batch: that takes it, or for which it is parked. until: the end of the open window (itself outside), or the instant
    at which the next window opens; None = not known or no end. code: why not taken, in the table of refusals.
    season: the later season that R3 points to. warnings: codes that stop nothing. waits_for: an unknown date.
    """

    outcome: Literal["open", "parked", "refused"]
    batch: int | None = None
    until: datetime | None = None
    code: str | None = None
    season: str | None = None
    warnings: tuple[str, ...] = ()
    waits_for: str | None = None


@dataclass(frozen=True)
class BatchWindow:
    """A batch's window for a kind as instants: from `opens` on, before `closes`. None at an end: unlimited or unknown.

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
        return started and (self.closes is None or instant < self.closes)

    def is_over(self, instant: datetime) -> bool:
        """Say whether the window has closed."""
        return self.closes is not None and self.closes <= instant


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
    return sorted(windows, key=lambda window: (window.closes is None, window.closes or 0, window.batch))


def batch_open_at(pack: Pack, when: datetime) -> int | None:
    """Return the number of the batch whose audit is open at an instant, None between batches."""
    when = in_shanghai(when)
    windows = windows_for(pack, Kind.AUDIT_DATA)
    return next((window.batch for window in windows if window.holds(when)), None)


def place(pack: Pack, kind: Kind | str, received_at: datetime) -> Placement:
    """Say whether a submission of a kind, received at an instant, is taken, parked or refused.

    received_at: with a time zone, else ValueError. ValueError too for a kind that Biye does not know.
    Source: T1, T2, T3, R3, N1, N4, N6, N8 and MODEL's table of submissions.
    """
    kind, received_at = Kind(kind), in_shanghai(received_at)
    special = _SPECIAL.get(kind)
    if kind in UNWINDOWED:
        return Placement("open", batch_open_at(pack, received_at))
    if special:
        return special(pack, received_at)
    windows = windows_for(pack, kind)
    if not windows:
        return Placement("refused", code="pack-kind-off")
    return _in_a_window(pack, kind, windows, received_at) or _between(pack, kind, windows, received_at)


def _in_a_window(pack: Pack, kind: Kind, windows: Sequence[BatchWindow], at: datetime) -> Placement | None:
    for window in windows:
        if window.holds(at):
            warnings = _lower_levels_missed(pack, pack.batch(window.batch), kind, at)
            return Placement("open", window.batch, window.closes, warnings=warnings)
    return None


def _lower_levels_missed(pack: Pack, batch: Batch, kind: Kind, at: datetime) -> tuple[str, ...]:
    lower = [window_of(pack, batch, window) for window in batch.lower_windows(kind)]
    return ("window-lower-level",) if any(not window.holds(at) for window in lower) else ()


def _between(pack: Pack, kind: Kind, windows: Sequence[BatchWindow], at: datetime) -> Placement:
    """Park for the next window that opens; after the last one refuse, except photos, which release holds (R1, N7)."""
    ahead = [window for window in windows if window.opens and window.opens > at and not window.waits_for]
    waiting = [window for window in windows if window.waits_for and not window.is_over(at)]
    over = [window for window in windows if window.is_over(at)]
    if kind is Kind.PHOTOS and over and not in_vacation(pack, at):
        return Placement("open", over[-1].batch)
    if ahead:
        following = min(ahead, key=lambda window: (window.opens, window.batch))
        return Placement("parked", following.batch, following.opens, _why_parked(pack, over, following, at))
    if waiting:
        return Placement("parked", waiting[0].batch, code="window-waits", waits_for=waiting[0].waits_for)
    return Placement("refused", until=over[-1].closes, code="N1-closed")


def _why_parked(pack: Pack, over: Sequence[BatchWindow], following: BatchWindow, at: datetime) -> str:
    if in_vacation(pack, at):
        return "N4-vacation"
    code = f"{over[-1].clause}-late" if over else f"{following.clause}-early"
    return code if code in REASONS else code.replace(code.rpartition("-")[0], "window")


def in_vacation(pack: Pack, at: datetime) -> bool:
    """Say whether an instant lies in HQ's vacation (N4)."""
    span = vacation_span(pack)
    return span is not None and span[0] <= in_shanghai(at).date() <= span[1]


def _until_day(pack: Pack, name: str) -> datetime | None:
    day = day_of(pack, name)
    return end_of_day(day) if day else None


def _fast_track(pack: Pack, at: datetime) -> Placement:
    """T3: as audit data, but closed for good at its deadline or with the last batch that may carry it."""
    if pack.fast_track is None:
        return Placement("refused", code="pack-kind-off")
    until = _until_day(pack, pack.fast_track.deadline)
    if until and until <= at:
        return Placement("refused", until=until, code="T3-late")
    windows = windows_for(pack, Kind.AUDIT_DATA)
    last = [window.batch for window in windows].index(pack.fast_track.last_batch)
    placed = place_in(pack, windows[: last + 1], at)
    if placed.outcome == "refused" or (placed.outcome == "parked" and until and placed.until and placed.until >= until):
        return Placement("refused", until=placed.until, code="T3-late")
    if placed.outcome == "open":
        ends = [end for end in (until, placed.until) if end]
        waiting = waits_for(pack, pack.fast_track.deadline)
        return Placement("open", placed.batch, min(ends, default=None), waits_for=waiting)
    return placed


def place_in(pack: Pack, windows: Sequence[BatchWindow], at: datetime) -> Placement:
    """Place audit data in some of the batches only."""
    taken = _in_a_window(pack, Kind.AUDIT_DATA, windows, at)
    return taken or _between(pack, Kind.AUDIT_DATA, windows, at)


def _exemption(pack: Pack, at: datetime) -> Placement:
    """R3: in time by the day of our receipt; later moves the student to a later season."""
    if pack.exemption is None:
        return Placement("refused", code="pack-kind-off")
    until = _until_day(pack, pack.exemption.deadline)
    if until and until <= at:
        return Placement("parked", until=until, code="R3-late", season=pack.exemption.later_season)
    return Placement("open", batch_open_at(pack, at), until, waits_for=waits_for(pack, pack.exemption.deadline))


def _urgent(pack: Pack, at: datetime) -> Placement:
    """N4: by branches until a day, from then on by HQ alone."""
    name = pack.urgent.requests_until if pack.urgent else None
    return _until(pack, name, at, "N4-urgent-late")


def _extension(pack: Pack, at: datetime) -> Placement:
    """N8: lists are taken up to their day, inclusive."""
    return _until(pack, pack.extension.list_by if pack.extension else None, at, "N8-late")


def _covers(pack: Pack, at: datetime) -> Placement:
    """N6: a late estimate is taken with a warning."""
    placed = _until(pack, pack.covers.deadline if pack.covers else None, at, "N6-late")
    return Placement("open", placed.batch, placed.until, warnings=("N6-late",)) if placed.code == "N6-late" else placed


def _until(pack: Pack, name: str | None, at: datetime, late: str) -> Placement:
    if name is None:
        return Placement("refused", code="pack-kind-off")
    until = _until_day(pack, name)
    if until and until <= at:
        return Placement("refused", until=until, code=late)
    return Placement("open", batch_open_at(pack, at), until, waits_for=waits_for(pack, name))


_SPECIAL = {
    Kind.AUDIT_DATA_FAST_TRACK: _fast_track,
    Kind.EXEMPTION: _exemption,
    Kind.URGENT_REQUEST: _urgent,
    Kind.EXTENSION: _extension,
    Kind.COVER_ESTIMATE: _covers,
}


def days_of_window(window: BatchWindow) -> tuple[date, date] | None:
    """Return first and last day of a window, None if an end is unknown or missing."""
    if window.opens is None or window.closes is None or window.waits_for:
        return None
    return window.opens.date(), (window.closes - timedelta(microseconds=1)).date()
