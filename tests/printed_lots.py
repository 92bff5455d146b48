"""An installation in a folder of its own, with a lot whose certificates are printed: where packing begins."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from models.case import Case, Hold
from models.certificate import CertificateSheet
from models.columns import table_of
from models.database import reading, transaction
from models.event import broken_links
from models.lot import Lot
from models.reference import read_reference
from models.student import Student
from models.submission import Submission, SubmissionState
from rules.clock import SHANGHAI
from rules.reference import Reference
from rules.states import Audit, Certificate, Custody, Registration
from tasks.custody import scan
from tasks.policy import adopt_pack
from tests.rules.policy_packs import SHIPPED as SHIPPED_PACK

CASE, STUDENT = table_of(Case), table_of(Student)
SHIPPED = Path(__file__).parents[1] / "seasons" / "reference"
PACKED = datetime(2019, 12, 20, 9, tzinfo=SHANGHAI)


@cache
def shipped_reference() -> Reference:
    """The reference data as shipped."""
    return read_reference(SHIPPED)


@pytest.fixture
def installation(biye_home: Path) -> Iterator[None]:
    """A database of its own with the shipped season in force; at the end its event chains must hold."""
    adopt_pack(SHIPPED_PACK.read_text(encoding="utf-8"), SHIPPED_PACK.name, PACKED)
    yield
    with reading() as db:
        assert list(broken_links(db)) == []


def bring(code: str, centre: str, at: datetime, actor: str = "赵六") -> None:
    """Scan a package of branch 110 in and out there, and in at its study centre."""
    for by, out in [("110", False), ("110", True), (centre, False)]:
        scan(code, by, out, at, actor, shipped_reference())


def student_no(serial: int) -> str:
    """The student number of the nth student of any lot made here, from 1."""
    return f"17110012{serial:05d}"


def printed_lot(centres: Sequence[str], part: int = 1, first: int = 1, **changed: Any) -> int:
    """Make a lot of printed certificates, one a study centre named, in FIFO order; return its id.

    first: serial of the first student. changed: columns of every case.
    """
    branch = centres[0][:3]
    with transaction() as db:
        submission = _insert(
            db,
            Submission,
            season="2020-01",
            kind="audit-data",
            branch=branch,
            filename="毕业审核数据.csv",
            sha256="0" * 64,
            size=1,
            received_at=PACKED,
            recorded_at=PACKED,
            state=SubmissionState.JUDGED,
        )
        lot = {"season": "2020-01", "batch": 1, "branch": branch, "lane": "ordinary", "part": part}
        lot_id = _insert(db, Lot, **lot, created_at=PACKED, cases=len(centres))
        for position, centre in enumerate(centres, start=1):
            _graduate(db, first + position - 1, position, centre, lot_id, submission, changed)
    return lot_id


def hold(serial: int, track: str, reason: str = "partner-seal") -> int:
    """Hold one track of the nth student's case; return the hold's id."""
    with transaction() as db:
        of_student = select(CASE.c.id).join(STUDENT).where(STUDENT.c.student_no == student_no(serial))
        facts = {"track": track, "reason": reason, "clause": "N2", "owner": "010", "since": PACKED}
        return _insert(db, Hold, case_id=db.scalar(of_student), **facts)


def cases() -> list[dict[str, Any]]:
    """Every case with its certificate and package, in the order made."""
    sheet = table_of(CertificateSheet)
    wanted = select(CASE, sheet.c.package_id, sheet.c.number).join(sheet).order_by(CASE.c.id)
    with reading() as db:
        return [dict(row) for row in db.execute(wanted).mappings()]


def rows_of(model: Any) -> list[dict[str, Any]]:
    """Every row of a table, in the order made."""
    table = table_of(model)
    with reading() as db:
        return [dict(row) for row in db.execute(select(table).order_by(table.c.id)).mappings()]


def _insert(db: Any, model: Any, **values: Any) -> int:
    table = table_of(model)
    return int(db.execute(insert(table).values(**values).returning(table.c.id)).scalar_one())


def _graduate(
    db: Any,
    serial: int,
    position: int,
    centre: str,
    lot_id: int,
    submission: int,
    changed: Mapping[str, Any],
) -> None:
    student = _insert(
        db,
        Student,
        student_no=student_no(serial),
        branch=centre[:3],
        centre=centre,
        name=f"张{'甲乙丙丁戊己庚辛'[serial % 8]}",
        sex="女",
        birth_date=date(1990, 3, 7),
        ethnicity="汉族",
        id_type="居民身份证",
        id_cipher=b"",
        id_index=serial.to_bytes(4, "big"),
        exam_no="",
        level=_programme().level,
        programme_code=_programme().code,
        direction=_programme().direction,
        entry_term="201709",
        status="在籍",
        discipline="",
        submission_id=submission,
    )
    facts = {
        "season": "2020-01",
        "student_id": student,
        "branch": centre[:3],
        "batch": 1,
        "lot_id": lot_id,
        "audit_submission": submission,
        "audit_row": position,
        "audit_received_at": PACKED,
        "audit": Audit.APPROVED,
        "registration": Registration.ACCEPTED,
        "certificate": Certificate.PRINTED,
        "custody": Custody.NONE,
    }
    case_id = _insert(db, Case, **(facts | dict(changed)))
    number = f"511618202005{serial:06d}"
    sheet = {"number": number, "case_id": case_id, "lot_id": lot_id, "position": position}
    db.execute(insert(table_of(CertificateSheet)).values(**sheet, allocated_at=PACKED, printed_at=PACKED))


def _programme() -> Any:
    return next(shipped_reference().programmes.itertuples(index=False))
