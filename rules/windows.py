"""Where a submission belongs by its kind and the instant of its receipt: taken, parked for a later batch,
or refused.

A parked row keeps its receipt time and is judged again when the next batch opens; it is never lost (T1).
What a season lacks is off: a file of that kind is refused with the reason.
"""

from dataclasses import replace
from datetime import datetime, time, timedelta

from rules.batch_windows import Placement, batch_open_at, place_among, windows_for
from rules.clock import end_of_day, in_shanghai
from rules.deadlines import day_of, waits_for
from rules.refusals import BiyeError
from rules.season import Pack
from rules.season_values import GRADE_KINDS, Kind
from rules.timeline import season_days

__all__ = ["Placement", "batch_open_at", "details", "place", "warned", "windows_for"]

UNWINDOWED = frozenset({Kind.ROSTER, Kind.GRADE_HISTORY, Kind.REGISTRY_RECEIPT})
BY_BATCH = frozenset({*GRADE_KINDS, Kind.AUDIT_DATA, Kind.PHOTOS, Kind.CERTIFICATE_DATA})


def place(pack: Pack, kind: Kind | str, received_at: datetime) -> Placement:
    """Say whether a submission of a kind, received at an instant, is taken, parked or refused.

    received_at: with a time zone, else ValueError. ValueError too for a kind that Biye does not know.
    Source: T1, T2, T3, R3, N1, N4, N6, N8 and MODEL's table of submissions.
    """
    kind, received_at = Kind(kind), in_shanghai(received_at)
    if kind in UNWINDOWED:
        return Placement("open", batch_open_at(pack, received_at))
    if kind in _BY_A_DAY:
        return _BY_A_DAY[kind](pack, received_at)
    return place_among(pack, kind, windows_for(pack, kind), received_at)


def details(pack: Pack, kind: Kind | str, received_at: datetime, placement: Placement) -> dict[str, object]:
    """Return what the sentence of a placement's code needs: Refused(code, **details) or a row's message."""
    said = {
        "received": f"{in_shanghai(received_at):%Y-%m-%d %H:%M:%S}",
        "until": _said_until(placement),
        "batch": placement.batch,
        "season": placement.season or pack.season,
        "waits_for": placement.waits_for,
        "window": placement.window,
    }
    return {"kind": str(kind), **said}


def warned(pack: Pack, kind: Kind | str, received_at: datetime, placement: Placement) -> list[str]:
    """Return what a unit is told of a file that is taken all the same: Chinese, then English, by line."""
    said = details(pack, kind, received_at, placement)
    return [line for code in placement.warnings for line in str(BiyeError(code, **said)).splitlines()]


def _said_until(placement: Placement) -> str:
    """Write an end at midnight as 24:00 of the last day, as people do; the opening ahead as it is."""
    if placement.until is None:
        return "—"
    opening = placement.outcome == "parked" and placement.season is None
    if opening or placement.until.time() != time.min:
        return f"{placement.until:%Y-%m-%d %H:%M}"
    return f"{placement.until - timedelta(days=1):%Y-%m-%d} 24:00"


def _fast_track(pack: Pack, at: datetime) -> Placement:
    """T3: as audit data, but closed for good at its deadline or with the last batch that may carry it."""
    if pack.fast_track is None:
        return _off()
    until, windows = _end_of(pack, pack.fast_track.deadline), windows_for(pack, Kind.AUDIT_DATA)
    last = [window.batch for window in windows].index(pack.fast_track.last_batch)
    placed = place_among(pack, Kind.AUDIT_DATA, windows[: last + 1], at)
    too_late = until is not None and (
        until <= at or (placed.outcome == "parked" and _opens(placed, at) >= until)
    )
    if too_late or placed.outcome == "refused":
        code = "T3-late-urgent" if pack.fast_track.late_to_urgent else "T3-late"
        return Placement("refused", until=until or placed.until, code=code)
    if placed.outcome == "parked":
        return placed
    ends = [end for end in (until, placed.until) if end]
    return replace(placed, until=min(ends, default=None), waits_for=waits_for(pack, pack.fast_track.deadline))


def _opens(placed: Placement, at: datetime) -> datetime:
    return placed.until or at


def _exemption(pack: Pack, at: datetime) -> Placement:
    """R3: in time by the day of our receipt; a later one is taken, too, and moves the student to a later
    season.

    Its batch is the one whose audit comes next: what an application says bears on that.
    """
    placed = _until(pack, pack.exemption.deadline if pack.exemption else None, at, "R3-late")
    if pack.exemption is None:
        return placed
    audit = windows_for(pack, Kind.AUDIT_DATA)
    placed = replace(placed, outcome="open", batch=place_among(pack, Kind.AUDIT_DATA, audit, at).batch)
    late, season = placed.code == "R3-late", pack.exemption.later_season
    return replace(placed, code=None, warnings=("R3-late",), season=season) if late else placed


def _urgent(pack: Pack, at: datetime) -> Placement:
    """N4: by branches until a day, from then on by HQ alone."""
    return _until(pack, pack.urgent.requests_until if pack.urgent else None, at, "N4-urgent-late")


def _extension(pack: Pack, at: datetime) -> Placement:
    """N8: lists are taken up to their day, inclusive."""
    return _until(pack, pack.extension.list_by if pack.extension else None, at, "N8-late")


def _cleaned_up(pack: Pack, at: datetime) -> Placement:
    """N8: at any time, where the season cleans up or extends enrolments at all."""
    return Placement("open", batch_open_at(pack, at)) if pack.cleanups or pack.extension else _off()


def _covers(pack: Pack, at: datetime) -> Placement:
    """N6: a late estimate is taken with a warning, as long as the season has anything due."""
    season = season_days(pack)
    if pack.covers and season and end_of_day(season[1]) <= at:
        return Placement("refused", until=end_of_day(season[1]), code="N6-closed")
    placed = _until(pack, pack.covers.deadline if pack.covers else None, at, "N6-late")
    late = placed.code == "N6-late"
    return replace(placed, outcome="open", code=None, warnings=("N6-late",)) if late else placed


def _until(pack: Pack, name: str | None, at: datetime, late: str) -> Placement:
    """Take a kind up to the end of a named day; off if the season has no such day."""
    if name is None:
        return _off()
    until = _end_of(pack, name)
    if until and until <= at:
        return Placement("refused", until=until, code=late)
    return Placement("open", batch_open_at(pack, at), until, waits_for=waits_for(pack, name))


def _end_of(pack: Pack, name: str) -> datetime | None:
    day = day_of(pack, name)
    return end_of_day(day) if day else None


def _off() -> Placement:
    return Placement("refused", code="pack-kind-off")


_BY_A_DAY = {
    Kind.AUDIT_DATA_FAST_TRACK: _fast_track,
    Kind.EXEMPTION: _exemption,
    Kind.URGENT_REQUEST: _urgent,
    Kind.EXTENSION: _extension,
    Kind.EXTENSION_HISTORY: _cleaned_up,
    Kind.WITHDRAWAL_RECEIPT: _cleaned_up,
    Kind.COVER_ESTIMATE: _covers,
}
