"""Printed sheets that no longer say what is registered: held until they are printed again (R2, N5)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, ScalarSelect, select

from models.case import Case
from models.certificate import CertificateSheet, RegistryPackage, RegistryRow
from models.columns import table_of
from rules.holds import OUTDATED, outdated_holds
from rules.states import Certificate
from tasks.hold import settle

_CASES, _SHEETS = table_of(Case), table_of(CertificateSheet)
_PACKAGES, _ROWS = table_of(RegistryPackage), table_of(RegistryRow)
_UNPRINTED = (Certificate.NONE.value, Certificate.NUMBERED.value, Certificate.VOIDED.value)


def settle_outdated(db: Connection, lot_id: int, as_of: datetime) -> None:
    """Hold the lot's sheets that were printed by an earlier export than the last, where the two disagree.

    A sheet is printed only where it agrees with what was exported then, so that export says what it says.
    Printing again, once the sheet is spoiled, releases it.
    """
    of_lot = _CASES.c.lot_id == lot_id
    outdated = (
        select(_CASES.c.id)
        .join(_SHEETS, _SHEETS.c.case_id == _CASES.c.id)
        .where(of_lot, _CASES.c.certificate.not_in(_UNPRINTED))
        .where(_digest(_PACKAGES.c.exported_at <= _SHEETS.c.printed_at) != _digest())
    )
    wanted = [hold for case_id in db.scalars(outdated) for hold in outdated_holds(case_id)]
    settle(db, of_lot, [OUTDATED], wanted, stream=f"lot:{lot_id}", as_of=as_of)


def _digest(*where: Any) -> ScalarSelect[str]:
    """Return the digest of a case's last export under a condition."""
    rows = select(_ROWS.c.digest).join(_PACKAGES, _PACKAGES.c.id == _ROWS.c.package_id)
    last = rows.where(_ROWS.c.case_id == _CASES.c.id, *where).order_by(_ROWS.c.id.desc()).limit(1)
    return last.correlate(_CASES, _SHEETS).scalar_subquery()
