"""Problems of certificates and their records as they are found: with a field, an owner and a clock (N5)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from models.certificate_problem import CertificateProblem
from models.columns import table_of
from models.database import transaction
from models.event import record
from rules.certificate_problem import PROBLEM, RECORD, REGISTRY_WANTED, SHEET, ProblemState, field_named
from rules.holds import HAND_OVER, Wanted
from rules.reference import HQ
from rules.season import Pack
from rules.states import Custody
from tasks.certificate_named import certificate_named
from tasks.hold import place
from tasks.problem_settling import UNSETTLED, others_open
from tasks.promise_pickup import start_feedback

__all__ = ["RECORD", "note_problem", "open_problem"]
_PROBLEMS = table_of(CertificateProblem)


def open_problem(
    named: str,
    field: str,
    found: str,
    by_org: str,
    at: datetime,
    actor: str,
    pack: Pack | None,
    season: str = "",
) -> int:
    """Note what somebody found wrong on a certificate, and return the problem's id; its hand-over waits.

    The same field of the same certificate is one problem as long as it is not settled. pack: whose clock
    (`feedback`) runs; None or without one: no due day. Raises Refused sheet-unknown, N5-problem-field.
    """
    with transaction() as db:
        case = certificate_named(db, named, season)
        return note_problem(db, case, field, found, by_org, at, actor, pack)


def note_problem(
    db: Connection,
    case: Row[Any],
    field: str,
    found: str,
    by_org: str,
    at: datetime,
    actor: str,
    pack: Pack | None,
    about: str = SHEET,
) -> int:
    """Note the same in the caller's transaction. case: a row of graduation_case with number.

    about: the sheet, or the public record: that one CHSI has to correct, and it holds nothing back.
    """
    wanted = field_named(field)
    mine = (_PROBLEMS.c.case_id == case.id, _PROBLEMS.c.field == wanted.code, _PROBLEMS.c.about == about)
    known = db.scalar(select(_PROBLEMS.c.id).where(*mine, _PROBLEMS.c.state.in_(UNSETTLED)))
    if known is not None:
        return int(known)
    problem = _keep(db, case, wanted.code, found, by_org, at, about)
    stream = f"lot:{case.lot_id}"
    said = {"field": wanted.code, "by": by_org, "about": about}
    record(db, stream, "problem-opened", at, actor=actor, ids=[case.id], **said)
    start_feedback(db, pack, problem, at)
    waits = about == SHEET and case.custody != Custody.HANDED_OVER
    if waits and not others_open(db, case.id, problem, about):
        place(db, [Wanted(case.id, HAND_OVER, PROBLEM, "N5", HQ)], stream, at)
    return problem


def _keep(
    db: Connection, case: Row[Any], field: str, found: str, by_org: str, at: datetime, about: str
) -> int:
    what = {"season": case.season, "case_id": case.id, "number": case.number, "about": about, "field": field}
    told = {"found": found.strip()[:80], "found_by": by_org, "owner": HQ, "opened_at": at}
    wanted = REGISTRY_WANTED if about == RECORD else ""
    stands = {"state": ProblemState.OPEN.value, "correct": "", "registry": wanted, "registry_document": ""}
    made = insert(_PROBLEMS).values(**what, **told, **stands).returning(_PROBLEMS.c.id)
    return int(db.execute(made).scalar_one())
