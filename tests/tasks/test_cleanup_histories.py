"""Whatever happens in whatever order: nobody protected is withdrawn, and nobody without every step (N8)."""

from contextlib import suppress
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import update

from models.case import Case
from models.cleanup import Withdrawal, WithdrawalList, WithdrawalPackage
from models.columns import table_of
from models.database import reading, transaction
from models.extension import Extension
from models.student import Student
from rules.refusals import Refused
from tasks.approval import approvals, approve, reject
from tasks.cleanup_proposal import set_dispute
from tasks.cleanup_view import list_packages
from tasks.withdrawal_answers import unanswered
from tasks.withdrawal_export import mark_withdrawals_sent
from tests.tasks.enrolments import (
    DOCUMENT,
    PACK,
    apply,
    enrol,
    enrolments,
    notify,
    on,
    receipt,
    statuses,
)
from tests.tasks.enrolments import clean_up as run_phase
from tests.tasks.graduates import SEASON, case, lot, rows_of

pytestmark = pytest.mark.usefixtures(enrolments.__name__)
SEEDS = (4, 6, 7)
ENTRIES = ("201103", "201109", "201203", "201209")


class History:
    """A few students and what happens to them, drawn by a seed; protection is judged from the rows alone."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
        self.students = dict(
            enrol(serial, self.rng.choice(ENTRIES), self.rng.choice(("110", "120"))) for serial in range(1, 9)
        )
        self.lots = {branch: lot(branch) for branch in ("110", "120")}
        self.cases: dict[int, int] = {}

    def act(self, day: Any) -> None:
        act = self.rng.choice(
            (
                self.audit,
                self.decide,
                self.dispute,
                self.settle,
                self.apply,
                self.approve,
                self.answer,
                self.sent,
            )
        )
        with suppress(Refused):
            act(day, self.rng.choice(list(self.students)))

    def audit(self, day: Any, student_id: int) -> None:
        if student_id not in self.cases and statuses()[student_id] != "退学":
            branch = self.students[student_id][2:5]
            own = {"student_id": student_id, "audit": "awaiting", "branch": branch}
            self.cases[student_id] = case(self.lots[branch], 900 + student_id, **own)

    def decide(self, day: Any, student_id: int) -> None:
        state = self.rng.choice(("failed", "approved"))
        with transaction() as db:
            mine = table_of(Case).c.id == self.cases.get(student_id, 0)
            db.execute(update(table_of(Case)).where(mine).values(audit=state))

    def dispute(self, day: Any, student_id: int) -> None:
        set_dispute(SEASON, self.students[student_id], True, "申诉", "赵六", day)

    def settle(self, day: Any, student_id: int) -> None:
        set_dispute(SEASON, self.students[student_id], False, "已结", "赵六", day)

    def apply(self, day: Any, student_id: int) -> None:
        apply(self.students[student_id], at=day, branch=self.students[student_id][2:5])

    def approve(self, day: Any, _: int) -> None:
        for one in approvals(SEASON):
            if self.rng.random() < 0.7:
                approve(one["id"], "李明", day, DOCUMENT, PACK)
            else:
                reject(one["id"], "李明", day)

    def sent(self, day: Any, _: int) -> None:
        for one in list_packages(SEASON):
            mark_withdrawals_sent(one["id"], "王芳", day)

    def answer(self, day: Any, _: int) -> None:
        for one in list_packages(SEASON):
            with reading() as db:
                numbers = unanswered(db, one["id"])
            rows = [(number, self.rng.choice(("", "", "不符"))) for number in numbers]
            if rows:
                receipt(*rows, at=day + timedelta(seconds=one["id"]))


def protected_now() -> set[int]:
    """Students whom the notice protects, told from the rows without the rules."""
    cases = {row["student_id"]: row["audit"] for row in rows_of(Case)}
    active = {student for student, audit in cases.items() if audit in ("awaiting", "passed", "approved")}
    disputed = {row["student_id"] for row in rows_of(Withdrawal) if row["disputed"]}
    extended = {row["student_id"] for row in rows_of(Extension) if row["state"] in ("pending", "approved")}
    valid = {row["id"] for row in rows_of(Student) if row["entry_term"] > "201203"}
    return active | disputed | extended | valid


def check_every_step_was_made() -> None:
    lists = {row["id"]: row for row in rows_of(WithdrawalList)}
    packages = {row["id"]: row for row in rows_of(WithdrawalPackage)}
    for row in rows_of(Withdrawal):
        if row["withdrawn_on"]:
            package = packages[row["package_id"]]
            assert lists[row["list_id"]]["notified_on"]
            assert str(row["approved_on"]) > "2020-05-15"
            assert row["document_no"]
            assert package["sent_at"]
            assert not package["void"]
            assert (row["state"], row["answered_at"] is not None) == ("accepted", True)


@pytest.mark.parametrize("seed", SEEDS)
def test_n8_nobody_protected_is_ever_withdrawn_and_nobody_without_every_step(seed: int) -> None:
    history, withdrawn = History(seed), set[int]()
    for count in range(44):
        day = on("04-30") + timedelta(days=count, minutes=count)
        guarded = protected_now()
        history.act(day)
        gone = {student for student, status in statuses().items() if status == "退学"} - withdrawn
        assert not gone & guarded
        withdrawn |= gone
        if count % 2 == 0:
            run_phase(f"{day:%m-%d}")
        if count == 12:
            notify(at=day)
    check_every_step_was_made()
    assert withdrawn, "a history in which nothing happens shows nothing"
