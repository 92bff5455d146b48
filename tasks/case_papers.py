"""The papers of one case: lot, certificate, package, uploads to the registry, and its public record (N7)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from models.certificate import RegistryPackage, RegistryRow
from models.columns import table_of
from models.custody import Package, Scan
from models.lot import Lot
from models.spoiled import SpoiledSheet
from rules.custody import Outcome
from rules.holds import PHOTO, VISIBILITY
from rules.identity import mask_id
from rules.season import Pack
from rules.states import Registration
from rules.visibility import visible_from
from tasks.case_standing import HoldSeen
from tasks.seal_view import case_seals

_LOTS, _PACKAGES = table_of(Lot), table_of(Package)
_SCANS, _SPOILED = table_of(Scan), table_of(SpoiledSheet)
_UPLOADS, _UPLOADED = table_of(RegistryPackage), table_of(RegistryRow)
Found = dict[str, Any]


@dataclass(frozen=True)
class Upload:
    """One export of the case to the registry. result: accepted, rejected, or empty while unanswered.

    content: graduates, or photos alone (N7); with_photo: the case's photo went along.
    """

    package: int
    exported_at: datetime
    sent_at: datetime | None
    sent_by: str | None
    result: str
    reason: str
    answered_at: datetime | None
    content: str
    with_photo: bool


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


def case_uploads(db: Connection, case_id: int) -> list[Upload]:
    """Return every export of a case to the registry, the oldest first."""
    of_package = [_UPLOADS.c[name] for name in ("exported_at", "sent_at", "sent_by", "content")]
    photo = _UPLOADED.c.photo_submission.is_not(None).label("with_photo")
    of_row = [_UPLOADED.c[name] for name in ("result", "reason", "answered_at")]
    wanted = (
        select(_UPLOADS.c.id.label("package"), *of_package, *of_row, photo)
        .join_from(_UPLOADED, _UPLOADS, _UPLOADS.c.id == _UPLOADED.c.package_id)
        .where(_UPLOADED.c.case_id == case_id)
        .order_by(_UPLOADED.c.id)
    )
    return [Upload(**row) for row in db.execute(wanted).mappings()]


def case_lot(db: Connection, lot_id: int | None) -> Found | None:
    """Return the lot of a case; None while it is in none."""
    names = ("id", "part", "lane", "created_at", "approved_at", "document_no", "cases")
    wanted = select(*(_LOTS.c[name] for name in names)).where(_LOTS.c.id == lot_id)
    return _as_dict(db.execute(wanted).mappings().one_or_none())


def case_package(db: Connection, sheet: Row[Any] | None) -> Found | None:
    """Return the package of a row of `certificate`; None while it is in none.

    tracking: how its last transfer was confirmed (scan, paper); None before the first.
    """
    names = ("code", "custody", "holder", "expected", "packed_at", "dispatched_at", "held_since", "centre")
    confirmed = select(_SCANS.c.tracking).where(
        _SCANS.c.package_id == _PACKAGES.c.id, _SCANS.c.outcome == Outcome.MOVED
    )
    last = confirmed.order_by(_SCANS.c.id.desc()).limit(1).scalar_subquery()
    wanted = select(*(_PACKAGES.c[name] for name in names), last.label("tracking"))
    wanted = wanted.where(_PACKAGES.c.id == (sheet.package_id if sheet else None))
    return _as_dict(db.execute(wanted).mappings().one_or_none())


def _as_dict(row: Any) -> Found | None:
    return None if row is None else dict(row)


def case_certificate(db: Connection, sheet: Row[Any] | None, masked: bool) -> Found | None:
    """Return a row of `certificate` with its sheets, spoiled ones and ways to the seal; None without one."""
    if sheet is None:
        return None
    shown = {name: getattr(sheet, name) for name in ("allocated_at", "sheet", "printed_at", "print_file")}
    spoiled = select(*(_SPOILED.c[name] for name in ("sheet", "reason", "spoiled_at")))
    rows = db.execute(spoiled.where(_SPOILED.c.case_id == sheet.case_id).order_by(_SPOILED.c.id)).mappings()
    ways = {"spoiled": [dict(row) for row in rows], "seals": case_seals(db, sheet.case_id)}
    return {"number": mask_id(sheet.number) if masked else sheet.number, **shown, **ways}


def public_dates(
    case: Row[Any], sheet: Row[Any] | None, holds: list[HoldSeen], uploads: list[Upload], pack: Pack
) -> PublicDates:
    """Return when a case was issued, registered and visible, or why its record is hidden."""
    taken = [one.answered_at for one in uploads if one.with_photo and one.result == "accepted"]
    reasons = _hiding(case, holds, bool(taken))
    known = None if reasons else visible_from(pack.issue_date, case.registered_at, *taken[:1])
    if case.visible_on is None and known:
        reasons.append("day-to-come")
    return PublicDates(
        issued_on=pack.issue_date if sheet else None,
        registered_at=case.registered_at,
        visible_on=case.visible_on,
        expected=None if case.visible_on else known,
        hidden_because=[] if case.visible_on else reasons,
    )


def _hiding(case: Row[Any], holds: list[HoldSeen], photo_taken: bool) -> list[str]:
    """Return what hides a record (codes): N7, and whatever else holds it."""
    accepted = case.registration == Registration.ACCEPTED.value
    reasons = [] if accepted else ["not-accepted"]
    if not case.photo_submission:
        reasons.append(PHOTO)
    elif accepted and not photo_taken:
        reasons.append("photo-unsent")
    stops = [hold.reason for hold in holds if hold.track == VISIBILITY and hold.released_at is None]
    return list(dict.fromkeys([*reasons, *(reason for reason in stops if reason != PHOTO)]))
