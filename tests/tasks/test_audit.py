"""A branch's audit in the database: decisions, lots, places and moves, written once (G0, N3)."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import insert, select, update

import tasks.audit
from models import archive, database, schema
from models.event import broken_links
from rules.clock import SHANGHAI
from rules.states import Audit
from tasks.audit import CASES, DECISIONS, STUDENTS, audit_lot, branches_to_audit, decide, difference_to_last
from tasks.grades_store import grade_receipts, read_grades, store_grades
from tests.rules.audit_tables import ALL, grade, small_reference
from tests.rules.policy_packs import january_2020, pack_with

LOTS, SUBMISSIONS, EVENTS = (schema.metadata.tables[name] for name in ("lot", "submission", "event"))
SEASON, BRANCH = "2020-01", "110"
OPENING = datetime(2019, 11, 29, 10, tzinfo=SHANGHAI)
FIRST, AGAIN = OPENING + timedelta(days=6), OPENING + timedelta(days=7)
SECOND = datetime(2020, 2, 20, 9, tzinfo=SHANGHAI)
Season = dict[str, int]


@pytest.fixture
def installation(biye_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty installation, with the shipped policy and one small programme."""
    monkeypatch.setattr(tasks.audit, "season_pack", lambda _: january_2020())
    monkeypatch.setattr(tasks.audit, "current_reference", small_reference)


@pytest.fixture
def season(installation: None) -> Season:
    """Three students: the first and second have passed all, the third lacks its practice grade."""
    roster = receive("roster", OPENING)
    students = {f"student{number}": add_student(number, roster) for number in (1, 2, 3)}
    history = receive("grade-history", OPENING)
    send_grades(history, [grade(c, student_id=s) for s in (1, 2, 3) for c in ALL if (s, c) != (3, 6)])
    data = receive("audit-data", OPENING + timedelta(days=3), batch=1)
    for row, student in enumerate((2, 1, 3), start=2):
        add_case(student, data, row)
    return students


def receive(kind: str, at: datetime, batch: int | None = None) -> int:
    row = {
        "season": SEASON, "kind": kind, "branch": BRANCH, "filename": "f.csv", "sha256": "0" * 64, "size": 1,
        "received_at": at, "recorded_at": at, "state": "judged", "batch": batch,
        **dict.fromkeys(("rows_read", "accepted", "refused", "held", "parked", "duplicate"), 0),
    }  # fmt: skip
    with database.transaction() as db:
        return int(db.execute(insert(SUBMISSIONS).returning(SUBMISSIONS.c.id), row).scalar_one())


def add_student(number: int, roster: int, branch: str = BRANCH) -> int:
    row = {
        "id": number, "student_no": f"17{branch}0120000{number}", "branch": branch, "centre": "1100201",
        "name": "某某", "sex": "女", "birth_date": date(1990, 1, 1), "ethnicity": "汉族",
        "id_type": "居民身份证",
        "id_cipher": b"", "id_index": bytes([number]), "exam_no": "", "level": "本科",
        "programme_code": "120401",
        "direction": "教育管理", "entry_term": "201709", "status": "在籍", "discipline": "",
        "submission_id": roster,
    }  # fmt: skip
    with database.transaction() as db:
        db.execute(insert(STUDENTS), row)
    return number


def add_case(student: int, data: int, row: int, **facts: Any) -> None:
    case = {
        "season": SEASON, "student_id": student, "branch": BRANCH, "batch": 1, "lane": "ordinary",
        "conduct": "合格", "unified_exam": "通过", "remedial": "", "prior_credential": "通过",
        "continuing": False,
        "branch_finding": "通过", "branch_auditor": "某", "audit_submission": data, "audit_row": row,
        "audit_received_at": OPENING + timedelta(days=3), "audit": "awaiting", "registration": "none",
        "certificate": "none", "custody": "none", "visibility": "hidden",
    }  # fmt: skip
    with database.transaction() as db:
        db.execute(insert(CASES), case | facts)


def send_grades(receipt: int, grades: list[dict[str, Any]]) -> None:
    with database.transaction() as db:
        store_grades(db, receipt, pd.DataFrame(grades).drop(columns=["submission", "received_at"]))


def state(*columns: str) -> list[tuple[Any, ...]]:
    with database.reading() as db:
        wanted = select(*(CASES.c[name] for name in columns)).order_by(CASES.c.student_id)
        return [tuple(row) for row in db.execute(wanted)]


def change_case(student: int, **facts: Any) -> None:
    with database.transaction() as db:
        db.execute(update(CASES).where(CASES.c.student_id == student).values(**facts))


def dump() -> list[Any]:
    with database.reading() as db:
        tables = (CASES, DECISIONS, LOTS, EVENTS)
        return [db.execute(select(table).order_by(table.c.id)).all() for table in tables]


