"""Photos that came after their graduates were registered without one: packages of photos alone (R1, N7)."""

from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from sqlalchemy import ColumnElement, Connection, or_, select

from models.archive import keep
from models.bulk import read_frame
from models.case import Case
from models.certificate import PackageContent, RegistryRow
from models.columns import table_of
from models.database import reading, transaction
from models.event import record
from models.student import Student
from rules.clock import day_in_shanghai
from rules.refusals import Unsent
from rules.states import Registration, Visibility
from tasks.case_photos import CasePhotos
from tasks.graduate import with_id_numbers
from tasks.hold import held
from tasks.registry_due import latest_row
from tasks.registry_export import control_of, insert_package, insert_rows
from tasks.registry_package import build_photo_package

_CASES, _ROWS, _STUDENTS = table_of(Case), table_of(RegistryRow), table_of(Student)


def lots_with_late_photos(season: str) -> list[int]:
    """Return the lots of a season, whichever batch, with a photo that the registry has not been sent."""
    lots = select(_CASES.c.lot_id).distinct().join(_ROWS, _ROWS.c.case_id == _CASES.c.id)
    with reading() as db:
        return list(db.scalars(lots.where(_CASES.c.season == season, late_photo()).order_by(_CASES.c.lot_id)))


def export_photos(lot_id: int, as_of: datetime) -> int | None:
    """Export the lot's late photos as a package for the registry; None if there are none.

    A photo goes once its graduate is accepted: with a graduate still to be exported it goes along. It does
    not go any more once the record is public. Raises Unsent T4-lot-changed.
    """
    with reading() as db:
        rows = _late_rows(db, lot_id)
        if rows.empty:
            return None
        control = control_of(db, lot_id) | {"内容 content": PackageContent.PHOTOS.value}
        archived = _build(db, with_id_numbers(rows), control, day_in_shanghai(as_of))
    with transaction() as db:
        if not _late_rows(db, lot_id).equals(rows):
            raise Unsent("T4-lot-changed", lot=lot_id)
        made = insert_package(db, lot_id, PackageContent.PHOTOS, len(rows), archived, as_of)
        insert_rows(db, made, rows)
        ids = rows["case_id"].tolist()
        record(db, f"lot:{lot_id}", "registry-photos-exported", as_of, ids=ids, package=made)
    return made


def late_photo() -> ColumnElement[bool]:
    """Return the condition that a case is accepted, not public, and has another photo than its registry row.

    The row is its last one and answered: what is under way is not sent twice.
    """
    another = or_(
        _ROWS.c.photo_submission.is_(None),
        _ROWS.c.photo_submission != _CASES.c.photo_submission,
        _ROWS.c.photo_member != _CASES.c.photo_member,
    )
    return (
        (_CASES.c.registration == Registration.ACCEPTED.value)
        & (_CASES.c.visibility == Visibility.HIDDEN.value)
        & _CASES.c.photo_submission.is_not(None)
        & (_ROWS.c.result != "")
        & another
        & latest_row()
        & ~held("registration")
    )


def _late_rows(db: Connection, lot_id: int) -> pd.DataFrame:
    """Return case_id, photo_submission, photo_member, number, digest and id_cipher of late photos."""
    photo = (_CASES.c.photo_submission, _CASES.c.photo_member)
    wanted = (
        select(_CASES.c.id.label("case_id"), *photo, _ROWS.c.number, _ROWS.c.digest, _STUDENTS.c.id_cipher)
        .join(_STUDENTS, _STUDENTS.c.id == _CASES.c.student_id)
        .join(_ROWS, _ROWS.c.case_id == _CASES.c.id)
        .where(_CASES.c.lot_id == lot_id, late_photo())
    )
    return read_frame(db, wanted.order_by(_ROWS.c.number))


def _build(db: Connection, rows: pd.DataFrame, control: dict[str, object], today: date) -> str:
    """Return the archived package's SHA-256."""
    pairs = zip(rows["case_id"], rows["id_number"], strict=True)
    with CasePhotos(db, rows) as photos, TemporaryDirectory() as folder:
        found = ((number, photo) for case, number in pairs if (photo := photos.photo_of(case)))
        out = Path(folder) / "package.zip"
        build_photo_package(rows, found, control, out, today=today)
        return keep(out.read_bytes())
