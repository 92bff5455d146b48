"""The plan of a season's runs: which flow is due when, for which batch, under which clause.

Series keep the plan short where it repeats: one flow of one batch at one time of day on a list of days. A
cancelled batch has no runs (N4). What waits for an unknown date is not planned yet.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from rules.batch_windows import window_of
from rules.calendar import Calendar, days_of_span, workdays_after, workdays_in
from rules.cleanup_dates import run_days
from rules.clock import at_time
from rules.deadlines import day_of, due_day, season_calendar
from rules.season import Pack
from rules.season_batches import Batch, Span

# Phases that fall due at one instant run in this order.
PHASES = (
    *("close", "open", "intake", "audit", "register", "certify", "dispatch", "cleanup", "watch"),
    *("gap-check", "close-season", "sweep"),
)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True)
class PlannedSeries:
    """One flow on several days at one time of day (Asia/Shanghai); batch is None for the season's own
    flows.
    """

    flow: str
    batch: int | None
    clause: str
    days: tuple[date, ...]
    at: time


@dataclass(frozen=True)
class PlannedPhase:
    """One run that is due: flow, batch (None for the season's own flows), instant, clause."""

    flow: str
    batch: int | None
    due_at: datetime
    clause: str


def planned_series(pack: Pack, calendar: Calendar | None = None) -> list[PlannedSeries]:
    """Return every series of runs of a season, batches first; series without a day are left out.

    calendar: whose workdays count; default the season's with all that is known. Raises Refused
    calendar-missing.
    """
    calendar = calendar or season_calendar(pack)
    series = [one for batch in pack.open_batches for one in _of_batch(pack, batch, calendar)]
    return [one for one in [*series, *_of_season(pack, calendar)] if one.days]


def in_turn(series: PlannedSeries) -> PlannedSeries:
    """Let phases of one time of day start a second apart, in the order of their work: workers take the
    earliest first, and phases wait for those before them.
    """
    instant = datetime.combine(date.min, series.at)
    later = instant + timedelta(seconds=PHASES.index(series.flow))
    return replace(series, at=later.time() if later.date() == instant.date() else series.at)


def phases_of(series: Iterable[PlannedSeries]) -> list[PlannedPhase]:
    """Return every run of some series."""
    return [
        PlannedPhase(one.flow, one.batch, at_time(day, one.at), one.clause)
        for one in series
        for day in one.days
    ]


def planned_phases(pack: Pack, calendar: Calendar | None = None) -> list[PlannedPhase]:
    """Return every planned run, in the order in which the runs fall due."""
    phases = phases_of(planned_series(pack, calendar))
    return sorted(phases, key=lambda phase: (phase.due_at, PHASES.index(phase.flow), phase.batch or 0))


def _of_batch(pack: Pack, batch: Batch, calendar: Calendar) -> Iterator[PlannedSeries]:
    when, number = pack.schedule, batch.number
    openings, closings = _openings(pack, batch), _closings(pack, batch)
    for clause, days in openings.items():
        yield PlannedSeries("open", number, clause, days, when.phases_at)
    for clause, days in closings.items():
        yield PlannedSeries("close", number, clause, days, when.closings_at)
    audit, whole = _days(pack, batch, [batch.audit]), _days(pack, batch, _spans(batch))
    intake_days = workdays_in(whole, calendar) if whole else ()
    yield PlannedSeries("intake", number, batch.clause, intake_days, when.phases_at)
    yield PlannedSeries("audit", number, batch.clause, _audit_days(audit, calendar), when.phases_at)
    for flow, duty in (("register", "registry"), ("certify", "certificate"), ("dispatch", "certificate")):
        yield _with_tail(pack, batch, flow, duty, whole, calendar)


def _audit_days(span: tuple[date, date] | None, calendar: Calendar) -> tuple[date, ...]:
    """Return the batch's workdays and the first after them, for what came in on the last day (N1)."""
    return (*workdays_in(span, calendar), workdays_after(span[1], 1, calendar)) if span else ()


def _with_tail(
    pack: Pack, batch: Batch, flow: str, name: str, span: tuple[date, date] | None, calendar: Calendar
) -> PlannedSeries:
    """Plan a flow on workdays as long as something of the batch can be due: clocks end after the batch
    (N1).
    """
    duty = pack.duty(name)
    clause = duty.clause if duty else batch.clause
    last = due_day(pack, duty, span[1], calendar) if duty and span else None
    days = workdays_in((span[0], max(span[1], last or span[1])), calendar) if span else ()
    return PlannedSeries(flow, batch.number, clause, days, pack.schedule.phases_at)


def _spans(batch: Batch) -> list[Span | None]:
    windows = [batch.span_of(kind) for kind in sorted(batch.kinds)]
    return [batch.audit, batch.certificates, *windows]


def _days(pack: Pack, batch: Batch, spans: Iterable[Span | None]) -> tuple[date, date] | None:
    """Return the first and the last day over spans that are fully known; None if there is none."""
    known = [days for span in spans if span and (days := window_of(pack, batch, span).days)]
    return (min(first for first, _ in known), max(last for _, last in known)) if known else None


def _openings(pack: Pack, batch: Batch) -> dict[str, tuple[date, ...]]:
    """Return clause → first days of the batch's windows, each day once."""
    windows = [window_of(pack, batch, span) for span in _spans(batch) if span]
    return _once((w.clause, w.opens.date()) for w in windows if w.opens and not w.waits_for)


def _closings(pack: Pack, batch: Batch) -> dict[str, tuple[date, ...]]:
    """Return clause → the day after each window of the batch, each day once."""
    spans = [(span.clause, day_of(pack, span.closes)) for span in _spans(batch) if span]
    return _once((clause, last + timedelta(days=1)) for clause, last in spans if last)


def _once(pairs: Iterable[tuple[str, date]]) -> dict[str, tuple[date, ...]]:
    seen: dict[date, str] = {}
    for clause, day in pairs:
        seen.setdefault(day, clause)
    clauses = dict.fromkeys(seen.values())
    return {clause: tuple(sorted(day for day in seen if seen[day] == clause)) for clause in clauses}


def _of_season(pack: Pack, calendar: Calendar) -> Iterator[PlannedSeries]:
    span = season_days(pack, calendar)
    days = tuple(days_of_span(span)) if span else ()
    cleanups = run_days(pack, calendar) if span else ()
    yield PlannedSeries("cleanup", None, "N8", cleanups, pack.schedule.phases_at)
    yield PlannedSeries("watch", None, "G2", days, pack.schedule.watch_at or pack.schedule.phases_at)
    yield PlannedSeries("sweep", None, "G2", days, pack.schedule.sweep_at or pack.schedule.phases_at)
    if span:
        yield from _of_its_end(pack, span, calendar)


def _of_its_end(pack: Pack, span: tuple[date, date], calendar: Calendar) -> Iterator[PlannedSeries]:
    """N5: a gap check on the first workday of every week from the issue date on, then the closing."""
    weeks: dict[tuple[int, int], date] = {}
    for day in workdays_in((min(pack.issue_date, span[1]), span[1]), calendar):
        weeks.setdefault(day.isocalendar()[:2], day)
    yield PlannedSeries("gap-check", None, "N5", tuple(weeks.values()), pack.schedule.phases_at)
    after = span[1] + timedelta(days=1)
    yield PlannedSeries("close-season", None, "N5", (after,), pack.schedule.phases_at)


def season_days(pack: Pack, calendar: Calendar | None = None) -> tuple[date, date] | None:
    """Return the first and the last day on which a season can have something due; None if no batch is known
    yet.
    """
    calendar = calendar or season_calendar(pack)
    spans = [days for batch in pack.open_batches if (days := _days(pack, batch, _spans(batch)))]
    if not spans:
        return None
    end = max(last for _, last in spans)
    dates = [day for name in pack.dates if (day := day_of(pack, name, calendar))]
    dues = [due for duty in pack.duties if (due := due_day(pack, duty, end, calendar))]
    return min(first for first, _ in spans), max([end, *dates, *dues])


def rrule(series: PlannedSeries) -> str:
    """Return a series as one recurrence rule in local time, as Prefect's RRule takes it (zone:
    Asia/Shanghai).

    Weekdays from the first to the last day, less the public holidays, plus the make-up weekends; or every
    day.
    """
    first, last = series.days[0], series.days[-1]
    every_day = len(series.days) == (last - first).days + 1
    weekdays = {day.weekday() for day in series.days} if every_day else set(range(5))
    regular = {day for day in days_of_span((first, last)) if day.weekday() in weekdays}
    days = set(series.days)
    by_day = ",".join(WEEKDAYS[weekday] for weekday in sorted(weekdays))
    lines = [f"RRULE:FREQ=WEEKLY;BYDAY={by_day};UNTIL={_local(last, series.at)}"]
    lines += _dates("RDATE", days - regular, series.at) + _dates("EXDATE", regular - days, series.at)
    return "\n".join([f"DTSTART:{_local(first, series.at)}", *lines])


def _dates(name: str, days: Iterable[date], at: time) -> list[str]:
    listed = ",".join(_local(day, at) for day in sorted(days))
    return [f"{name}:{listed}"] if listed else []


def _local(day: date, at: time) -> str:
    return f"{day:%Y%m%d}T{at:%H%M%S}"
