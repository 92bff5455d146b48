"""A season's enrolments past their validity, for tests: students, extension lists, and a cleanup's steps."""

import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import select, update

from models.cleanup import Withdrawal
from models.columns import table_of
from models.database import reading, transaction
from models.event import broken_links
from models.student import Student
from rules.clock import SHANGHAI
from rules.refusals import Refused
from tasks.answering import answer
from tasks.approval import approvals, approve
from tasks.cleanup_frames import withdrawal_frame
from tasks.cleanup_list import list_candidates
from tasks.cleanup_proposal import propose_ready, record_notice
from tasks.intake import take_in
from tasks.policy import adopt_pack
from tasks.proposal import PROPOSER
from tasks.receiving import receive
from tasks.withdrawal_export import export_withdrawals
from tests.rules.policy_packs import january_2020, text_with
from tests.submitted import csv_file, row_of
from tests.tasks.graduates import SEASON, case, lot, reference, rows_of, student, submission

PACK = january_2020()
STUDENTS, ROWS = table_of(Student), table_of(Withdrawal)
NOTICE, DOCUMENT = "学生处通知〔2020〕3号", "学〔2020〕5号"


def on(day: str, clock: str = "09:00") -> datetime:
    """An instant of 2020 in Asia/Shanghai: `05-16`."""
    return datetime.fromisoformat(f"2020-{day}T{clock}").replace(tzinfo=SHANGHAI)


@pytest.fixture
def enrolments(biye_home: Path) -> Iterator[None]:
    """An installation with the shipped pack in force; at the end its chains of events must be whole."""
    submission("roster", "0" * 64)
    submission("audit-data", "0" * 64)
    adopt_pack(text_with(), "2020-01.yaml", on("01-02"))
    yield
    with reading() as db:
        assert list(broken_links(db)) == []


def enrol(serial: int, entry_term: str = "201203", branch: str = "110", **changed: Any) -> tuple[int, str]:
    """A student; returns id and student number."""
    number = f"12{branch}{serial:08d}"
    facts = {"student_no": number, "branch": branch, "entry_term": entry_term, "exam_no": f"K{serial:05d}"}
    return student(serial, **(facts | changed)), number


def send(
    kind: str, *rows: dict[str, str], at: datetime, branch: str = "110", name: str = ""
) -> dict[str, int]:
    """Send rows as a CSV and judge them; returns the rows by outcome."""
    return send_bytes(kind, csv_file(kind, *rows), name or f"{kind}.csv", at, branch)


def send_bytes(kind: str, data: bytes, name: str, at: datetime, branch: str = "110") -> dict[str, int]:
    """Send bytes as a file of a kind, judge and answer them."""
    receipt = receive(SEASON, kind, branch, name, data, at)
    counts = take_in(receipt, PACK, reference(), at)
    answer(receipt, PACK)
    return counts


def bundle(*rows: dict[str, str], scans: dict[str, bytes] | None = None) -> bytes:
    """A zip of a list with scans; by default one for each row's paper."""
    papers = {row["attachment"]: b"%PDF-1.4 " + row["attachment"].encode() for row in rows}
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as out:
        out.writestr("延期/名单.csv", csv_file("extension", *rows))
        for name, scan in (papers if scans is None else scans).items():
            out.writestr(f"延期/{name}", scan)
    return packed.getvalue()


def application(student_no: str, **cells: str) -> dict[str, str]:
    """A row of an extension list."""
    return row_of("extension", student_no=student_no, attachment=f"{student_no[-4:]}.pdf", **cells)


def apply(*numbers: str, at: datetime | None = None, branch: str = "110") -> dict[str, int]:
    """Send applications with their papers."""
    rows = [application(number) for number in numbers]
    return send_bytes("extension", bundle(*rows), "延期.zip", at or on("04-20"), branch)


def say_yes(at: datetime, by: str = "李明", document: str = DOCUMENT) -> int:
    """Have a second person approve whatever waits; returns how many approvals."""
    waiting = approvals(SEASON)
    for one in waiting:
        approve(one["id"], by, at, document, PACK)
    return len(waiting)


def notify(branch: str = "all", at: datetime | None = None) -> list[str]:
    """Record the notice to the students."""
    when = at or on("05-10")
    return record_notice(SEASON, branch, when.date(), "王芳", NOTICE, when)


def clean_up(day: str) -> None:
    """What the phase does on a day."""
    list_candidates(SEASON, PACK, on(day))
    propose_ready(SEASON, PACK, PROPOSER, on(day))
    export_withdrawals(SEASON, PACK, on(day))


def notify_when_listed() -> None:
    """The first day's list, and the notice to who is on it."""
    clean_up("04-30")
    notify()


def exported() -> int:
    """A package of one student, ready for its upload on 05-21."""
    enrol(1)
    notify_when_listed()
    clean_up("05-18")
    say_yes(on("05-20"))
    clean_up("05-20")
    return 1


def receipt(*answers: tuple[str, str], at: datetime) -> dict[str, int]:
    """CHSI's receipt: student number and, for a rejection, the reason."""
    lines = "".join(f"{number},{why}\r\n" for number, why in answers)
    return send_bytes("withdrawal-receipt", f"XH,BZ\r\n{lines}".encode(), "回执.csv", at, "010")


def states() -> list[str]:
    """The state of every withdrawal, by id."""
    return [row["state"] for row in rows_of(Withdrawal)]


def findings() -> dict[int, str]:
    """Student → finding."""
    return {row["student_id"]: row["finding"] for row in rows_of(Withdrawal) if row["state"] != "cleared"}


def statuses() -> dict[int, str]:
    """Student → status as the roster says it."""
    with reading() as db:
        return {row.id: row.status for row in db.execute(select(STUDENTS.c.id, STUDENTS.c.status))}


def refused(code: str, work: Callable[..., object], *given: object) -> None:
    """Expect work to be refused with a code."""
    with pytest.raises(Refused) as caught:
        work(*given)
    assert caught.value.code == code


def graduate(student_id: int, audit: str = "approved", **more: object) -> int:
    """A case of a student; the lot and the other student that come with it are of no interest."""
    return case(lot(part=student_id + 100), 500 + student_id, student_id=student_id, audit=audit, **more)


def change_student(student_id: int, **values: Any) -> None:
    """Change a student as a roster would."""
    with transaction() as db:
        db.execute(update(STUDENTS).where(STUDENTS.c.id == student_id).values(**values))


def withdrawals() -> pd.DataFrame:
    """退学名单 as it is now."""
    with reading() as db:
        return withdrawal_frame(db, SEASON)