def test_a_first_audit_decides_everybody_and_puts_who_passed_into_the_open_lot(season: Season) -> None:
    # G0
    counts = audit_lot(SEASON, 1, BRANCH, FIRST)
    assert (counts["cases"], counts["passed"], counts["failed"], counts["first"]) == (3, 2, 1, 3)
    assert state("audit", "lot_id") == [("passed", 1), ("passed", 1), ("failed", None)]
    with database.reading() as db:
        lot = db.execute(select(LOTS)).one()
        unmet = db.scalars(select(DECISIONS.c.unmet).order_by(DECISIONS.c.case_id)).all()
    assert (lot.season, lot.batch, lot.branch, lot.lane, lot.part) == (SEASON, 1, BRANCH, "ordinary", 1)
    assert [[rule["code"] for rule in rules] for rules in unmet] == [
        [], [], ["G0-credits", "G0-module-credits"]
    ]  # fmt: skip


def test_the_place_is_written_with_the_decision(season: Season) -> None:
    # N3: student 2 stood before student 1 in the audit data
    audit_lot(SEASON, 1, BRANCH, FIRST)
    at = OPENING + timedelta(days=3)
    assert state("order_at", "order_receipt", "order_row") == [(at, 3, 3), (at, 3, 2), (None, None, None)]


def test_a_decision_names_the_versions_it_was_made_under(season: Season) -> None:
    # G1
    audit_lot(SEASON, 1, BRANCH, FIRST)
    with database.reading() as db:
        decision = db.execute(select(DECISIONS)).first()
    assert decision is not None
    assert (decision.policy_hash, decision.reference_version) == (january_2020().hash, "v")
    assert decision.calendar_version
    assert decision.decided_at == FIRST


def test_a_second_run_changes_nothing(season: Season) -> None:
    audit_lot(SEASON, 1, BRANCH, FIRST)
    before = dump()
    assert audit_lot(SEASON, 1, BRANCH, AGAIN)["unchanged"] == 3
    assert dump() == before


def test_a_dry_run_tells_the_difference_and_writes_nothing(season: Season) -> None:
    audit_lot(SEASON, 1, BRANCH, FIRST)
    send_grades(receive("practice", AGAIN, batch=1), [grade(6, student_id=3, row=9)])
    change_case(1, conduct="")
    before = dump()
    counts = audit_lot(SEASON, 1, BRANCH, AGAIN, dry_run=True)
    assert (counts["now_passed"], counts["now_failed"], counts["unchanged"]) == (1, 1, 1)
    difference = difference_to_last(decide(january_2020(), small_reference(), 1, BRANCH))
    assert difference["change"].tolist() == ["now_failed", "now_passed"]
    assert difference["gained"].tolist() == [["G0-conduct-appraisal"], []]
    assert difference["lost"].tolist() == [[], ["G0-credits", "G0-module-credits06"]]
    assert dump() == before


def test_every_change_lies_in_the_lots_sealed_stream(season: Season) -> None:
    audit_lot(SEASON, 1, BRANCH, FIRST)
    with database.reading() as db:
        events = db.execute(select(EVENTS).order_by(EVENTS.c.seq)).all()
        assert list(broken_links(db)) == []
    assert {event.stream for event in events} == {"lot:1"}
    assert [(event.kind, event._mapping["count"]) for event in events] == [
        ("audited", 3), ("audit-passed", 2), ("audit-failed", 1)
    ]  # fmt: skip


def test_who_passed_and_is_corrected_before_approval_leaves_the_lot(season: Season) -> None:
    audit_lot(SEASON, 1, BRANCH, FIRST)
    change_case(1, prior_credential="未通过", audit=Audit.AWAITING)
    assert audit_lot(SEASON, 1, BRANCH, AGAIN)["now_failed"] == 1
    assert state("audit", "lot_id", "order_row")[0] == ("failed", None, None)


def test_corrected_audit_data_that_change_no_finding_still_bring_the_case_back_to_passed(
    season: Season,
) -> None:
    audit_lot(SEASON, 1, BRANCH, FIRST)
    change_case(1, audit=Audit.AWAITING, branch_auditor="另一人")
    assert audit_lot(SEASON, 1, BRANCH, AGAIN)["anew"] == 1
    assert state("audit")[0] == ("passed",)


def test_after_an_approval_the_next_cases_form_the_next_part(season: Season) -> None:
    audit_lot(SEASON, 1, BRANCH, FIRST)
    with database.transaction() as db:
        db.execute(update(LOTS).values(approved_at=FIRST))
        db.execute(update(CASES).where(CASES.c.audit == "passed").values(audit="approved"))
    send_grades(receive("practice", AGAIN, batch=1), [grade(6, student_id=3, row=9)])
    assert audit_lot(SEASON, 1, BRANCH, AGAIN)["cases"] == 1
    assert state("audit", "lot_id") == [("approved", 1), ("approved", 1), ("passed", 2)]
    with database.reading() as db:
        assert db.scalars(select(LOTS.c.part).order_by(LOTS.c.part)).all() == [1, 2]


