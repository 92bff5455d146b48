"""What lies before a second person: the list as it is now, with its fingerprint, whatever its kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from models.case import Case
from models.certificate import RegistryPackage
from models.columns import table_of
from models.event import digest_of
from models.lot import Approval, Lot
from models.submission import Submission
from rules.approvals import ApprovalKind
from rules.states import Audit
from tasks.correction import difference_now, keep_difference

_APPROVALS, _LOTS, _CASES, _PACKAGES, _SUBMISSIONS = (
    table_of(table) for table in (Approval, Lot, Case, RegistryPackage, Submission)
)
_STREAMS: Mapping[str, str] = {
    ApprovalKind.LOT_AUDIT: "lot",
    ApprovalKind.REGISTRY_UPLOAD: "registry-package",
    ApprovalKind.CORRECTION: "submission",
}


@dataclass(frozen=True)
class Frozen:
    """A list under approval: its fingerprint, its length, and where it belongs."""

    hash: str
    count: int
    season: str
    batch: int | None
    summary: dict[str, str]


def stream_of(kind: str, subject_id: int) -> str:
    """Return the stream of events of what an approval is about."""
    return f"{_STREAMS[kind]}:{subject_id}"


def present(db: Connection, kind: str, subject_id: int) -> Frozen:
    """Return the list as it is now: a lot's passed cases, a package's file, a correction's scores."""
    return {
        ApprovalKind.LOT_AUDIT: _lot,
        ApprovalKind.REGISTRY_UPLOAD: _package,
        ApprovalKind.CORRECTION: _correction,
    }[ApprovalKind(kind)](db, subject_id)


def _lot(db: Connection, lot_id: int) -> Frozen:
    lot = db.execute(select(_LOTS).where(_LOTS.c.id == lot_id)).one()
    ids = list(db.scalars(select(_CASES.c.id).where(passed(lot_id))))
    summary = {"branch": lot.branch, "lane": lot.lane, "part": str(lot.part)}
    # A part is approved once: what passes later belongs to the next one.
    fingerprint = digest_of(ids) if lot.approved_at is None else ""
    return Frozen(fingerprint, len(ids), lot.season, lot.batch, summary)


def passed(lot_id: int) -> ColumnElement[bool]:
    """Return the condition that a case of a lot has passed the audit and waits for the approval."""
    return (_CASES.c.lot_id == lot_id) & (_CASES.c.audit == Audit.PASSED.value)


def _package(db: Connection, package_id: int) -> Frozen:
    package = db.execute(select(_PACKAGES).where(_PACKAGES.c.id == package_id)).one()
    # A package that is sent is no longer what was to be approved.
    fingerprint = package.archived if package.sent_at is None else ""
    summary = {"lot": str(package.lot_id), "rows": str(package.rows)}
    return Frozen(fingerprint, package.rows, package.season, package.batch, summary)


def _correction(db: Connection, receipt: int) -> Frozen:
    """The scores that a correction would change now: another correction may have come in between (N3)."""
    sent = db.execute(select(_SUBMISSIONS).where(_SUBMISSIONS.c.id == receipt)).one()
    rows = difference_now(db, receipt, last_proposal(db, ApprovalKind.CORRECTION, receipt).frozen_hash)
    summary = {"branch": sent.branch, "receipt": f"{receipt:06d}", "rows": str(len(rows))}
    return Frozen(keep_difference(rows), len(rows), sent.season, sent.batch, summary)


def last_proposal(db: Connection, kind: str, subject_id: int) -> Any:
    """Return the newest approval row about a subject."""
    wanted = select(_APPROVALS).where(_APPROVALS.c.kind == str(kind), _APPROVALS.c.subject_id == subject_id)
    return db.execute(wanted.order_by(_APPROVALS.c.id.desc())).first()
