"""Export of a lot's graduates as a package for the registry (学历电子注册): table, photos, control (T4)."""

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
from sqlalchemy import Connection, insert, select

from models.archive import keep
from models.bulk import insert_frame
from models.certificate import PackageContent, RegistryPackage, RegistryRow
from models.columns import table_of
from models.database import reading, transaction
from models.lot import Lot
from rules.clock import day_in_shanghai
from rules.reference import Reference
from rules.refusals import Unsent
from rules.registry_fields import field_digests
from rules.season import Pack
from rules.states import Registration
from tasks.case_photos import CasePhotos
from tasks.graduate import graduates, with_id_numbers
from tasks.outdated_sheets import settle_outdated
from tasks.registry_due import to_export
from tasks.registry_package import build_registry_package
from tasks.track import move

_LOTS, _PACKAGES, _ROWS = table_of(Lot), table_of(RegistryPackage), table_of(RegistryRow)


def export_lot(
    lot_id: int, pack: Pack, reference: Reference, as_of: datetime, *, again: bool = False, by: str = "biye"
) -> int | None:
    """Export the lot's numbered graduates that are not registered yet; None if there is nobody to export.

    A rejected graduate goes again once a file that came after the rejection corrected the roster, the
    certificate data or the photo; `again`: also without that, where `by` found the registry at fault.
    Raises Refused T4-dbf-…, reference-no-programme; Unsent T4-lot-changed.
    """
    with reading() as db:
        rows = graduates(db, to_export(lot_id, again), pack, reference)
        if rows.empty:
            return None
        control = control_of(db, lot_id)
        archived, fields = _build(db, with_id_numbers(rows), control, as_of)
    rows["digest"] = field_digests(fields)
    with transaction() as db:
        return _keep_package(db, lot_id, rows, archived, as_of, again, by)


def control_of(db: Connection, lot_id: int) -> dict[str, object]:
    """Return what the control sheet says of a lot."""
    lot = db.execute(select(_LOTS).where(_LOTS.c.id == lot_id)).one()
    return {"season": lot.season, "batch": lot.batch, "branch": lot.branch, "lot": lot_id}


def _build(
    db: Connection, rows: pd.DataFrame, control: dict[str, object], as_of: datetime
) -> tuple[str, pd.DataFrame]:
    """Return the archived package's SHA-256 and the fields it states."""
    pairs = list(zip(rows["case_id"], rows["id_number"], strict=True))
    with CasePhotos(db, rows) as photos, TemporaryDirectory() as folder:
        out = Path(folder) / "package.zip"
        having = ((number, photo) for case, number in pairs if (photo := photos.photo_of(case)) is not None)
        built = build_registry_package(rows, having, control, out, today=day_in_shanghai(as_of))
        return keep(out.read_bytes()), built.fields


def _keep_package(
    db: Connection, lot_id: int, rows: pd.DataFrame, archived: str, as_of: datetime, again: bool, by: str
) -> int:
    made = insert_package(db, lot_id, PackageContent.GRADUATES, len(rows), archived, as_of)
    due, stream = to_export(lot_id, again), f"lot:{lot_id}"
    moved = move(
        db,
        Registration.EXPORTED,
        due,
        stream=stream,
        as_of=as_of,
        actor=by,
        package=made,
        archived=archived,
    )
    if moved != sorted(rows["case_id"].tolist()):
        raise Unsent("T4-lot-changed", lot=lot_id)
    insert_rows(db, made, rows)
    settle_outdated(db, lot_id, as_of)
    return made


def insert_package(
    db: Connection, lot_id: int, content: PackageContent, count: int, archived: str, as_of: datetime
) -> int:
    """Write a package of a lot and return its id. archived: SHA-256 of its bytes."""
    lot = db.execute(select(_LOTS).where(_LOTS.c.id == lot_id)).one()
    package: dict[str, Any] = {"season": lot.season, "batch": lot.batch, "lot_id": lot_id}
    package |= {"content": content, "archived": archived, "rows": count, "exported_at": as_of}
    return int(db.execute(insert(_PACKAGES).values(**package).returning(_PACKAGES.c.id)).scalar_one())


def insert_rows(db: Connection, package_id: int, rows: pd.DataFrame) -> None:
    """Write a package's rows: case_id, number, digest and the place of the photo that goes with each."""
    kept = rows[["case_id", "number", "digest", "photo_submission", "photo_member"]]
    insert_frame(db, _ROWS, kept.assign(package_id=package_id, result="", reason=""))
