"""A grade that a later file says differently waits for a confirmation; the old one counts until then (N3)."""

from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import select, update

from models import database
from models.event import broken_links
from models.lot import Approval
from models.settings import settings
from models.submission import RowVerdict
from rules.refusals import Refused
from rules.states import Audit
from rules.submission import Judged, no_verdicts
from tasks.approval import approvals, approve, reject, shown
from tasks.audit import CASES, audit_lot
from tasks.correction_intake import set_aside
from tasks.grades_store import store_grades
from tasks.policy import adopt_pack
from tasks.receiving import SUBMISSIONS
from tests.rules.audit_tables import grade
from tests.rules.policy_packs import SHIPPED, january_2020
from tests.tasks.graduates import rows_of
from tests.tasks.test_audit import (
    BRANCH,
    FIRST,
    OPENING,
    SEASON,
    SECOND,
    add_student,
    change_case,
    installation,
    receive,
    season,
    state,
)

__all__ = ["installation", "season"]
pytestmark = pytest.mark.usefixtures("season")
LATER = OPENING + timedelta(days=4)
OUTCOMES = ("accepted", "refused", "held", "parked", "duplicate")


def send(grades: list[dict[str, Any]], at: datetime = LATER, kind: str = "practice", batch: int = 1) -> int:
    """Take in a later file that was judged already: every row good by itself; return its receipt."""
    receipt = receive(kind, at, batch=batch)
    accepted = pd.DataFrame(grades).astype({"exam_code": "category", "category": "category"})
    with database.transaction() as db:
        sent = db.execute(select(SUBMISSIONS).where(SUBMISSIONS.c.id == receipt)).one()
        judged = set_aside(db, sent, Judged(accepted, no_verdicts()), batch, at)
        store_grades(db, receipt, judged.accepted)
        rows = judged.verdicts.assign(submission_id=receipt).to_dict("records")
        if rows:
            db.execute(RowVerdict.__table__.insert(), rows)  # type: ignore[attr-defined]
        counts = judged.counts() | {"rows_read": judged.rows_read}
        db.execute(update(SUBMISSIONS).where(SUBMISSIONS.c.id == receipt).values(**counts))
    return receipt


def told(receipt: int) -> dict[int, tuple[str, str, str]]:
    """Code, outcome and value by row of a file; the counts must agree with them."""
    verdicts = [row for row in rows_of(RowVerdict) if row["submission_id"] == receipt]
    with database.reading() as db:
        sent = db.execute(select(SUBMISSIONS).where(SUBMISSIONS.c.id == receipt)).mappings().one()
    assert sum(sent[name] for name in OUTCOMES) == sent["rows_read"]
    for outcome in OUTCOMES[1:]:
        assert sent[outcome] == sum(row["outcome"] == outcome for row in verdicts)
    return {row["row"]: (row["code"], row["outcome"], row["value"]) for row in verdicts}


def decide(approval: int, at: datetime = FIRST) -> int:
    return approve(approval, "李明", at, pack=january_2020())


def waiting() -> list[int]:
    return [row["id"] for row in approvals(SEASON) if row["kind"] == "correction"]


def place_of_first() -> tuple[Any, ...]:
    return state("order_at", "order_receipt", "order_row")[0]


def test_n3_an_unchanged_resend_is_a_duplicate_and_keeps_the_place() -> None:
    audit_lot(SEASON, 1, BRANCH, FIRST)
    before = place_of_first()
    receipt = send([grade(6, student_id=1, row=2), grade(5, student_id=1, row=3)])
    assert told(receipt) == {2: ("row-already", "duplicate", ""), 3: ("row-already", "duplicate", "")}
    assert waiting() == []
    assert audit_lot(SEASON, 1, BRANCH, FIRST)["unchanged"] == 3
    assert place_of_first() == before


def test_n3_another_score_in_a_later_file_waits_and_the_old_one_counts() -> None:
    receipt = send([grade(6, 50, student_id=1, row=2), grade(6, 88, student_id=3, row=3)])
    assert told(receipt) == {2: ("row-correction", "held", "80 → 50")}  # student 3 had no such grade
    (approval,) = rows_of(Approval)
    assert (approval["kind"], approval["subject_id"], approval["count"]) == ("correction", receipt, 1)
    assert audit_lot(SEASON, 1, BRANCH, FIRST)["passed"] == 3


def test_n3_the_difference_is_shown_with_masked_numbers() -> None:
    send([grade(6, 50, student_id=1, row=2)])
    said = shown(waiting()[0])
    line = {"student": "1**********01", "course": 6, "exam": "201901", "attempt": 1, "old": 80, "new": 50}
    assert said["difference"] == [line]
    assert said["unchanged"]
    assert "17110" not in str(said["summary"])


def test_n3_a_confirmed_correction_counts_and_takes_its_own_time() -> None:
    receipt = send([grade(6, 88, student_id=1, row=7)])
    assert decide(waiting()[0]) == 1
    assert told(receipt) == {}
    audit_lot(SEASON, 1, BRANCH, FIRST)
    assert place_of_first() == (LATER, receipt, 7)
    with database.reading() as db:
        assert list(broken_links(db)) == []


def test_g0_a_confirmed_correction_can_take_the_graduation_away() -> None:
    send([grade(6, 50, student_id=1, row=7)])
    decide(waiting()[0])
    audit_lot(SEASON, 1, BRANCH, FIRST)
    assert state("audit")[0] == ("failed",)


