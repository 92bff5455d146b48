"""The plan of runs in the database: what is due, what is done, whose turn it is."""

import time
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, select, update

from models.database import reading, transaction
from models.phase import PLAN, PlannedState
from rules.clock import now_in_shanghai
from rules.refusals import Reason, Refused, register
from rules.timeline import PHASES
from tasks.closure import closed_seasons
from tasks.lease import Phase, is_running
from tasks.policy import POLICIES, season_pack

register(
    Reason(
        "phase-season",
        "G1",
        "没有毕业季 {season}；已部署的有：{known}。",
        "There is no season {season}; deployed are: {known}.",
        "请核对毕业季编号，或先运行 biye season deploy FILE。",
        "Check the season's id, or run biye season deploy FILE first.",
    ),
    Reason(
        "phase-batch",
        "G1",
        "毕业季 {season} 没有可运行的第 {batch} 批；可运行的有：{known}。",
        "Season {season} has no batch {batch} that runs; these run: {known}.",
        "请核对批次号；已取消的批次不运行。",
        "Check the batch's number; a cancelled batch does not run.",
    ),
    Reason(
        "phase-cancelled",
        "N4",
        "毕业季 {season} 第 {batch} 批（{label}）已取消，不运行：{reason}。可运行的有：{known}。",
        "Batch {batch} of season {season} is cancelled and never runs ({reason}); these run: {known}.",
        "其间收到的数据已暂存，由下一批办理，无需重报。",
        "What came in meanwhile is kept for the next batch; nothing to do.",
    ),
)

_LATELY = timedelta(hours=1)
# How long after its due time a phase that nobody runs is waited for: its run may be slow to start.
_PATIENCE = timedelta(seconds=60)
_ROUND = 0.5  # seconds


def check_phase(phase: Phase) -> None:
    """Refuse a phase of a season or batch that does not run: phase-season, phase-batch name those that do,
    phase-cancelled says why the batch was cancelled (N4).
    """
    with reading() as db:
        seasons = db.scalars(select(POLICIES.c.season).distinct().order_by(POLICIES.c.season)).all()
    if phase.season not in seasons:
        raise Refused("phase-season", season=phase.season or "–", known=", ".join(seasons) or "–")
    pack = season_pack(phase.season)
    numbers = [batch.number for batch in pack.open_batches]
    if phase.batch is not None and phase.batch not in numbers:
        known = ", ".join(map(str, numbers)) or "–"
        said = {"season": phase.season, "batch": phase.batch, "known": known}
        for batch in pack.cancelled_batches:
            if batch.number == phase.batch:
                raise Refused("phase-cancelled", label=batch.label, reason=batch.reason, **said)
        raise Refused("phase-batch", **said)


def phase_done(phase: Phase, until: datetime, at: datetime) -> None:
    """Mark every planned run of a phase that was due by `until` as done: one run does the work of all."""
    due = (*_same_batch(phase), PLAN.c.flow == phase.flow, _due(until))
    with transaction() as db:
        db.execute(update(PLAN).where(*due).values(state=PlannedState.DONE, done_at=at))


def missed_phases(now: datetime, season: str = "") -> list[Phase]:
    """Return the phases that fell due after their deployment and are not done, in the order of their work.

    season: only this one; empty: all. Not listed: the sweep itself, a closed season's.
    """
    due = [_due(now), PLAN.c.flow != "sweep", PLAN.c.season.not_in(closed_seasons())]
    due += [PLAN.c.season == season] if season else []
    columns = (PLAN.c.flow, PLAN.c.season, PLAN.c.batch, PLAN.c.due_at)
    with reading() as db:
        rows = db.execute(select(*columns).where(*due)).all()
    oldest_first = sorted(rows, key=lambda row: (row.due_at.date(), PHASES.index(row.flow), row.batch or 0))
    return list(dict.fromkeys(Phase(row.flow, row.season, row.batch) for row in oldest_first))


def wait_for_turn(phase: Phase, patience: timedelta = _PATIENCE) -> None:
    """Wait until the phases of the batch that are due and come before this one are through.

    A phase that somebody is running is waited for as long as it runs; one that nobody runs, only for a
    moment after it fell due: a dead run must not stop the batch.
    """
    while any(
        is_running(earlier) or now_in_shanghai() < due_at + patience
        for earlier, due_at in _earlier(phase).items()
    ):
        time.sleep(_ROUND)


def _earlier(phase: Phase) -> dict[Phase, datetime]:
    """Return the phases of the batch that lately fell due before this one and are not done, since when."""
    now = now_in_shanghai()
    rank = PHASES.index(phase.flow) if phase.flow in PHASES else 0  # an urgent run waits for nobody (N4)
    before = PLAN.c.flow.in_(PHASES[:rank])
    wanted = (_due(now), *_same_batch(phase), before, PLAN.c.due_at > now - _LATELY)
    with reading() as db:
        rows = db.execute(select(PLAN.c.flow, PLAN.c.due_at).where(*wanted).order_by(PLAN.c.due_at)).all()
    return {Phase(row.flow, phase.season, phase.batch): row.due_at for row in rows}


def _same_batch(phase: Phase) -> tuple[ColumnElement[bool], ...]:
    return PLAN.c.season == phase.season, PLAN.c.batch == phase.batch  # None: IS NULL


def _due(until: datetime) -> ColumnElement[bool]:
    return and_(PLAN.c.state == PlannedState.PLANNED, PLAN.c.due_at <= until)
