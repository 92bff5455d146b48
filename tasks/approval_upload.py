"""The approval of a registry package's upload: its file is the list (T4)."""

from sqlalchemy import Connection, select

from models.certificate import RegistryPackage
from models.columns import table_of
from tasks.approval_list import Frozen, Verdict

_PACKAGES = table_of(RegistryPackage)


def present_upload(db: Connection, package_id: int) -> Frozen:
    """Return a registry package as it is now, known by its file's hash."""
    package = db.execute(select(_PACKAGES).where(_PACKAGES.c.id == package_id)).one()
    # A package that is sent is no longer what was to be approved.
    fingerprint = package.archived if package.sent_at is None else ""
    summary = {"lot": str(package.lot_id), "rows": str(package.rows)}
    return Frozen(fingerprint, package.rows, package.season, package.batch, summary)


def approve_upload(db: Connection, yes: Verdict) -> None:
    """Write that the package may go out; sending it is an act of its own."""
    yes.tell(db, f"registry-package:{yes.row.subject_id}")
