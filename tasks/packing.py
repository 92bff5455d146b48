"""Put a lot's certificates into packages, in order of arrival, each for one study centre (N3, N9)."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from importlib import import_module
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from models.case import Case
from models.certificate import CertificateSheet, Counter
from models.columns import table_of
from models.custody import Package
from models.database import transaction
from models.lot import Lot
from models.student import Student
from rules.labels import new_tokens, package_code
from rules.packing import fill_packages
from rules.reference import HQ
from rules.season import Pack
from rules.states import Certificate, Custody, sources_of
from tasks.hold import held
from tasks.track import move

CASE, STUDENT = table_of(Case), table_of(Student)
CERTIFICATE, COUNTER = table_of(CertificateSheet), table_of(Counter)
PACKAGE, LOT = table_of(Package), table_of(Lot)

Contents = Sequence[Row[Any]]


def pack_lot(lot_id: int, as_of: datetime, pack: Pack) -> list[int]:
    """Pack what a lot has ready and return the new packages' ids, in the order of their first certificate.

    Ready is a good sheet without a hold on dispatch: what is held stays behind and stops nobody, and comes
    into a package of its own when it is released. Run again, it packs only what has become ready since.
    """
    with transaction() as db:
        lot = db.execute(select(LOT).where(LOT.c.id == lot_id).with_for_update()).one()
        ready = _ready(db, lot_id)
        parts = fill_packages([row.centre for row in ready], pack.production.package_size)
        contents = [[ready[place] for place in part] for part in parts]
        rows = _package_rows(db, lot, contents, as_of)
        return [_pack(db, row, content) for row, content in zip(rows, contents, strict=True)]


def _ready(db: Connection, lot_id: int) -> Contents:
    wanted = (
        select(CERTIFICATE.c.number, CERTIFICATE.c.case_id, STUDENT.c.centre)
        .join(CASE, CASE.c.id == CERTIFICATE.c.case_id)
        .join(STUDENT, STUDENT.c.id == CASE.c.student_id)
        .where(CERTIFICATE.c.lot_id == lot_id, CASE.c.certificate.in_(sources_of(Certificate.PACKED)))
        .where(CASE.c.custody == Custody.NONE, ~held("dispatch"))
    )
    in_order = (CERTIFICATE.c.allocated_at, CERTIFICATE.c.position)
    return db.execute(wanted.order_by(*in_order)).all()


def _package_rows(
    db: Connection, lot: Row[Any], contents: Sequence[Contents], as_of: datetime
) -> Iterator[dict[str, Any]]:
    first = _take_sequence(db, lot.season, len(contents))
    tokens = new_tokens(len(contents))
    of_lot = {"season": lot.season, "batch": lot.batch, "lot_id": lot.id, "branch": lot.branch}
    since = {"packed_at": as_of, "held_since": as_of}
    for place, (content, token) in enumerate(zip(contents, tokens, strict=True)):
        label = {"code": package_code(lot.season, first + place), "token": token}
        yield {**of_lot, **since, **label, "centre": content[0].centre, "certificates": len(content)}


def _take_sequence(db: Connection, season: str, count: int) -> int:
    """Reserve `count` package numbers of a season, without gaps, and return the first."""
    key = f"package {season}"
    dialect = import_module(f"sqlalchemy.dialects.{db.dialect.name}")
    db.execute(dialect.insert(COUNTER).values(key=key, next=1).on_conflict_do_nothing())
    taken = update(COUNTER).where(COUNTER.c.key == key).values(next=COUNTER.c.next + count)
    return int(db.execute(taken.returning(COUNTER.c.next)).scalar_one()) - count


def _pack(db: Connection, row: dict[str, Any], content: Contents) -> int:
    made = {"custody": Custody.AT_HQ, "holder": HQ}
    package_id = int(db.execute(insert(PACKAGE).values(**row, **made).returning(PACKAGE.c.id)).scalar_one())
    numbers, cases = [one.number for one in content], [one.case_id for one in content]
    db.execute(update(CERTIFICATE).where(CERTIFICATE.c.number.in_(numbers)).values(package_id=package_id))
    stream, packed = f"package:{package_id}", CASE.c.id.in_(cases)
    told = {name: row[name] for name in ("code", "centre", "lot_id")}
    for state in (Certificate.PACKED, Custody.AT_HQ):
        move(db, state, packed, stream=stream, as_of=row["packed_at"], **told)
    return package_id