def test_who_failed_joins_the_next_batch_with_new_grades_and_takes_their_place(season: Season) -> None:
    # N3
    audit_lot(SEASON, 1, BRANCH, FIRST)
    assert audit_lot(SEASON, 2, BRANCH, SECOND)["cases"] == 0
    came = SECOND - timedelta(hours=1)
    receipt = receive("final-exam", came, batch=2)
    send_grades(receipt, [grade(6, student_id=3, row=9)])
    assert audit_lot(SEASON, 2, BRANCH, SECOND)["now_passed"] == 1
    assert state("batch", "audit")[2] == (2, "passed")
    assert state("order_at", "order_receipt", "order_row")[2] == (came, receipt, 9)


def test_who_lacked_the_photo_joins_the_next_batch_when_it_comes_where_that_blocks(
    season: Season, monkeypatch: pytest.MonkeyPatch
) -> None:
    # R1
    blocks = pack_with(photo_gate__mode="block", photo_gate__tested_at=["hq-audit"])
    monkeypatch.setattr(tasks.audit, "season_pack", lambda _: blocks)
    change_case(1, photo_received_at=OPENING)
    audit_lot(SEASON, 1, BRANCH, FIRST)
    assert state("audit") == [("passed",), ("failed",), ("failed",)]
    assert audit_lot(SEASON, 2, BRANCH, SECOND)["cases"] == 0
    change_case(2, photo_received_at=SECOND)
    assert audit_lot(SEASON, 2, BRANCH, SECOND)["now_passed"] == 1
    assert state("batch", "audit") == [(1, "passed"), (2, "passed"), (1, "failed")]


def test_whom_a_batch_does_not_admit_waits_for_the_next(
    season: Season, monkeypatch: pytest.MonkeyPatch
) -> None:
    # G1
    source = {"clause": "T1", "provenance": "stated"}
    only = pack_with(batches__0__eligibility={"levels": ["专科"], **source})
    monkeypatch.setattr(tasks.audit, "season_pack", lambda _: only)
    assert audit_lot(SEASON, 1, BRANCH, FIRST)["cases"] == 0
    assert state("batch", "audit")[0] == (1, "awaiting")
    assert audit_lot(SEASON, 2, BRANCH, SECOND)["passed"] == 2
    assert state("batch", "audit") == [(2, "passed"), (2, "passed"), (2, "failed")]
    assert audit_lot(SEASON, 2, BRANCH, SECOND)["unchanged"] == 3


def test_a_case_that_moved_while_it_was_decided_is_left_to_the_next_run(
    season: Season, monkeypatch: pytest.MonkeyPatch
) -> None:
    def decided_then_corrected(*place: Any) -> pd.DataFrame:
        found = decide(*place)
        change_case(1, audit_submission=1)
        return found

    monkeypatch.setattr(tasks.audit, "decide", decided_then_corrected)
    assert audit_lot(SEASON, 1, BRANCH, FIRST)["cases"] == 2
    assert state("audit")[0] == ("awaiting",)


def test_only_branches_with_undecided_cases_are_audited(season: Season) -> None:
    assert branches_to_audit(SEASON) == [BRANCH]
    assert branches_to_audit("2020-07") == []
    assert audit_lot(SEASON, 1, "120", FIRST)["cases"] == 0


def test_stored_grades_come_back_as_they_were_and_only_of_the_students_asked_for(season: Season) -> None:
    with database.reading() as db:
        receipts = grade_receipts(db, BRANCH)
        grades = read_grades(receipts, np.array([3, 1])).frame()
        assert grade_receipts(db, "120") == []
    assert sorted(grades["student_id"].unique()) == [1, 3]
    assert len(grades) == 11
    first = grades.iloc[0]
    assert (first["course_id"], first["exam_code"], first["score"], first["row"]) == (1, "201901", 80, 2)
    assert (first["submission"], first["received_at"]) == (2, OPENING)


def test_the_grade_file_holds_integers_and_codes_and_no_person(season: Season) -> None:
    import pyarrow.parquet as pq

    with database.reading() as db:
        digest = db.scalar(select(SUBMISSIONS.c.grades).where(SUBMISSIONS.c.id == 2))
    names = pq.read_schema(archive.path_of(str(digest)), filesystem=archive.store()).names
    assert names == ["student_id", "course_id", "exam_code", "category", "attempt", "score", "row"]
