"""What an operator has to know today: what is due, what is late, what waits for a decision."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from models.database import reading
from models.phase import PLAN, PlannedState
from rules.clock import day_in_shanghai, end_of_day
from rules.package_check import FindingState
from rules.promises import PromiseState, outlives_closing
from rules.season import Pack
from tasks.approval import approvals
from tasks.closure import closed_seasons
from tasks.cover import silent_units
from tasks.finding_view import FindingSeen, findings
from tasks.phase import missed_phases
from tasks.policy import season_pack
from tasks.promise_moves import count_outdated
from tasks.promise_standing import Standing, standings
from tasks.receiving import SUBMISSIONS
from tasks.registry_view import list_registry_packages
from tasks.scattered import ScatteredUnit, scattered_units
from tasks.seasons import deployed_seasons
from tasks.stocktake_view import StocktakeSeen, stocktakes
from tasks.urgent_view import waiting_requests
from tasks.vacation import CancelledBatch, Vacation, cancelled_on, vacation_on

HORIZON = timedelta(days=7)  # a promise due within these days is shown even before its first alarm


@dataclass(frozen=True)
class PhaseToday:
    """A phase of the plan: due later today, or missed (then without a time)."""

    flow: str
    season: str
    batch: int | None
    due_at: datetime | None


@dataclass(frozen=True)
class Today:
    """One day's board; promises by due day. to_send: registry packages approved and not noted as sent.

    to_amend: by season, how many promises days off published since would move, once it is amended.
    urgent: season → requests of units that HQ has not laid before anybody (N4).
    scattered: units whose data came scattered, as long as that is new (N3).
    stocktakes: those that go on (N5).
    findings: what checks of packages found and nobody has settled (R2).
    no_cover_estimate: by season, the units to be reminded of their covers (N6).
    vacation: HQ's, of each season in which it is going on; cancelled: batches that never run (N4).
    """

    as_of: datetime
    seasons: list[str]
    due: list[Standing]
    late: list[Standing]
    phases_due: list[PhaseToday]
    phases_late: list[PhaseToday]
    waiting: list[dict[str, Any]]
    to_send: list[dict[str, Any]]
    to_amend: dict[str, int]
    urgent: dict[str, int]
    scattered: list[ScatteredUnit]
    stocktakes: list[StocktakeSeen]
    findings: list[FindingSeen]
    no_cover_estimate: dict[str, list[str]]
    vacation: list[Vacation]
    cancelled: list[CancelledBatch]


def today(as_of: datetime) -> Today:
    """Return the board of a day over all seasons; changes nothing. Refused calendar-missing."""
    seasons, closed = deployed_seasons(), _closed()
    known = {season: season_pack(season) for season in seasons}
    packs = {season: pack for season, pack in known.items() if season not in closed}
    found = _promises(known, closed, as_of)
    found.sort(key=lambda one: (one.due_on or date.max, one.promise))
    late = [one for one in found if one.state is PromiseState.BREACHED]
    due = [one for one in found if one not in late and _is_near(one, day_in_shanghai(as_of))]
    missed = [PhaseToday(one.flow, one.season, one.batch, None) for one in missed_phases(as_of)]
    to_send = [one for one in list_registry_packages(unsent=True) if one["approval"] == "approved"]
    outdated = {season: count_outdated(season, pack, as_of) for season, pack in packs.items()}
    silent = {season: silent_units(pack, as_of) for season, pack in packs.items()}
    return Today(
        *(as_of, seasons, due, late, _phases_due(as_of), missed, approvals(), to_send),
        to_amend={season: count for season, count in outdated.items() if count},
        urgent={season: count for season in packs if (count := waiting_requests(season))},
        scattered=_scattered(list(packs), as_of),
        stocktakes=stocktakes(only_open=True),
        findings=findings(state=FindingState.OPEN),
        no_cover_estimate={season: units for season, units in silent.items() if units},
        vacation=[rest for pack in packs.values() if (rest := vacation_on(pack, as_of))],
        cancelled=[one for pack in packs.values() for one in cancelled_on(pack, as_of)],
    )


def _closed() -> set[str]:
    with reading() as db:
        return set(db.scalars(closed_seasons()))


def _promises(packs: dict[str, Pack], closed: set[str], as_of: datetime) -> list[Standing]:
    """Return the open promises; of a closed season those alone that its closing does not end (N5)."""
    found = (one for season, pack in packs.items() for one in standings(season, pack, as_of))
    return [one for one in found if one.season not in closed or outlives_closing(packs[one.season], one.duty)]


def _is_near(one: Standing, day: date) -> bool:
    return one.state is PromiseState.WARNED or (one.due_on is not None and one.due_on <= day + HORIZON)


def _scattered(seasons: list[str], as_of: datetime) -> list[ScatteredUnit]:
    """Return whose scattered data are so new that the next file would be one more of them."""
    packs = [pack for season in seasons if (pack := season_pack(season)).scattered]
    found = [unit for pack in packs for unit in scattered_units(pack, SUBMISSIONS.c.received_at <= as_of)]
    days = {pack.season: pack.scattered.within_days for pack in packs if pack.scattered}
    return [unit for unit in found if as_of - unit.last_at < timedelta(days=days[unit.season])]


def _phases_due(as_of: datetime) -> list[PhaseToday]:
    due_at = PLAN.c.due_at
    later = (due_at > as_of, due_at < end_of_day(day_in_shanghai(as_of)))
    wanted = select(PLAN.c.flow, PLAN.c.season, PLAN.c.batch, due_at).where(
        PLAN.c.season.not_in(closed_seasons())
    )
    with reading() as db:
        rows = db.execute(wanted.where(PLAN.c.state == PlannedState.PLANNED, *later).order_by(due_at)).all()
    return [PhaseToday(row.flow, row.season, row.batch, row.due_at) for row in rows]
