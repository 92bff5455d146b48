"""One student's case as a whole, for people: where it stands, why, what comes next, and who says so.

Names and numbers that identify a person are masked unless somebody asks for them by name, which is logged.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

import rules.refusals_cases  # noqa: F401  registers its codes
from models.case import Case
from models.certificate import CertificateSheet
from models.columns import table_of
from models.database import reading, transaction
from models.student import Student
from rules.clock import now_in_shanghai
from rules.identity import mask_id
from rules.refusals import Refused
from rules.season import Pack
from tasks.case_confirmation import ConfirmationSeen, case_confirmation
from tasks.case_decisions import DecisionSeen, case_decisions
from tasks.case_order import OrderPlace, order_place
from tasks.case_papers import (
    PublicDates,
    Upload,
    case_certificate,
    case_lot,
    case_package,
    case_uploads,
    public_dates,
)
from tasks.case_person import Person, person_of
from tasks.case_promises import CasePromise, Dates, NoClock, case_promises
from tasks.case_standing import HoldSeen, TrackSeen, case_holds, case_tracks
from tasks.case_submissions import Brought, case_submissions
from tasks.exemption import APPLICATIONS
from tasks.exemption_view import ApplicationSeen, applications_seen
from tasks.policy import season_pack
from tasks.problem_view import ProblemSeen, case_problems
from tasks.unmasking import note_unmasked
from tasks.urgent_view import case_urgent

_CASES, _STUDENTS, _SHEETS = table_of(Case), table_of(Student), table_of(CertificateSheet)


@dataclass(frozen=True)
class CaseView:
    """One case. urgent, lot, certificate, package, confirmation: None while there is none.

    The certificate's number is masked as persons are.
    """

    case_id: int
    season: str
    batch: int
    lane: str
    as_of: datetime
    person: Person
    tracks: list[TrackSeen]
    holds: list[HoldSeen]
    promises: list[CasePromise]
    no_clock: list[NoClock]
    order: OrderPlace | None
    urgent: dict[str, Any] | None
    lot: dict[str, Any] | None
    certificate: dict[str, Any] | None
    package: dict[str, Any] | None
    registration: list[Upload]
    dates: PublicDates
    handed_over_at: datetime | None
    confirmation: ConfirmationSeen | None
    problems: list[ProblemSeen]
    decisions: list[DecisionSeen]
    exemptions: list[ApplicationSeen]
    submissions: list[Brought]


def case_view(
    student_no: str, as_of: datetime, season: str = "", asked_by: str | None = None, what: str = "case show"
) -> CaseView:
    """Return a student's case of a season, default the latest; asked_by: who wants it unmasked, logged.

    Raises Refused case-unknown-student, case-none, season-unknown, unmasked-nameless, keys-other.
    """
    if asked_by is not None:
        with transaction() as db:
            case_id = _find(db, student_no.strip(), season).id
            # Now, whatever day is asked about: looking is never backdated.
            note_unmasked(db, f"case:{case_id}", what, [case_id], asked_by, now_in_shanghai())
    with reading() as db:
        case = _find(db, student_no.strip(), season)
        return _view(db, case, season_pack(case.season), as_of, masked=asked_by is None)


def _find(db: Connection, student_no: str, season: str) -> Row[Any]:
    student = db.execute(select(_STUDENTS).where(_STUDENTS.c.student_no == student_no)).one_or_none()
    if student is None:
        raise Refused("case-unknown-student", student_no=mask_id(student_no))
    mine = select(_CASES).where(_CASES.c.student_id == student.id).order_by(_CASES.c.season.desc())
    found = db.execute(mine.where(_CASES.c.season == season) if season else mine).first()
    if found is None:
        said = {"season": f" {season} " if season else "", "season_en": f" in {season}" if season else ""}
        raise Refused("case-none", student_no=mask_id(student_no), branch=student.branch, **said)
    return found


def _view(db: Connection, case: Row[Any], pack: Pack, as_of: datetime, *, masked: bool) -> CaseView:
    student = db.execute(select(_STUDENTS).where(_STUDENTS.c.id == case.student_id)).one()
    sheet = db.execute(select(_SHEETS).where(_SHEETS.c.case_id == case.id)).one_or_none()
    package = case_package(db, sheet)
    uploads, holds = case_uploads(db, case.id), case_holds(db, case.id)
    sent = next((one.sent_at for one in uploads if one.sent_at), None)
    confirmation = case_confirmation(db, case.id)
    dispatched = package["dispatched_at"] if package else None
    dates = Dates(sent, dispatched, case.handed_over_at, confirmation)
    promises = case_promises(db, case, sheet.package_id if sheet else None, dates, pack, as_of)
    return CaseView(
        case_id=case.id,
        season=case.season,
        batch=case.batch,
        lane=case.lane,
        as_of=as_of,
        person=person_of(student, masked),
        tracks=case_tracks(case),
        holds=holds,
        promises=promises.promises,
        no_clock=promises.no_clock,
        order=order_place(db, case),
        urgent=case_urgent(db, case.id),
        lot=case_lot(db, case.lot_id),
        certificate=case_certificate(db, sheet, masked),
        package=package,
        registration=uploads,
        dates=public_dates(case, sheet, holds, uploads, pack),
        handed_over_at=case.handed_over_at,
        confirmation=confirmation,
        problems=case_problems(db, case.id),
        decisions=case_decisions(db, case),
        exemptions=applications_seen(db, pack, APPLICATIONS.c.student_id == case.student_id),
        submissions=case_submissions(db, case, student.submission_id),
    )
