"""A small season in a database of its own: lots, students, approved cases, a zip of photos."""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from sqlmodel import SQLModel

import models.schema  # noqa: F401  knows every table
from models import archive, database, keys
from models.case import Case, Hold
from models.columns import table_of
from models.event import broken_links
from models.lot import Lot
from models.reference import read_reference
from models.student import Student
from models.submission import Submission
from rules.clock import SHANGHAI
from rules.reference import Reference
from tasks.approval import approve, propose
from tests.rules.policy_packs import january_2020
from tests.submitted import jpeg, resident_id

SHIPPED = Path(__file__).parents[2] / "seasons" / "reference"
SEASON = "2020-01"
EARLY = datetime(2019, 12, 2, 9, tzinfo=SHANGHAI)
NOW = datetime(2019, 12, 20, 9, tzinfo=SHANGHAI)
MATHEMATICS = {"level": "本科", "programme_code": "070101"}
CASES, HOLDS = table_of(Case), table_of(Hold)


@cache
def reference() -> Reference:
    """The shipped reference data."""
    return read_reference(SHIPPED)


@pytest.fixture
def season(biye_home: Path) -> Iterator[None]:
    """An empty installation; at the end its chains of events must be whole."""
    submission("roster", "0" * 64)
    submission("audit-data", "0" * 64)
    yield
    with database.reading() as db:
        assert list(broken_links(db)) == []


def put(model: type[SQLModel], **values: Any) -> int:
    """Insert one row and return its id."""
    table = table_of(model)
    with database.transaction() as db:
        return int(db.execute(insert(table).values(**values).returning(table.c.id)).scalar_one())


def submission(kind: str, sha256: str, received_at: datetime = EARLY) -> int:
    """A received and judged file."""
    named = {"season": SEASON, "kind": kind, "branch": "110", "filename": "a", "sha256": sha256, "size": 1}
    counts = dict.fromkeys(("rows_read", "accepted", "refused", "held", "parked", "duplicate"), 0)
    times = {"received_at": received_at, "recorded_at": received_at}
    return put(Submission, **named, **times, **counts, state="judged")


def lot(branch: str = "110", part: int = 1, approved_at: datetime = NOW) -> int:
    """An approved lot of batch 1."""
    named = {"season": SEASON, "batch": 1, "branch": branch, "lane": "ordinary", "part": part, "cases": 0}
    return put(Lot, **named, created_at=EARLY, approved_at=approved_at)


def student(serial: int, **changed: Any) -> int:
    """A student of an ordinary short-cycle programme."""
    number = resident_id(serial)
    facts: dict[str, Any] = {
        "student_no": f"17110140{serial:05d}",
        "branch": "110",
        "centre": "1100101",
        "name": "张" + "甲乙丙丁戊己庚辛"[serial % 8],
        "sex": "女",
        "birth_date": date(1990, 3, 7),
        "ethnicity": "汉族",
        "id_type": "居民身份证",
        "id_cipher": keys.encrypt_ids([number])[0],
        "id_index": keys.index_ids([number])[0],
        "exam_no": f"17{serial:012d}",
        "level": "专科",
        "programme_code": SHORT_CYCLE,
        "direction": "",
        "entry_term": "201709",
        "status": "在籍",
        "discipline": "",
        "submission_id": 1,
    }
    return put(Student, **(facts | changed))


def _short_cycle() -> str:
    programmes = read_reference(SHIPPED).programmes
    return str(programmes.query("level == '专科' and direction == ''")["code"].iloc[0])


SHORT_CYCLE = _short_cycle()


def case(lot_id: int, serial: int, *, person: dict[str, Any] | None = None, **changed: Any) -> int:
    """An approved case with certificate data and no photo; order: the serial as minutes after EARLY."""
    facts: dict[str, Any] = {
        "season": SEASON,
        "student_id": student(serial, **(person or {})),
        "branch": "110",
        "batch": 1,
        "lane": "ordinary",
        "lot_id": lot_id,
        **dict.fromkeys(
            ("conduct", "unified_exam", "remedial", "prior_credential", "branch_finding", "branch_auditor"),
            "",
        ),
        "continuing": False,
        "audit_submission": 2,
        "audit_row": serial,
        "audit_received_at": EARLY,
        "certificate_submission": 2,
        "certificate_received_at": EARLY,
        "study_from": date(2017, 9, 1),
        "study_to": date(2020, 1, 1),
        "order_at": EARLY + timedelta(minutes=serial),
        "order_receipt": 2,
        "order_row": serial,
        "audit": "approved",
    }
    return put(Case, **(facts | changed))


def give_photos(*case_ids: int, received_at: datetime = EARLY) -> list[bytes]:
    """Send in a zip with a photo of each case, the first member being of nobody."""
    photos = [jpeg(seed=case_id) for case_id in case_ids]
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as out:
        for place, photo in enumerate([b"nobody", *photos]):
            out.writestr(f"{place}.jpg", photo)
    sent = submission("photos", archive.keep(packed.getvalue()), received_at)
    for member, case_id in enumerate(case_ids, start=1):
        change(case_id, photo_submission=sent, photo_member=member, photo_received_at=received_at)
    return photos


def change(case_id: int, **values: Any) -> None:
    """Set columns of a case, as if another part had."""
    with database.transaction() as db:
        db.execute(update(CASES).where(CASES.c.id == case_id).values(**values))


def let_upload(package: int, by: str = "李明") -> None:
    """Have a second person approve the upload of a registry package (T4)."""
    with database.transaction() as db:
        approval = propose(db, "registry-upload", package, None, "王芳", NOW)
    approve(approval, by, NOW, pack=january_2020())


def hold(case_id: int, track: str, reason: str = "dispute") -> None:
    """Place a hold."""
    put(Hold, case_id=case_id, track=track, reason=reason, clause="N5", detail="", owner="010", since=EARLY)


def column(name: str) -> dict[int, Any]:
    """One column of all cases, by id."""
    with database.reading() as db:
        return {row[0]: row[1] for row in db.execute(select(CASES.c.id, CASES.c[name]))}


def rows_of(model: type[SQLModel]) -> list[dict[str, Any]]:
    """All rows of a table."""
    table = table_of(model)
    with database.reading() as db:
        return [dict(row) for row in db.execute(select(table).order_by(*table.primary_key)).mappings()]


def open_holds() -> set[tuple[int, str, str, str]]:
    """Case, track, reason and clause of every hold that stands."""
    holds = [row for row in rows_of(Hold) if row["released_at"] is None]
    return {(row["case_id"], row["track"], row["reason"], row["clause"]) for row in holds}
