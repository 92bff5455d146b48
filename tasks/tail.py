"""The tail (尾批): what is still due in a batch after its last planned run, for the sweep to start (N1).

Clocks end after the batch, and a late photo, a late approval or a sealed sheet may come back later still.
Once no schedule of a phase is left, the sweep starts it on each day on which the batch has work for it.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import and_, exists, func, or_, select

from models.case import Case
from models.certificate import CertificateSheet, RegistryRow
from models.columns import table_of
from models.custody import Package
from models.database import reading
from models.phase import PLAN, PlannedState
from rules.holds import DISPATCH
from rules.states import Audit, Certificate, Custody
from tasks.certificate_due import batches_due
from tasks.closure import closed_seasons
from tasks.hold import held
from tasks.lease import Phase
from tasks.registry_due import exportable
from tasks.registry_photos import late_photo

_CASES, _SHEETS, _PACKAGES = table_of(Case), table_of(CertificateSheet), table_of(Package)
_ROWS = table_of(RegistryRow)


def tail_phases(now: datetime, season: str = "") -> list[Phase]:
    """Return the phases that have work and no planned run any more, in the order of their work.

    season: only this one; empty: all. Neither a closed season nor a batch never deployed has a tail.
    """
    ended = _without_runs(now, season)
    due = {(flow, one) for flow in _DUE for one in {phase.season for phase in ended}}
    batches = {(flow, one): _DUE[flow](one) for flow, one in due}
    return [phase for phase in ended if phase.batch in batches[phase.flow, phase.season]]


def batches_with_work(flow: str, season: str) -> list[int]:
    """Return the batches that have work for register, certify or dispatch now, planned runs or not."""
    return sorted(_DUE[flow](season))


def _without_runs(now: datetime, season: str) -> list[Phase]:
    """Return the phases that had planned runs, the last of which has fallen due."""
    mine = [PLAN.c.flow.in_(list(_DUE)), PLAN.c.state != PlannedState.REMOVED]
    mine += [PLAN.c.season.not_in(closed_seasons())]
    mine += [PLAN.c.season == season] if season else []
    key = (PLAN.c.flow, PLAN.c.season, PLAN.c.batch)
    wanted = select(*key).where(*mine).group_by(*key).having(func.max(PLAN.c.due_at) <= now)
    with reading() as db:
        found = [Phase(*row) for row in db.execute(wanted)]
    return sorted(found, key=lambda one: (one.season, one.batch or 0, list(_DUE).index(one.flow)))


def _to_register(season: str) -> list[int]:
    """Without a number, not with the registry (T4), or with a photo that the registry lacks (N7)."""
    unnumbered = and_(
        _CASES.c.audit == Audit.APPROVED.value,
        _CASES.c.certificate == Certificate.NONE.value,
        ~held("registration"),
    )
    photo = exists().where(_ROWS.c.case_id == _CASES.c.id, late_photo())
    due = or_(unnumbered, exportable(again=False), photo)
    wanted = select(_CASES.c.batch).where(_CASES.c.season == season, due)
    with reading() as db:
        return list(db.scalars(wanted.distinct()))


def _to_dispatch(season: str) -> list[int]:
    """Packed at HQ with something in it that may leave (R2)."""
    inside = select(_SHEETS.c.case_id).where(_SHEETS.c.package_id == _PACKAGES.c.id)
    may_leave = exists().where(_CASES.c.id.in_(inside), ~held(DISPATCH))
    at_hq = (_PACKAGES.c.season == season, _PACKAGES.c.custody == Custody.AT_HQ.value)
    with reading() as db:
        return list(db.scalars(select(_PACKAGES.c.batch).where(*at_hq, may_leave).distinct()))


_DUE: Mapping[str, Callable[[str], list[int]]] = {
    "register": _to_register,
    "certify": batches_due,
    "dispatch": _to_dispatch,
}
