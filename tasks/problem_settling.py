"""When a problem of a certificate is settled, and what that lets go on (N5)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from models.case import Case
from models.certificate_problem import CertificateProblem
from models.columns import table_of
from models.event import record
from rules.certificate_problem import PROBLEM, ProblemState
from rules.holds import HAND_OVER
from rules.refusals import Refused
from tasks.hold import release

_CASES, _PROBLEMS = table_of(Case), table_of(CertificateProblem)
UNSETTLED = (ProblemState.OPEN.value, ProblemState.PROPOSED.value)


def problem_row(db: Connection, problem: int) -> Row[Any]:
    """Return a row of certificate_problem, locked; Refused N5-problem-unknown."""
    found = db.execute(select(_PROBLEMS).where(_PROBLEMS.c.id == problem).with_for_update()).one_or_none()
    if found is None:
        raise Refused("N5-problem-unknown", problem=problem)
    return found


def others_open(db: Connection, case_id: int, problem: int) -> bool:
    """Say whether a case has another problem that nobody has settled."""
    others = (_PROBLEMS.c.case_id == case_id, _PROBLEMS.c.id != problem, _PROBLEMS.c.state.in_(UNSETTLED))
    return db.execute(select(_PROBLEMS.c.id).where(*others)).first() is not None


def settle_problem(
    db: Connection, row: Row[Any], state: ProblemState, by: str, at: datetime, registry: str = ""
) -> None:
    """Close a problem, and let the hand-over go on if no other one is open. row: of certificate_problem."""
    settled = {"state": state.value, "settled_at": at, "registry": registry}
    db.execute(update(_PROBLEMS).where(_PROBLEMS.c.id == row.id).values(**settled))
    lot = db.scalar(select(_CASES.c.lot_id).where(_CASES.c.id == row.case_id))
    record(db, f"lot:{lot}", f"problem-{state.value}", at, actor=by, ids=[row.case_id], field=row.field)
    if not others_open(db, row.case_id, row.id):
        release(db, [row.case_id], HAND_OVER, PROBLEM, stream=f"lot:{lot}", as_of=at)
