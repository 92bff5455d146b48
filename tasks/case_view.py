"""One student's case as a whole, for people: where it stands, why, what comes next, and who says so.

Names and numbers that identify a person are masked unless somebody asks for them by name, which is logged.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, select

import rules.refusals_cases  # noqa: F401  registers its codes
from models.case import Case, Hold
from models.certificate import CertificateSheet, RegistryPackage, RegistryRow
from models.columns import table_of
from models.custody import Package
from models.database import reading, transaction
from models.lot import Lot
from models.student import Student
from rules.clock import now_in_shanghai
from rules.identity import mask_id
from rules.names import mask_name
from rules.refusals import Refused
from rules.season import Pack
from rules.states import TRACKS, Registration, chinese
from rules.visibility import visible_from
from tasks.case_decisions import DecisionSeen, case_decisions
from tasks.case_order import OrderPlace, order_place
from tasks.case_promises import CasePromise, Dates, NoClock, case_promises
from tasks.case_submissions import Brought, case_submissions
from tasks.policy import season_pack
from tasks.unmasking import id_number, note_unmasked

_CASES, _STUDENTS, _HOLDS, _LOTS = (table_of(table) for table in (Case, Student, Hold, Lot))
_SHEETS, _PACKAGES = table_of(CertificateSheet), table_of(Package)
_UPLOADS, _UPLOADED = table_of(RegistryPackage), table_of(RegistryRow)


@dataclass(frozen=True)
class Person:
    """Who it is. student_no, name, id_number: masked unless asked for."""

    student_no: str
    name: str
    id_number: str
    branch: str
    centre: str
    level: str
    programme_code: str
    direction: str
    entry_term: str


@dataclass(frozen=True)
class TrackSeen:
    """Where one track stands."""

    track: str
    state: str
    chinese: str


@dataclass(frozen=True)
class HoldSeen:
    """Why a track waits, or waited until released_at; owner: the unit that has to act."""

    track: str
    reason: str
    clause: str
    detail: str
    owner: str
    since: datetime
    released_at: datetime | None


@dataclass(frozen=True)
class Upload:
    """One export of the case to the registry. result: accepted, rejected, or empty while unanswered."""

    package: int
    exported_at: datetime
    sent_at: datetime | None
    sent_by: str | None
    result: str
    reason: str
    answered_at: datetime | None


@dataclass(frozen=True)
class PublicDates:
    """The three dates of N7, and why the record is hidden (codes; empty when it is visible).

    expected: the day on which it becomes visible as far as is known.
    """

    issued_on: date | None
    registered_at: datetime | None
    visible_on: date | None
    expected: date | None
    hidden_because: list[str]


@dataclass(frozen=True)
class CaseView:
    """One case. lot, certificate, package: None while there is none; its number is masked as persons are."""

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
    lot: dict[str, Any] | None
    certificate: dict[str, Any] | None
    package: dict[str, Any] | None
    registration: list[Upload]
    dates: PublicDates
    handed_over_at: datetime | None
    decisions: list[DecisionSeen]
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
    package = _package(db, sheet)
    uploads, holds = _uploads(db, case.id), _holds(db, case.id)
    sent = next((one.sent_at for one in uploads if one.sent_at), None)
    dates = Dates(sent, package["dispatched_at"] if package else None, case.handed_over_at)
    promises = case_promises(db, case, sheet.package_id if sheet else None, dates, pack, as_of)
    return CaseView(
        case_id=case.id,
        season=case.season,
        batch=case.batch,
        lane=case.lane,
        as_of=as_of,
        person=_person(student, masked),
        tracks=[_track(case, states) for states in TRACKS],
        holds=holds,
        promises=promises.promises,
        no_clock=promises.no_clock,
        order=order_place(db, case),
        lot=_lot(db, case.lot_id),
        certificate=_certificate(sheet, masked),
        package=package,
        registration=uploads,
        dates=_public_dates(case, sheet, holds, pack),
        handed_over_at=case.handed_over_at,
        decisions=case_decisions(db, case),
        submissions=case_submissions(db, case, student.submission_id),
    )


def _person(student: Row[Any], masked: bool) -> Person:
    plain = {
        "student_no": student.student_no,
        "name": student.name,
        "id_number": id_number(student.id_cipher),
    }
    hidden = {name: (mask_name if name == "name" else mask_id)(value) for name, value in plain.items()}
    shown = ("branch", "centre", "level", "programme_code", "direction", "entry_term")
    return Person(**(hidden if masked else plain), **{name: getattr(student, name) for name in shown})


def _track(case: Row[Any], states: type[StrEnum]) -> TrackSeen:
    name = states.__name__.lower()
    state = states(getattr(case, name))
    return TrackSeen(name, state.value, chinese(state))


def _holds(db: Connection, case_id: int) -> list[HoldSeen]:
    names = [_HOLDS.c[name] for name in HoldSeen.__dataclass_fields__]
    wanted = select(*names).where(_HOLDS.c.case_id == case_id).order_by(_HOLDS.c.since, _HOLDS.c.id)
    return [HoldSeen(**row) for row in db.execute(wanted).mappings()]


def _uploads(db: Connection, case_id: int) -> list[Upload]:
    of_package = [_UPLOADS.c[name] for name in ("exported_at", "sent_at", "sent_by")]
    of_row = [_UPLOADED.c[name] for name in ("result", "reason", "answered_at")]
    wanted = (
        select(_UPLOADS.c.id.label("package"), *of_package, *of_row)
        .join_from(_UPLOADED, _UPLOADS, _UPLOADS.c.id == _UPLOADED.c.package_id)
        .where(_UPLOADED.c.case_id == case_id)
        .order_by(_UPLOADED.c.id)
    )
    return [Upload(**row) for row in db.execute(wanted).mappings()]


def _lot(db: Connection, lot_id: int | None) -> dict[str, Any] | None:
    names = ("id", "part", "lane", "created_at", "approved_at", "document_no", "cases")
    wanted = select(*(_LOTS.c[name] for name in names)).where(_LOTS.c.id == lot_id)
    return _as_dict(db.execute(wanted).mappings().one_or_none())


def _package(db: Connection, sheet: Row[Any] | None) -> dict[str, Any] | None:
    names = ("code", "custody", "holder", "expected", "packed_at", "dispatched_at", "held_since", "centre")
    wanted = select(*(_PACKAGES.c[name] for name in names))
    wanted = wanted.where(_PACKAGES.c.id == (sheet.package_id if sheet else None))
    return _as_dict(db.execute(wanted).mappings().one_or_none())


def _as_dict(row: Any) -> dict[str, Any] | None:
    return None if row is None else dict(row)


def _certificate(sheet: Row[Any] | None, masked: bool) -> dict[str, Any] | None:
    if sheet is None:
        return None
    shown = {name: getattr(sheet, name) for name in ("allocated_at", "sheet", "printed_at", "print_file")}
    return {"number": mask_id(sheet.number) if masked else sheet.number, **shown}


def _public_dates(case: Row[Any], sheet: Row[Any] | None, holds: list[HoldSeen], pack: Pack) -> PublicDates:
    accepted = case.registration == Registration.ACCEPTED.value
    reasons = [] if accepted else ["not-accepted"]
    reasons += [] if case.photo_submission else ["photo"]
    stops = [hold.reason for hold in holds if hold.track == "visibility" and hold.released_at is None]
    reasons += [reason for reason in dict.fromkeys(stops) if reason not in reasons]
    known = None if reasons else visible_from(pack.issue_date, case.registered_at, case.photo_received_at)
    if case.visible_on is None and known:
        reasons.append("day-to-come")
    return PublicDates(
        issued_on=pack.issue_date if sheet else None,
        registered_at=case.registered_at,
        visible_on=case.visible_on,
        expected=None if case.visible_on else known,
        hidden_because=[] if case.visible_on else reasons,
    )
