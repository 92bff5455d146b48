"""The plan of a season's runs as rows, changed by each deployment (MODEL, Runs)."""

from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from models.database import transaction
from models.phase import PLAN, PlannedState
from rules.amendment import Planned
from rules.timeline import PlannedPhase


@dataclass
class PlanChange:
    """How many planned runs a deployment added, found already past, took off the plan and left alone."""

    added: int = 0
    past: int = 0
    removed: int = 0
    unchanged: int = 0


def change_plan(
    season: str, phases: Iterable[PlannedPhase], now: datetime, db: Connection | None = None
) -> PlanChange:
    """Make the season's plan equal to these phases, as deployed now; what is done stays done.

    db: the caller's transaction, where there is one.
    """
    wanted = {(phase.flow, phase.batch, phase.due_at): phase for phase in phases}
    with nullcontext(db) if db is not None else transaction() as db:
        there = _rows(db, season)
        listed = {key for key, (_, state) in there.items() if state != PlannedState.REMOVED}
        gone = [there[key][0] for key in listed - wanted.keys() if there[key][1] != PlannedState.DONE]
        back = [key for key in wanted if key in there and key not in listed]
        new = [key for key in wanted if key not in there]
        _set_state(db, gone, PlannedState.REMOVED, {})
        for state, late in ((PlannedState.PLANNED, False), (PlannedState.SKIPPED, True)):
            again = [there[key][0] for key in back if (key[2] < now) == late]
            _set_state(db, again, state, {"deployed_at": now})
        if new:
            db.execute(insert(PLAN), [_row(season, wanted[key], now) for key in new])
    past = sum(key[2] < now for key in [*new, *back])
    return PlanChange(len(new) + len(back) - past, past, len(gone), len(wanted) - len(new) - len(back))


def on_plan(db: Connection, season: str) -> set[Planned]:
    """Return flow, batch and instant of all runs of a season that are not taken off its plan."""
    return {key for key, (_, state) in _rows(db, season).items() if state != PlannedState.REMOVED}


def _rows(db: Connection, season: str) -> dict[Planned, tuple[int, str]]:
    columns = (PLAN.c.flow, PLAN.c.batch, PLAN.c.due_at, PLAN.c.id, PLAN.c.state)
    found = db.execute(select(*columns).where(PLAN.c.season == season))
    return {(flow, batch, due_at): (number, state) for flow, batch, due_at, number, state in found}


def _row(season: str, phase: PlannedPhase, now: datetime) -> dict[str, object]:
    state = PlannedState.SKIPPED if phase.due_at < now else PlannedState.PLANNED
    said = {"flow": phase.flow, "batch": phase.batch, "due_at": phase.due_at, "clause": phase.clause}
    return {"season": season, **said, "deployed_at": now, "state": state}


def _set_state(db: Connection, rows: list[int], state: PlannedState, others: dict[str, datetime]) -> None:
    db.execute(update(PLAN).where(PLAN.c.id.in_(rows)).values(state=state, **others))
