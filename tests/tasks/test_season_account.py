"""The account by clause and the counts that must agree, on a season whose first batch was really played."""

from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from models.case import Case
from models.certificate import CertificateSheet, Counter
from models.columns import table_of
from models.custody import Package
from models.database import reading, transaction
from models.event import EVENTS
from models.submission import Submission
from rules.states import Custody
from tasks.account_line import Line
from tasks.policy import season_pack
from tasks.reconciliation import reconcile
from tasks.season_account import season_account
from tests.played_season import DONE, SEASON, STUDENTS, at

CASES, SHEETS, PACKAGES = table_of(Case), table_of(CertificateSheet), table_of(Package)
SUBMISSIONS, COUNTERS = table_of(Submission), table_of(Counter)


def account(as_of: str = "") -> dict[str, Line]:
    """The account by clause; of several lines of a clause the first."""
    lines = season_account(SEASON, season_pack(SEASON), at(as_of) if as_of else DONE)
    return {line.clause: line for line in reversed(lines)}


def differing() -> list[str]:
    return [check.what for check in reconcile(SEASON) if not check.agrees]


def test_every_line_reconciles_and_every_clause_of_the_spine_has_one(played: Path) -> None:
    lines = season_account(SEASON, season_pack(SEASON), DONE)
    assert all(line.due == line.done + line.late + line.held for line in lines)
    assert all(min(line.due, line.done, line.late, line.held) >= 0 for line in lines)
    spine = {"G0", "T1", "T2", "T4", "R1", "R2", "G3", "N1", "N2", "N3", "N4", "N5", "N7", "N9"}
    assert {line.clause for line in lines} >= spine


def test_the_account_counts_what_the_tables_hold(played: Path) -> None:
    with reading() as db:
        audits = db.scalars(select(CASES.c.audit).where(CASES.c.season == SEASON)).all()
        in_packages = db.scalars(select(PACKAGES.c.custody)).all()
    found = account()
    assert (found["G0"].due, found["G0"].done) == (len(audits), audits.count("approved"))
    assert 0 < found["G0"].done < STUDENTS
    assert (found["N9"].due, found["N9"].done) == (len(in_packages), in_packages.count("at-centre"))
    assert found["T4"].done == found["T4"].due == found["G0"].done
    assert found["N3"].done == found["N3"].due == found["G0"].done


def test_what_is_not_handed_over_is_held_until_its_day_and_late_after_it(played: Path) -> None:
    before, after = account("2020-03-10T09:00")["G3"], account("2020-05-20T09:00")["G3"]
    assert (before.late, before.held) == (0, before.due - before.done)
    assert (after.late, after.held) == (after.due - after.done, 0)
    assert before.held > 0


def test_a_number_out_of_order_shows(played: Path) -> None:
    with transaction() as db:
        first, second = db.scalars(select(SHEETS.c.number).order_by(SHEETS.c.position).limit(2))
        for number, position in ((first, 2), (second, 1)):
            db.execute(update(SHEETS).where(SHEETS.c.number == number).values(position=position))
    assert account()["N3"].held == 2


def test_a_sound_season_agrees(played: Path) -> None:
    assert differing() == []


@pytest.mark.parametrize(
    ("harm", "found"),
    [
        (update(SUBMISSIONS).where(SUBMISSIONS.c.kind == "roster").values(accepted=1), "上报行数"),
        (update(CASES).where(CASES.c.audit == "approved").values(audit="failed"), "已审批"),
        (update(COUNTERS).values(next=COUNTERS.c.next + 1), "证书号连续"),
        (update(PACKAGES).values(certificates=PACKAGES.c.certificates + 1), "装包证书"),
        (
            update(CASES).where(CASES.c.custody == Custody.AT_CENTRE).values(custody="handed-over"),
            "学生已领取",
        ),
        (delete(EVENTS).where(EVENTS.c.kind == "certificate-packed"), "日志链"),
    ],
)
def test_each_pair_of_counts_finds_what_was_changed_behind_it(harm: object, found: str, played: Path) -> None:
    with transaction() as db:
        db.execute(harm)  # type: ignore[call-overload]
    assert any(what.startswith(found) for what in differing())
