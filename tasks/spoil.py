"""Spoil a sheet: it enters the ledger (作废台账), and is printed again under the same number (N5)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from models.bulk import among
from models.case import Case, Hold
from models.certificate import CertificateSheet
from models.columns import table_of
from models.custody import Package
from models.database import transaction
from models.package_check import CheckFinding
from models.seal import SealRow
from models.spoiled import SpoiledSheet
from rules.approvals import same_name
from rules.holds import DISPATCH, HAND_OVER, PARTNER_SEAL, Wanted
from rules.identity import mask_id
from rules.package_check import WRONG_NAME, FindingKind, FindingState
from rules.reference import HQ
from rules.refusals import Refused
from rules.seal import SealOutcome
from rules.sheets import HAS_SHEET, SpoilReason, check_spoil
from rules.states import Certificate, Custody
from tasks.certificate_named import as_sheet, certificate_named
from tasks.hold import place, release
from tasks.repack import sealed, take_out
from tasks.track import move

_CASES, _HOLDS, _LEDGER = table_of(Case), table_of(Hold), table_of(SpoiledSheet)
_SHEETS, _PACKAGES, _FINDINGS = table_of(CertificateSheet), table_of(Package), table_of(CheckFinding)
_SEALS = table_of(SealRow)


@dataclass(frozen=True)
class Spoiled:
    """One sheet that counts no longer. number, student_no: masked."""

    case_id: int
    number: str
    student_no: str
    season: str
    sheet: int
    reason: SpoilReason


def spoil(
    named: str, reason: SpoilReason, by: str, as_of: datetime, *, season: str = "", sheet_no: str = ""
) -> Spoiled:
    """Enter one sheet in the ledger; the next certify run prints it again under the same number.

    named: certificate or student number. sheet_no: serial of the paper. A certificate that needs the
    partner's seal waits for it again (N2). Raises Refused sheet-…; nothing is changed then.
    """
    check_name(by)
    with transaction() as db:
        case = certificate_named(db, named, season)
        check_spoil(as_sheet(case))
        spoil_sheets(db, [case.id], reason, by, as_of, sheet_no=sheet_no)
    masked = (mask_id(case.number), mask_id(case.student_no))
    return Spoiled(case.id, *masked, case.season, case.sheet, reason)


def check_name(by: str) -> None:
    """Refuse an act on a sheet without a name; Refused sheet-nameless."""
    if not same_name(by):
        raise Refused("sheet-nameless")


def spoil_sheets(
    db: Connection,
    case_ids: Collection[int],
    reason: SpoilReason,
    by: str,
    as_of: datetime,
    *,
    sheet_no: str = "",
) -> None:
    """Spoil the sheets of some cases in the caller's transaction; every one must have a sheet."""
    void_sheets(db, case_ids, reason, by, as_of, sheet_no=sheet_no)
    _seal_again(db, case_ids, as_of)
    for lot_id, ids in by_lot(db, case_ids).items():
        mine, stream = among(db, _CASES.c.id, ids), f"lot:{lot_id}"
        release(db, ids, HAND_OVER, WRONG_NAME, stream=stream, as_of=as_of)
        move(db, Certificate.NUMBERED, mine, stream=stream, as_of=as_of, actor=by, reason=reason.value)


def void_sheets(
    db: Connection,
    case_ids: Collection[int],
    reason: SpoilReason,
    by: str,
    as_of: datetime,
    *,
    sheet_no: str = "",
) -> None:
    """Enter sheets in the ledger and take them out of their packages: they lie nowhere any more."""
    rows = [_ledger_row(row, reason, by, as_of, sheet_no) for row in _standing(db, case_ids)]
    db.execute(insert(_LEDGER), rows)
    take_out(db, case_ids, as_of, by)
    for lot_id, ids in by_lot(db, case_ids).items():
        lying = among(db, _CASES.c.id, ids)
        move(db, Custody.NONE, lying, stream=f"lot:{lot_id}", as_of=as_of, actor=by, reason=reason.value)
    _settle(db, list(case_ids), reason, by, as_of)


def has_sheet(case: Row[Any]) -> bool:
    """Say whether a row of graduation_case has a sheet that can be spoiled."""
    return Certificate(case.certificate) in HAS_SHEET


def _settle(db: Connection, case_ids: list[int], reason: SpoilReason, by: str, as_of: datetime) -> None:
    """Nobody waits any more for these sheets to come back, or looks for them."""
    away = update(_SEALS).where(among(db, _SEALS.c.case_id, case_ids), _SEALS.c.outcome == "")
    db.execute(away.values(outcome=SealOutcome.SPOILED.value, returned_at=as_of, by=by))
    theirs = (among(db, _FINDINGS.c.case_id, case_ids), _FINDINGS.c.kind != FindingKind.EXTRA)
    state = FindingState.VOIDED if reason is SpoilReason.VOIDED else FindingState.REPRINTED
    settled = {"state": state.value, "settled_at": as_of, "settled_by": by}
    db.execute(update(_FINDINGS).where(*theirs, _FINDINGS.c.state == FindingState.OPEN).values(**settled))


def by_lot(db: Connection, case_ids: Collection[int]) -> dict[int, list[int]]:
    """Return some cases by lot, lots and cases in ascending order: each lot has a stream of events."""
    wanted = select(_CASES.c.lot_id, _CASES.c.id).where(among(db, _CASES.c.id, list(case_ids)))
    found: dict[int, list[int]] = {}
    for lot_id, case_id in db.execute(wanted.order_by(_CASES.c.lot_id, _CASES.c.id)):
        found.setdefault(lot_id, []).append(case_id)
    return found


def _standing(db: Connection, case_ids: Collection[int]) -> list[Row[Any]]:
    wanted = (
        select(_CASES, _SHEETS.c.number, _SHEETS.c.sheet, _PACKAGES.c.holder)
        .join(_SHEETS, _SHEETS.c.case_id == _CASES.c.id)
        .outerjoin(_PACKAGES, _PACKAGES.c.id == _SHEETS.c.package_id)
        .where(among(db, _CASES.c.id, list(case_ids)))
    )
    return list(db.execute(wanted.order_by(_CASES.c.id)).all())


def _ledger_row(
    case: Row[Any], reason: SpoilReason, by: str, as_of: datetime, sheet_no: str
) -> dict[str, Any]:
    away = case.certificate == Certificate.AT_PARTNER
    return {
        "season": case.season,
        "case_id": case.id,
        "number": case.number,
        "sheet": case.sheet,
        "sheet_no": sheet_no.strip(),
        "reason": reason.value,
        "place": case.certificate if away else case.custody,
        "holder": case.holder or HQ,
        "by": by,
        "spoiled_at": as_of,
    }


def _seal_again(db: Connection, case_ids: Collection[int], as_of: datetime) -> None:
    """N2: a new sheet of a case that was sealed waits for the seal anew."""
    for lot_id, ids in by_lot(db, case_ids).items():
        mine = _CASES.c.id.in_(ids) & sealed()
        seals = (_HOLDS.c.reason == PARTNER_SEAL, _HOLDS.c.track == DISPATCH)
        wanted = select(_HOLDS).where(_HOLDS.c.case_id.in_(select(_CASES.c.id).where(mine)), *seals)
        last = {row.case_id: row for row in db.execute(wanted.order_by(_HOLDS.c.id))}
        again = [
            Wanted(row.case_id, DISPATCH, PARTNER_SEAL, row.clause, row.owner, row.detail)
            for row in last.values()
        ]
        place(db, again, f"lot:{lot_id}", as_of)
