"""Void a certificate's number, with its registration and after a second person's approval (N5)."""

from datetime import datetime

from models.database import transaction
from rules.sheets import check_void
from tasks.approval import propose
from tasks.certificate_named import as_sheet, certificate_named
from tasks.spoil import check_name


def propose_void(
    named: str, reason: str, by: str, as_of: datetime, *, cancelled: str = "", season: str = ""
) -> int:
    """Propose that a number be voided, and return the approval's id.

    cancelled: number of the document by which CHSI cancelled the registration; without it a registration
    that stands, or is on its way, refuses. Raises Refused sheet-….
    """
    check_name(by)
    with transaction() as db:
        case = certificate_named(db, named, season)
        check_void(as_sheet(case), cancelled)
        said = {"reason": reason.strip(), "cancelled": cancelled.strip()}
        return propose(db, "certificate-void", case.id, None, by, as_of, **said)
