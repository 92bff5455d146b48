"""The student's question, "where is my certificate?": who may ask, and what is answered (N9, G2)."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from models.case import Case
from models.certificate import CertificateSheet
from models.columns import table_of
from models.database import reading, transaction
from models.keys import encrypt_ids
from models.lot import Lot
from models.student import Student
from rules.clock import day_in_shanghai
from rules.names import clean_name
from rules.reference import HQ, Reference
from rules.season import Pack
from rules.states import Audit, Certificate, Custody, Registration, Visibility
from rules.student_timeline import Facts, Stage, Step, current, student_timeline
from rules.tracking import Tracking, tracking_of
from tasks.attempts import may_try
from tasks.case_confirmation import case_confirmation
from tasks.case_papers import Upload, case_package, case_uploads
from tasks.case_promises import Dates, case_promises
from tasks.case_standing import case_holds
from tasks.pickup_code import pickup_code
from tasks.policy import season_pack
from tasks.unmasking import id_number

_CASES, _STUDENTS, _LOTS = table_of(Case), table_of(Student), table_of(Lot)
_SHEETS = table_of(CertificateSheet)
_OF_A_STUDENT, _OF_AN_ADDRESS = 8, 60
_TRIED_WITHIN = timedelta(minutes=15)
_ID_END = 6  # characters
_STAGE_OF_DUTY = {
    "registry": Stage.REGISTRATION,
    "certificate": Stage.DISPATCHED,
    "dwell/branch": Stage.AT_CENTRE,
    "dwell/college": Stage.AT_CENTRE,
    "dwell/centre": Stage.IN_HAND,
    "in-hand/issue-date": Stage.IN_HAND,
}


@dataclass(frozen=True)
class Question:
    """Who asks, as typed: number, full name, and the last six characters of the ID."""

    student_no: str
    name: str
    id_end: str


@dataclass(frozen=True)
class Known:
    """A student who said who they are. case_id: the latest season's case; None: in no season yet."""

    case_id: int | None


@dataclass(frozen=True)
class Answer:
    """What a student sees. now: the stage waited for; tracking: how transfers are confirmed there (N9)."""

    season: str
    asked_on: date
    steps: list[Step]
    now: Step
    tracking: Tracking
    office: str
    telephone: str
    pickup_code: str

    @property
    def digest(self) -> str:
        """Return what tells whether anything is other than a page shows."""
        return hashlib.sha256(repr((self.asked_on, self.steps)).encode()).hexdigest()[:16]


def who_asks(question: Question, address: str, at: datetime) -> Known | None:
    """Return who asks; None for no such person, a wrong detail and too many tries alike.

    The same is looked up, decrypted and compared in each case: the time tells no more than the answer.
    """
    number = question.student_no.strip()
    limits = {f"student:{number}": _OF_A_STUDENT, f"question-from:{address}": _OF_AN_ADDRESS}
    with transaction() as db:
        free = may_try(db, limits, at, _TRIED_WITHIN)
        student = db.execute(select(_STUDENTS).where(_STUDENTS.c.student_no == number)).one_or_none()
        cases = select(_CASES.c.id).where(_CASES.c.student_id == (student.id if student else -1))
        case_id = db.scalar(cases.order_by(_CASES.c.season.desc()).limit(1))
    is_right = _fits(student, question)
    return Known(case_id) if free and is_right else None


def _fits(student: Row[Any] | None, question: Question) -> bool:
    """Compare name and ID with a student's; with nobody's where there is none."""
    cipher = student.id_cipher if student is not None else encrypt_ids(["0" * 18])[0]
    id_end = id_number(cipher)[-_ID_END:].upper()
    name = clean_name(student.name if student is not None else "无")
    typed = clean_name(question.name), question.id_end.strip().upper()
    same = [hmac.compare_digest(a.encode(), b.encode()) for a, b in zip((name, id_end), typed, strict=True)]
    return all(same) and student is not None and len(id_end) == _ID_END


def answer(case_id: int, as_of: datetime, reference: Reference) -> Answer:
    """Return the timeline of a case for its student."""
    tree = reference.tree
    with reading() as db:
        case = db.execute(_wanted().where(_CASES.c.id == case_id)).one()
        pack = season_pack(case.season, db)
        steps = student_timeline(_facts(db, case, as_of, pack), tree)
    tracking = tracking_of(pack, reference, case.centre)
    now, office = current(steps), (pack.contacts.office, pack.contacts.telephone)
    code = pickup_code(case.id, case.sheet) if now.stage is Stage.IN_HAND and case.sheet is not None else ""
    return Answer(case.season, day_in_shanghai(as_of), steps, now, tracking, *office, code)


def _wanted() -> Select[Any]:
    return (
        select(_CASES, _STUDENTS.c.centre, _LOTS.c.approved_at, _SHEETS.c.printed_at, _SHEETS.c.package_id)
        .add_columns(_SHEETS.c.sheet)
        .join(_STUDENTS, _STUDENTS.c.id == _CASES.c.student_id)
        .outerjoin(_LOTS, _LOTS.c.id == _CASES.c.lot_id)
        .outerjoin(_SHEETS, _SHEETS.c.case_id == _CASES.c.id)
    )


def _facts(db: Connection, case: Row[Any], as_of: datetime, pack: Pack) -> Facts:
    package = case_package(db, case) or {}
    uploads = case_uploads(db, case.id)
    holds = case_holds(db, case.id)
    return Facts(
        audit=Audit(case.audit),
        registration=Registration(case.registration),
        certificate=Certificate(case.certificate),
        custody=Custody(case.custody),
        visibility=Visibility(case.visibility),
        centre=package.get("centre") or case.centre,
        holder=package.get("holder") or HQ,
        expected=package.get("expected"),
        holds=tuple((one.track, one.reason) for one in holds if one.released_at is None),
        days=_days(case, package),
        due=_due(db, case, package, uploads, as_of, pack),
    )


def _days(case: Row[Any], package: dict[str, Any]) -> dict[Stage, date]:
    """Return the day of each stage as far as it is known: a later arrival tells no earlier one's."""
    at_centre = package.get("custody") in ("at-centre", "handed-over")
    instants = {
        Stage.AUDIT: case.approved_at,
        Stage.REGISTRATION: case.registered_at,
        Stage.PRINTED: case.printed_at,
        Stage.DISPATCHED: package.get("dispatched_at"),
        Stage.AT_BRANCH: package.get("held_since") if package.get("custody") == "at-branch" else None,
        Stage.AT_CENTRE: package.get("held_since") if at_centre else None,
        Stage.IN_HAND: case.handed_over_at,
    }
    days = {stage: day_in_shanghai(at) for stage, at in instants.items() if at}
    return days | ({Stage.RECORD: case.visible_on} if case.visible_on else {})


def _due(
    db: Connection, case: Row[Any], package: dict[str, Any], uploads: list[Upload], as_of: datetime, pack: Any
) -> dict[Stage, date]:
    sent = next((one.sent_at for one in uploads if one.sent_at), None)
    confirmation = case_confirmation(db, case.id)
    dates = Dates(sent, package.get("dispatched_at"), case.handed_over_at, confirmation)
    due: dict[Stage, date] = {}
    for one in case_promises(db, case, case.package_id, dates, pack, as_of).promises:
        stage = _STAGE_OF_DUTY.get(one.duty)
        if stage and one.due_on and one.done_on is None:
            due[stage] = min(one.due_on, due.get(stage, one.due_on))
    return due
