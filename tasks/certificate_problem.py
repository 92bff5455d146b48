"""Problems of certificates: corrected with evidence and a second person, by CHSI, or dismissed (N5)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from models.archive import keep
from models.case import Case
from models.certificate import RegistryRow
from models.certificate_problem import CertificateProblem
from models.columns import table_of
from models.database import reading, transaction
from models.event import record
from rules.certificate_problem import (
    CHINESE,
    FIELDS,
    RECORD,
    REGISTRY_DONE,
    REGISTRY_WANTED,
    ProblemState,
    check_sheet,
    right_value,
)
from rules.reference import Reference
from rules.refusals import Refused
from rules.registry_fields import as_registered, field_digests
from rules.season import Pack
from rules.sheets import check_kept
from rules.states import Registration
from tasks.approval import propose
from tasks.certificate_named import as_sheet, certificate_named
from tasks.graduate import graduates
from tasks.problem_settling import UNSETTLED, problem_row, settle_problem
from tasks.registry_due import latest_row
from tasks.spoil import check_name

_CASES, _PROBLEMS, _ROWS = table_of(Case), table_of(CertificateProblem), table_of(RegistryRow)


def propose_correction(problem: int, right: str, evidence: bytes, by: str, at: datetime) -> int:
    """Lay a correction before a second person, and return the approval's id; the evidence is archived.

    right: the right value of name, sex or birth date; empty where the record is right and only the sheet is
    wrong. Raises Refused N5-problem-…, sheet-nameless, sheet-handed-over, sheet-voided.
    """
    check_name(by)
    if not evidence:
        raise Refused("N5-problem-evidence")
    with transaction() as db:
        row = _unsettled(db, problem)
        check_sheet(problem, row.about)
        check_kept(as_sheet(certificate_named(db, row.number)))
        said = {"correct": right_value(FIELDS[row.field], right), "evidence": keep(evidence)}
        changed = update(_PROBLEMS).where(_PROBLEMS.c.id == problem)
        db.execute(changed.values(**said, state=ProblemState.PROPOSED.value))
        return propose(db, "certificate-correction", problem, None, by, at)


def dismiss_problem(problem: int, by: str, at: datetime) -> None:
    """Note that nothing is wrong after all: the certificate may be handed over; Refused N5-problem-…."""
    check_name(by)
    with transaction() as db:
        row = _unsettled(db, problem)
        if row.state != ProblemState.OPEN:
            raise _settled(row)
        settle_problem(db, row, ProblemState.DISMISSED, by, at)


def note_registry_corrected(
    problem: int, document: str, by: str, at: datetime, pack: Pack, reference: Reference
) -> None:
    """Note that CHSI corrected an accepted record, under its document's number; the sheet is printed then.

    What the registry says now is kept as the case's last row, so that printing compares with it (R2). If the
    record alone was wrong, the problem is settled and the student is asked again.
    Raises Refused N5-problem-unknown, N5-problem-registry, sheet-nameless.
    """
    check_name(by)
    with transaction() as db:
        row = problem_row(db, problem)
        case = db.execute(select(_CASES).where(_CASES.c.id == row.case_id)).one()
        accepted = case.registration == Registration.ACCEPTED
        if row.registry != REGISTRY_WANTED or not accepted or not document.strip():
            raise Refused("N5-problem-registry", problem=problem)
        _keep_row(db, row.case_id, document.strip(), at, pack, reference)
        done = {"registry": REGISTRY_DONE, "registry_document": document.strip()[:80]}
        db.execute(update(_PROBLEMS).where(_PROBLEMS.c.id == problem).values(**done))
        if row.about == RECORD:
            settle_problem(db, row, ProblemState.CORRECTED, by, at, REGISTRY_DONE)
        said = {"ids": [row.case_id], "document": document.strip()[:80]}
        record(db, f"lot:{case.lot_id}", "registry-corrected", at, actor=by, **said)


def _keep_row(
    db: Connection, case_id: int, document: str, at: datetime, pack: Pack, reference: Reference
) -> None:
    last = db.execute(select(_ROWS).where(_ROWS.c.case_id == case_id, latest_row())).mappings().one()
    digest = field_digests(as_registered(graduates(db, _CASES.c.id == case_id, pack, reference))).iloc[0]
    same = {name: value for name, value in last.items() if name != "id"}
    now = {"digest": str(digest), "reason": f"更正 {document}"[:80], "answered_at": at}
    db.execute(insert(_ROWS).values(**(same | now)))


def season_of_problem(problem: int) -> str:
    """Return the season of a problem; Refused N5-problem-unknown."""
    with reading() as db:
        return str(problem_row(db, problem).season)


def _unsettled(db: Connection, problem: int) -> Row[Any]:
    row = problem_row(db, problem)
    if row.state not in UNSETTLED:
        raise _settled(row)
    return row


def _settled(row: Row[Any]) -> Refused:
    state = ProblemState(row.state)
    return Refused("N5-problem-settled", problem=row.id, state=CHINESE[state], state_en=state.value)
