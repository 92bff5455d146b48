"""When a problem of a certificate is settled, and what that lets go on (N5)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from models.case import Case
from models.certificate import CertificateSheet
from models.certificate_problem import CertificateProblem
from models.columns import table_of
from models.confirmation import Confirmation
from models.event import record
from rules.certificate_problem import PROBLEM, RECORD, ProblemState
from rules.clock import day_in_shanghai
from rules.confirmation import RecordCheck
from rules.holds import HAND_OVER
from rules.refusals import Refused
from rules.season import Pack
from tasks.hold import release
from tasks.policy import season_pack
from tasks.promise_pickup import count_confirmations, end_feedback

_CASES, _PROBLEMS = table_of(Case), table_of(CertificateProblem)
_CONFIRMATIONS, _SHEETS = table_of(Confirmation), table_of(CertificateSheet)
UNSETTLED = (ProblemState.OPEN.value, ProblemState.PROPOSED.value)


def problem_row(db: Connection, problem: int) -> Row[Any]:
    """Return a row of certificate_problem, locked; Refused N5-problem-unknown."""
    found = db.execute(select(_PROBLEMS).where(_PROBLEMS.c.id == problem).with_for_update()).one_or_none()
    if found is None:
        raise Refused("N5-problem-unknown", problem=problem)
    return found


def others_open(db: Connection, case_id: int, problem: int, about: str) -> bool:
    """Say whether a case has another problem, of sheet or record, that nobody has settled."""
    mine = (_PROBLEMS.c.case_id == case_id, _PROBLEMS.c.about == about)
    others = (*mine, _PROBLEMS.c.id != problem, _PROBLEMS.c.state.in_(UNSETTLED))
    return db.execute(select(_PROBLEMS.c.id).where(*others)).first() is not None


def settle_problem(
    db: Connection, row: Row[Any], state: ProblemState, by: str, at: datetime, registry: str = ""
) -> None:
    """Close a problem; if no other is open the hand-over goes on, or the record is asked of again.

    row: of certificate_problem.
    """
    settled = {"state": state.value, "settled_at": at, "registry": registry}
    db.execute(update(_PROBLEMS).where(_PROBLEMS.c.id == row.id).values(**settled))
    lot = db.scalar(select(_CASES.c.lot_id).where(_CASES.c.id == row.case_id))
    record(db, f"lot:{lot}", f"problem-{state.value}", at, actor=by, ids=[row.case_id], field=row.field)
    end_feedback(db, row.id, at)
    if others_open(db, row.case_id, row.id, row.about):
        return
    if row.about == RECORD:
        _ask_again(db, row.case_id, season_pack(row.season, db), at)
    else:
        release(db, [row.case_id], HAND_OVER, PROBLEM, stream=f"lot:{lot}", as_of=at)


def _ask_again(db: Connection, case_id: int, pack: Pack, at: datetime) -> None:
    """Let the student look at the record once more, with a new clock."""
    asked = {"record": RecordCheck.DEFERRED.value, "asked_on": day_in_shanghai(at)}
    db.execute(update(_CONFIRMATIONS).where(_CONFIRMATIONS.c.case_id == case_id).values(**asked))
    package = db.scalar(select(_SHEETS.c.package_id).where(_SHEETS.c.case_id == case_id))
    record(db, f"package:{package}", "record-deferred", at, ids=[case_id])
    count_confirmations(db, [int(package)] if package else [], pack, at)
