"""The way of certificates to the partner university and back, sealed (N2).

Printed → on a list, at the partner → sealed and returned → packed. Until then a hold stops their dispatch.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, insert, select, update

from models.archive import keep
from models.bulk import among, insert_frame, read_frame
from models.case import Case, Hold
from models.certificate import CertificateSheet
from models.columns import table_of
from models.database import transaction
from models.event import record
from models.seal import SealList, SealRow
from models.settings import settings
from rules.holds import CERTIFICATE, DISPATCH, PARTNER_SEAL
from rules.reference import HQ, Reference
from rules.refusals import Refused
from rules.seal import SealOutcome, outcomes_of
from rules.sheets import SpoilReason
from rules.states import Certificate
from tasks.hold import release
from tasks.policy import season_pack
from tasks.seal_list import SealPaper, seal_papers
from tasks.spoil import by_lot, check_name, spoil_sheets
from tasks.track import move

_CASES, _HOLDS, _SHEETS = table_of(Case), table_of(Hold), table_of(CertificateSheet)
_LISTS, _ROWS = table_of(SealList), table_of(SealRow)
_REASONS = {SealOutcome.MISSING: SpoilReason.LOST, SealOutcome.DAMAGED: SpoilReason.DAMAGED}


@dataclass(frozen=True)
class SealSent:
    """One list that went to a partner; the files lie in `out/010/` and in the archive."""

    list_id: int
    season: str
    partner: str
    certificates: int
    files: tuple[str, ...]


def send_for_seal(
    target: str, by: str, as_of: datetime, reference: Reference, season: str = ""
) -> list[SealSent]:
    """List what is printed and waits for a seal, and move it to the partner: a list a season and partner.

    target: a partner's name, or a lot's id. Files: a workbook, and a PDF to be signed by both sides.
    Raises Refused seal-nothing, sheet-nameless.
    """
    check_name(by)
    with transaction() as db:
        due = _waiting(db, target, DISPATCH, Certificate.PRINTED, season)
        groups = due.groupby(["season", "partner"], sort=True)
        return [
            _send(db, (str(of_season), str(partner)), rows, by, as_of, reference)
            for (of_season, partner), rows in groups
        ]


def let_print(target: str, by: str, as_of: datetime, season: str = "") -> int:
    """Let certificates be printed whose pack says that printing waits for the partner; return how many.

    The next certify run prints them. Raises Refused seal-nothing, sheet-nameless.
    """
    check_name(by)
    with transaction() as db:
        ids = _waiting(db, target, CERTIFICATE, Certificate.NUMBERED, season)["case_id"].tolist()
        for lot_id, cases in by_lot(db, ids).items():
            release(db, cases, CERTIFICATE, PARTNER_SEAL, stream=f"lot:{lot_id}", as_of=as_of)
            record(db, f"lot:{lot_id}", "seal-printing-let", as_of, actor=by, ids=cases)
    return len(ids)


def return_sealed(
    list_id: int,
    by: str,
    as_of: datetime,
    *,
    excepted: Collection[str] = (),
    missing: Collection[str] = (),
    damaged: Collection[str] = (),
) -> dict[str, int]:
    """Take a list back: what is not named is sealed and may be packed; return counts by outcome, and away.

    excepted: numbers still with the partner. missing, damaged: enter the ledger and are printed again under
    the same number. Said again, nothing changes. Raises Refused seal-…, sheet-nameless.
    """
    check_name(by)
    lost = {SealOutcome.MISSING: missing, SealOutcome.DAMAGED: damaged}
    with transaction() as db:
        away = _away(db, list_id)
        outcomes = outcomes_of(list_id, away, excepted, lost)
        for outcome in SealOutcome:
            numbers = [number for number, said in outcomes.items() if said is outcome]
            if numbers:
                _take_back(db, list_id, {number: away[number] for number in numbers}, outcome, by, as_of)
    counts = {one.value: list(outcomes.values()).count(one) for one in (SealOutcome.SEALED, *_REASONS)}
    return counts | {"away": len(away) - len(outcomes)}


def _waiting(db: Connection, target: str, track: str, state: Certificate, season: str) -> pd.DataFrame:
    """Return season, partner, case_id and number of what waits for a seal on one track, in FIFO order."""
    wanted = (
        select(_CASES.c.season, _HOLDS.c.detail.label("partner"), _CASES.c.id.label("case_id"))
        .add_columns(_SHEETS.c.number)
        .join(_HOLDS, _HOLDS.c.case_id == _CASES.c.id)
        .join(_SHEETS, _SHEETS.c.case_id == _CASES.c.id)
        .where(_HOLDS.c.track == track, _HOLDS.c.reason == PARTNER_SEAL, _HOLDS.c.released_at.is_(None))
        .where(_CASES.c.certificate == state.value, _meant(target))
        .order_by(_SHEETS.c.allocated_at, _SHEETS.c.position)
    )
    due = read_frame(db, wanted.where(_CASES.c.season == season) if season else wanted)
    if due.empty:
        raise Refused("seal-nothing", target=target)
    return due


def _meant(target: str) -> ColumnElement[bool]:
    lot = target.strip()
    return _CASES.c.lot_id == int(lot) if lot.isascii() and lot.isdigit() else _HOLDS.c.detail == lot


def _send(
    db: Connection,
    key: tuple[str, str],
    rows: pd.DataFrame,
    by: str,
    as_of: datetime,
    reference: Reference,
) -> SealSent:
    """Make one list (key: season and partner); its files are there before anything is committed."""
    season, partner = key
    ids = rows["case_id"].tolist()
    kept = {"season": season, "partner": partner, "certificates": len(ids), "sent_at": as_of, "sent_by": by}
    made = insert(_LISTS).values(**kept, workbook="", document="").returning(_LISTS.c.id)
    list_id = int(db.execute(made).scalar_one())
    pack = season_pack(season, db)
    paper = SealPaper(
        list_id, pack.title, partner, as_of, by, f"{pack.contacts.office} {pack.contacts.telephone}"
    )
    files = seal_papers(db, paper, ids, pack, reference)
    db.execute(update(_LISTS).where(_LISTS.c.id == list_id).values(**{n: keep(b) for n, b in files.items()}))
    insert_frame(db, _ROWS, rows[["case_id", "number"]].assign(list_id=list_id, outcome="", by=""))
    due, stream = among(db, _CASES.c.id, ids), f"seal-list:{list_id}"
    move(db, Certificate.AT_PARTNER, due, stream=stream, as_of=as_of, actor=by, list=list_id)
    return SealSent(list_id, season, partner, len(ids), _write(list_id, files))


def _write(list_id: int, files: dict[str, bytes]) -> tuple[str, ...]:
    folder = settings().folder("out", HQ)
    named = {"workbook": f"送盖章清单-{list_id:04d}.xlsx", "document": f"送盖章清单-{list_id:04d}.pdf"}
    for what, data in files.items():
        folder.joinpath(named[what]).write_bytes(data)
    return tuple(str(folder / named[what]) for what in files)


def _away(db: Connection, list_id: int) -> dict[str, int]:
    """Return number and case of what is still away, and lock the list."""
    found = db.execute(select(_LISTS.c.id).where(_LISTS.c.id == list_id).with_for_update()).one_or_none()
    if found is None:
        raise Refused("seal-list-unknown", list=list_id)
    wanted = select(_ROWS.c.number, _ROWS.c.case_id).where(_ROWS.c.list_id == list_id, _ROWS.c.outcome == "")
    return {row.number: row.case_id for row in db.execute(wanted)}


def _take_back(
    db: Connection, list_id: int, cases: dict[str, int], outcome: SealOutcome, by: str, as_of: datetime
) -> None:
    ids, stream = sorted(cases.values()), f"seal-list:{list_id}"
    mine = (_ROWS.c.list_id == list_id, among(db, _ROWS.c.case_id, ids))
    noted: dict[str, Any] = {"outcome": outcome.value, "returned_at": as_of, "by": by}
    db.execute(update(_ROWS).where(*mine).values(**noted))
    if outcome is not SealOutcome.SEALED:
        spoil_sheets(db, ids, _REASONS[outcome], by, as_of)
        return
    back = among(db, _CASES.c.id, ids)
    move(db, Certificate.SEALED, back, stream=stream, as_of=as_of, actor=by, list=list_id)
    release(db, ids, DISPATCH, PARTNER_SEAL, stream=stream, as_of=as_of)