def test_n3_a_rejected_correction_leaves_the_old_score_and_place() -> None:
    audit_lot(SEASON, 1, BRANCH, FIRST)
    before = place_of_first()
    receipt = send([grade(6, 50, student_id=1, row=2)])
    adopt_pack(SHIPPED.read_text(encoding="utf-8"), SHIPPED.name, OPENING)
    reject(waiting()[0], "李明", FIRST, "核实无误")
    assert told(receipt) == {2: ("row-correction-rejected", "refused", "80 → 50")}
    assert audit_lot(SEASON, 1, BRANCH, FIRST)["unchanged"] == 3
    assert place_of_first() == before


def test_n3_a_correction_that_waits_already_is_not_proposed_again() -> None:
    send([grade(6, 50, student_id=1, row=2)])
    again = send([grade(6, 50, student_id=1, row=2)], LATER + timedelta(hours=1))
    back = send([grade(6, 80, student_id=1, row=2)], LATER + timedelta(hours=2))
    assert told(again)[2][0] == told(back)[2][0] == "row-already"
    assert len(waiting()) == 1


def test_n3_a_correction_overtaken_by_another_one_is_shown_anew_with_the_score_that_counts_by_now() -> None:
    send([grade(6, 88, student_id=1, row=2)])
    second = send(
        [grade(6, 90, student_id=1, row=2), grade(5, 90, student_id=1, row=3)], LATER + timedelta(hours=1)
    )
    third = send([grade(5, 70, student_id=1, row=2)], LATER + timedelta(hours=2))
    first_id, second_id, third_id = waiting()
    decide(first_id)
    with pytest.raises(Refused) as stale:
        decide(second_id)
    assert stale.value.code == "approval-stale"
    renewed = stale.value.where["renewed"]
    assert [(row["old"], row["new"]) for row in shown(int(str(renewed)))["difference"]] == [
        (88, 90),
        (80, 90),
    ]
    assert decide(int(str(renewed))) == 2
    assert told(second) == {}
    with pytest.raises(Refused):
        decide(third_id)
    assert decide(waiting()[0]) == 1
    assert told(third) == {}


def test_n3_a_row_of_an_overtaken_correction_whose_score_counts_by_now_is_a_duplicate() -> None:
    send([grade(6, 88, student_id=1)])
    send([grade(6, 90, student_id=1)], LATER + timedelta(hours=1))
    last = [grade(6, 88, student_id=1, row=2), grade(5, 70, student_id=1, row=3)]
    third = send(last, LATER + timedelta(hours=2))
    first_id, _, third_id = waiting()
    decide(first_id)
    with pytest.raises(Refused, match="approval-stale"):
        decide(third_id)
    assert told(third) == {
        2: ("row-already", "duplicate", "80 → 88"),
        3: ("row-correction", "held", "80 → 70"),
    }
    assert rows_of(Approval)[-1]["count"] == 1


def test_g0_a_correction_takes_no_pass_away_from_who_is_approved() -> None:
    send([grade(6, 50, student_id=1, row=2)])
    change_case(1, audit=Audit.APPROVED)
    with pytest.raises(Refused) as refused:
        decide(waiting()[0])
    assert refused.value.code == "correction-lost-pass"
    assert len(waiting()) == 1
    change_case(1, audit=Audit.AWAITING)
    assert decide(waiting()[0]) == 1


def test_n3_a_correction_that_changes_no_pass_is_confirmed_for_the_approved_too() -> None:
    send([grade(6, 88, student_id=1, row=2)])
    change_case(1, audit=Audit.APPROVED)
    assert decide(waiting()[0]) == 1


def test_t2_who_failed_joins_the_batch_in_which_the_correction_is_confirmed() -> None:
    send([grade(6, 50, student_id=3, row=2)])
    audit_lot(SEASON, 1, BRANCH, FIRST)
    assert state("audit")[2] == ("failed",)
    send([grade(6, 77, student_id=3, row=9)], LATER + timedelta(hours=1))
    assert audit_lot(SEASON, 2, BRANCH, SECOND)["cases"] == 0
    decide(waiting()[0], SECOND)
    assert audit_lot(SEASON, 2, BRANCH, SECOND)["now_passed"] == 1
    assert state("batch", "audit")[2] == (2, "passed")


def test_a_sheet_of_students_far_from_all_known_ones_is_compared_with_nothing() -> None:
    add_student(9, 1)
    assert told(send([grade(6, 50, student_id=9)])) == {}


def test_what_hq_sends_is_compared_with_every_branchs_grades() -> None:
    receipt = receive("practice", LATER, batch=1)
    with database.transaction() as db:
        db.execute(update(SUBMISSIONS).where(SUBMISSIONS.c.id == receipt).values(branch="010"))
        sent = db.execute(select(SUBMISSIONS).where(SUBMISSIONS.c.id == receipt)).one()
        rows = pd.DataFrame([grade(6, 50, student_id=1)]).astype({"exam_code": "category"})
        judged = set_aside(db, sent, Judged(rows, no_verdicts()), 1, LATER)
    assert judged.counts()["held"] == 1


def test_the_unit_is_told_anew_what_became_of_its_rows() -> None:
    send([grade(6, 88, student_id=1, row=2)])
    folder = settings().folder("out", BRANCH)
    decide(waiting()[0])
    assert [path.name for path in folder.iterdir()] == ["回执-000004.csv"]


def test_the_machine_does_not_confirm_what_it_proposed() -> None:
    send([grade(6, 50, student_id=1, row=2)])
    with pytest.raises(Refused) as refused:
        approve(waiting()[0], "Biye 自动提交", FIRST, pack=january_2020())
    assert refused.value.code == "approval-same-person"
    with database.reading() as db:
        assert db.scalar(select(CASES.c.audit)) == "awaiting"
