"""Whether a registry package may leave: approved by a second person, and still the bytes approved (T4)."""

import hashlib
from typing import Any

from sqlalchemy import Connection, select

import rules.refusals_registration  # noqa: F401  registers its codes
from models import archive
from models.columns import table_of
from models.lot import Approval, ApprovalState
from rules.approvals import ApprovalKind, same_name
from rules.refusals import Refused

UPLOAD = "registry-upload"  # the kind of an upload's rows in the outbox
_APPROVALS = table_of(Approval)


def check_upload(db: Connection, package: Any, by: str) -> None:
    """Refuse an upload that nobody approved, that the approver makes alone, or of other bytes than approved.

    package: a row of registry_package. by: who uploads. Raises Refused approval-nameless,
    T4-upload-unapproved, T4-upload-same-person, T4-package-altered. Source: T4, DESIGN 10.
    """
    if not same_name(by):
        raise Refused("approval-nameless")
    approved = db.execute(_approval_of(package.id)).first()
    if approved is None:
        raise Refused("T4-upload-unapproved", package=package.id)
    if same_name(by) == same_name(approved.decided_by or ""):
        raise Refused("T4-upload-same-person", package=package.id, by=by)
    if not approved.frozen_hash == package.archived == _archived_hash(package.archived):
        raise Refused("T4-package-altered", package=package.id)


def _approval_of(package_id: int) -> Any:
    wanted = select(_APPROVALS.c.frozen_hash, _APPROVALS.c.decided_by).where(
        _APPROVALS.c.kind == ApprovalKind.REGISTRY_UPLOAD.value,
        _APPROVALS.c.subject_id == package_id,
        _APPROVALS.c.state == ApprovalState.APPROVED.value,
    )
    return wanted.order_by(_APPROVALS.c.id.desc())


def _archived_hash(digest: str) -> str:
    """Return the SHA-256 of what the archive holds now; empty if it holds nothing."""
    try:
        return hashlib.sha256(archive.fetch(digest)).hexdigest()
    except FileNotFoundError:
        return ""
