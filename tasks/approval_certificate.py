"""The approvals about one certificate: its number is voided, or what it says is corrected (N5)."""

import hashlib
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select, update

from models.case import Case
from models.certificate import CertificateSheet
from models.certificate_problem import CertificateProblem
from models.columns import table_of
from models.student import Student
from rules.certificate_problem import FIELDS, REGISTRY_WANTED, ProblemState
from rules.identity import mask_id
from rules.sheets import SpoilReason, check_kept, check_void
from rules.states import Certificate, Custody, Registration, Visibility
from tasks.approval_list import Frozen, Verdict
from tasks.certificate_named import as_sheet, certificate_named
from tasks.problem_settling import problem_row, settle_problem
from tasks.spoil import has_sheet, spoil_sheets, void_sheets
from tasks.track import move

_CASES, _SHEETS, _STUDENTS = table_of(Case), table_of(CertificateSheet), table_of(Student)
_PROBLEMS = table_of(CertificateProblem)


def present_void(db: Connection, case_id: int) -> Frozen:
    """Return the number of a case, as long as it may be voided at all."""
    case = _certificate(db, case_id)
    over = case.certificate == Certificate.VOIDED or case.custody == Custody.HANDED_OVER
    summary = {"number": mask_id(case.number), "branch": case.branch}
    return Frozen("" if over else _fingerprint("void", case.number), 1, case.season, case.batch, summary)


def approve_void(db: Connection, yes: Verdict) -> None:
    """Void a number for ever; its registration, which CHSI has cancelled, counts no longer.

    Raises Refused sheet-registered where it stands by now.
    """
    case, said = _certificate(db, yes.row.subject_id), yes.row.summary
    check_void(as_sheet(case), said.get("cancelled", ""))
    stream, mine = f"lot:{case.lot_id}", _CASES.c.id == case.id
    void_sheets(db, [case.id], SpoilReason.VOIDED, yes.by, yes.as_of)
    given: dict[str, Any] = {"stream": stream, "as_of": yes.as_of, "actor": yes.by}
    move(db, Certificate.VOIDED, mine, **given, **yes.said)
    if said.get("cancelled"):
        gone = {"registered_at": None, "visible_on": None}
        move(db, Registration.NONE, mine, **given, values=gone, document=said["cancelled"])
        move(db, Visibility.HIDDEN, mine, **given)
    yes.tell(db, f"case:{case.id}")


def present_certificate_correction(db: Connection, problem: int) -> Frozen:
    """Return a proposed correction: the value and the evidence that the proposer gave."""
    row = problem_row(db, problem)
    case = _certificate(db, row.case_id)
    over = row.state != ProblemState.PROPOSED or case.custody == Custody.HANDED_OVER
    said = (row.number, row.field, row.correct, row.evidence or "")
    summary = {"number": mask_id(row.number), "field": FIELDS[row.field].zh, "problem": str(problem)}
    fingerprint = "" if over else _fingerprint("correction", *said)
    return Frozen(fingerprint, 1, case.season, case.batch, summary)


def approve_certificate_correction(db: Connection, yes: Verdict) -> None:
    """Correct the student's record, and print the certificate again under the same number."""
    row = problem_row(db, yes.row.subject_id)
    case = _certificate(db, row.case_id)
    check_kept(as_sheet(case))
    changed = bool(row.correct) and _correct(db, case.student_id, row)
    if has_sheet(case):
        spoil_sheets(db, [case.id], SpoilReason.MISPRINT, yes.by, yes.as_of)
    registered = changed and case.registration != Registration.NONE
    wanted = REGISTRY_WANTED if registered else ""
    settle_problem(db, row, ProblemState.CORRECTED, yes.by, yes.as_of, wanted)
    yes.tell(db, f"case:{case.id}")


def reject_certificate_correction(db: Connection, row: Any) -> None:
    """Leave the problem open: something else has to be done about it."""
    turned_down = update(_PROBLEMS).where(_PROBLEMS.c.id == row.subject_id)
    db.execute(turned_down.values(state=ProblemState.OPEN.value))


def _correct(db: Connection, student_id: int, row: Row[Any]) -> bool:
    """Write the right value into the student's record; False if it says so already."""
    column = _STUDENTS.c[row.field]
    value = date.fromisoformat(row.correct) if row.field == "birth_date" else row.correct
    wrong = (_STUDENTS.c.id == student_id, column != value)
    return bool(db.execute(update(_STUDENTS).where(*wrong).values({row.field: value})).rowcount)


def _certificate(db: Connection, case_id: int) -> Row[Any]:
    number = db.scalar(select(_SHEETS.c.number).where(_SHEETS.c.case_id == case_id))
    return certificate_named(db, str(number))


def _fingerprint(*said: str) -> str:
    return hashlib.sha256("\x1f".join(said).encode()).hexdigest()
