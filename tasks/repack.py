"""Certificates that leave their package again: held after packing, or their sheet spoiled (R2, N2)."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, exists, select, update

from models.bulk import among, read_by
from models.case import Case, Hold
from models.certificate import CertificateSheet
from models.columns import table_of
from models.custody import Package
from models.database import transaction
from models.event import record
from rules.holds import DISPATCH, PARTNER_SEAL
from rules.states import Certificate, Custody
from tasks.hold import held
from tasks.promise import settle
from tasks.track import move

_CASES, _HOLDS = table_of(Case), table_of(Hold)
_SHEETS, _PACKAGES = table_of(CertificateSheet), table_of(Package)
_SEALS = _HOLDS.alias("seals")


def take_out_held(lot_id: int, as_of: datetime, actor: str = "biye") -> int:
    """Take a lot's held certificates out of its packages at HQ, so that the rest can go; return how many.

    A package of held ones alone stays whole. What was taken out is packed anew when its hold is released.
    """
    with transaction() as db:
        ids = _held_among_others(db, lot_id)
        if ids:
            unpack(db, ids, f"lot:{lot_id}", as_of, actor)
        return len(ids)


def unpack(db: Connection, case_ids: Collection[int], stream: str, as_of: datetime, actor: str) -> None:
    """Take good sheets out of their packages: they are printed or sealed again, and will be packed anew."""
    take_out(db, case_ids, as_of, actor)
    mine = among(db, _CASES.c.id, list(case_ids))
    move(db, Custody.NONE, mine, stream=stream, as_of=as_of, actor=actor)
    for state, one in ((Certificate.SEALED, sealed()), (Certificate.PRINTED, ~sealed())):
        move(db, state, mine & one, stream=stream, as_of=as_of, actor=actor)


def sealed() -> ColumnElement[bool]:
    """Return the condition that a case's sheet came back with the partner's seal (N2)."""
    of_case = (_SEALS.c.case_id == _CASES.c.id, _SEALS.c.track == DISPATCH, _SEALS.c.reason == PARTNER_SEAL)
    back = exists().where(*of_case, _SEALS.c.released_at.is_not(None))
    return back & ~exists().where(*of_case, _SEALS.c.released_at.is_(None))


def _held_among_others(db: Connection, lot_id: int) -> list[int]:
    packages = select(_PACKAGES).where(_PACKAGES.c.lot_id == lot_id, _PACKAGES.c.custody == Custody.AT_HQ)
    found = []
    for package in db.execute(packages.order_by(_PACKAGES.c.id).with_for_update()).all():
        inside = select(_SHEETS.c.case_id).where(_SHEETS.c.package_id == package.id)
        held_ones = select(_CASES.c.id).where(_CASES.c.id.in_(inside), held(DISPATCH))
        ids = list(db.scalars(held_ones.order_by(_CASES.c.id)))
        found += ids if len(ids) < package.certificates else []
    return found


def take_out(db: Connection, case_ids: Collection[int], as_of: datetime, actor: str) -> None:
    """Take certificates out of the packages they lie in, each package with its event.

    A package keeps its code and token; the label printed at dispatch says the new count.
    """
    lying = (_SHEETS.c.package_id.is_not(None),)
    rows = read_by(db, _SHEETS, ("package_id", "case_id"), "case_id", case_ids, *lying)
    for package_id in sorted(set(rows["package_id"].tolist())):
        ids = rows.loc[rows["package_id"] == package_id, "case_id"].tolist()
        left = _PACKAGES.c.certificates - len(ids)
        db.execute(update(_PACKAGES).where(_PACKAGES.c.id == package_id).values(certificates=left))
        db.execute(update(_SHEETS).where(among(db, _SHEETS.c.case_id, ids)).values(package_id=None))
        record(db, f"package:{package_id}", "taken-out", as_of, actor=actor, ids=ids)
        note_emptied(db, package_id, as_of, actor)


def note_emptied(db: Connection, package_id: int, at: datetime, actor: str) -> None:
    """Close a package whose certificates were all handed over or taken out: its holder owes nothing more."""
    inside = select(_CASES.c.custody).distinct().join(_SHEETS, _SHEETS.c.case_id == _CASES.c.id)
    states = set(db.scalars(inside.where(_SHEETS.c.package_id == package_id)))
    if states - {Custody.HANDED_OVER.value}:
        return
    if states:
        closed = update(_PACKAGES).where(_PACKAGES.c.id == package_id)
        db.execute(closed.values(custody=Custody.HANDED_OVER))
    record(db, f"package:{package_id}", "emptied", at, actor=actor)
    settle(db, "dwell", "package", [package_id], at)
