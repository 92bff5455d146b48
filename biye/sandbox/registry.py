"""A labelled stand-in for the ministry's registry CHSI: it answers each uploaded package with a file."""

import csv
import io
from collections.abc import Iterator

from sqlalchemy import exists, select

from models.case import Case
from models.certificate import RegistryPackage, RegistryRow
from models.columns import table_of
from models.database import reading
from models.keys import decrypt_ids
from models.lot import Approval, ApprovalState
from models.student import Student
from rules.approvals import ApprovalKind
from rules.columns import ROSTER
from rules.states import Registration

APPROVALS, CASES, STUDENTS = table_of(Approval), table_of(Case), table_of(Student)
RESIDENT_ID = "居民身份证"
PACKAGES, ROWS = table_of(RegistryPackage), table_of(RegistryRow)


def unsent_packages(season: str) -> list[int]:
    """Return the packages whose upload is approved and that nobody has uploaded yet."""
    approved = select(APPROVALS.c.subject_id).where(
        APPROVALS.c.kind == ApprovalKind.REGISTRY_UPLOAD.value,
        APPROVALS.c.state == ApprovalState.APPROVED.value,
    )
    waiting = (PACKAGES.c.season == season, PACKAGES.c.sent_at.is_(None), PACKAGES.c.id.in_(approved))
    with reading() as db:
        return sorted(db.scalars(select(PACKAGES.c.id).where(*waiting)))


def unanswered_packages(season: str) -> list[int]:
    """Return the packages that were uploaded and have rows without an answer."""
    wanted = (
        select(PACKAGES.c.id)
        .distinct()
        .join(ROWS, ROWS.c.package_id == PACKAGES.c.id)
        .where(PACKAGES.c.season == season, PACKAGES.c.sent_at.is_not(None), ROWS.c.result == "")
    )
    with reading() as db:
        return sorted(db.execute(wanted).scalars())


def receipt_for(package_id: int, *, objects: bool = True) -> bytes:
    """Return the stand-in's answer to a package: accepted (an empty reason), but for what it asks back once.

    It sends back, the first time, names beyond GBK and documents that are no resident ID: somebody has to
    look at them and send them again; objects: whether it does. It names the package, so no two answers have
    the same bytes.
    """
    written = io.StringIO(newline="")
    lines = csv.writer(written)
    lines.writerow(("ZSBH", "BZ", "PCH"))
    for number, objection in sorted(_answers(package_id)):
        lines.writerow((number, objection if objects else "", package_id))
    return written.getvalue().encode()


def _answers(package_id: int) -> Iterator[tuple[str, str]]:
    earlier = ROWS.alias("earlier")
    again = exists().where(earlier.c.case_id == ROWS.c.case_id, earlier.c.id < ROWS.c.id)
    wanted = (
        select(ROWS.c.number, STUDENTS.c.name, STUDENTS.c.id_type, again.label("again"))
        .join(CASES, CASES.c.id == ROWS.c.case_id)
        .join(STUDENTS, STUDENTS.c.id == CASES.c.student_id)
    )
    with reading() as db:
        for row in db.execute(wanted.where(ROWS.c.package_id == package_id)):
            yield row.number, "" if row.again else _objection(row.name, row.id_type)


def _objection(name: str, id_type: str) -> str:
    if name.encode("gbk", errors="ignore").decode("gbk") != name:
        return "姓名含生僻字，请核对后重报"
    return "" if id_type == RESIDENT_ID else "证件号码请核对后重报"


def rejected_students(season: str) -> list[str]:
    """Return the student numbers whose registration was sent back."""
    wanted = select(STUDENTS.c.student_no).join(CASES, CASES.c.student_id == STUDENTS.c.id)
    sent_back = (CASES.c.season == season, CASES.c.registration == Registration.REJECTED.value)
    with reading() as db:
        return list(db.scalars(wanted.where(*sent_back).order_by(STUDENTS.c.id)))


def roster_of(student_nos: list[str]) -> bytes:
    """Return the roster of some students as the academic system sends it again, looked at by a person."""
    columns = {column.heading: column.name for column in ROSTER}
    with reading() as db:
        rows = [
            dict(row)
            for row in db.execute(select(STUDENTS).where(STUDENTS.c.student_no.in_(student_nos))).mappings()
        ]
    numbers = decrypt_ids([row["id_cipher"] for row in rows])
    written = io.StringIO(newline="")
    lines = csv.writer(written)
    lines.writerow(columns)
    for row, number in zip(rows, numbers, strict=True):
        known = {**row, "id_number": number}
        lines.writerow([known[name] for name in columns.values()])
    return written.getvalue().encode()
