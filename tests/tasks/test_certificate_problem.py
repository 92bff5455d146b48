"""N5: a problem found at pick-up becomes a case with owner and clock, and is corrected by two people."""

from datetime import date, timedelta

import pytest

from models import archive
from models.case import Hold
from models.certificate import RegistryRow
from models.certificate_problem import CertificateProblem
from models.custody import Package
from models.promise import Promise
from models.spoiled import SpoiledSheet
from models.student import Student
from rules.refusals import Refused
from tasks.approval import approve, reject, shown
from tasks.certificate_problem import (
    dismiss_problem,
    note_registry_corrected,
    propose_correction,
)
from tasks.packing import pack_lot
from tasks.problem_opening import open_problem
from tasks.problem_view import problems
from tests.rules.policy_packs import january_2020
from tests.tasks.graduates import SEASON, change, column, open_holds, reference, rows_of, season
from tests.tasks.test_certificate import LATER, print_now, ready

pytestmark = pytest.mark.usefixtures(season.__name__)
STUDENT, NOW = "1711014000001", LATER + timedelta(days=40)


@pytest.fixture
def lot(season: None) -> int:
    """One certificate, registered, printed and packed."""
    made, (one,) = ready({})
    print_now(made)
    pack_lot(made, LATER, january_2020())
    change(one, registration="accepted")
    return made


def opened(field: str = "姓名") -> int:
    return open_problem(STUDENT, field, "丙写成丁", "1100201", LATER, "赵六", january_2020())


def approved(right: str = "张丙", by: str = "李明") -> None:
    approval = propose_correction(opened(), right, b"scan", "王芳", NOW)
    approve(approval, by, NOW, pack=january_2020())


def name() -> str:
    return str(rows_of(Student)[0]["name"])


def test_a_problem_has_field_owner_and_clock_and_stops_the_hand_over(lot: int) -> None:
    assert opened() == opened() == 1
    (row,) = rows_of(CertificateProblem)
    assert (row["field"], row["owner"], row["state"], row["found_by"]) == ("name", "010", "open", "1100201")
    (promise,) = rows_of(Promise)
    assert (promise["duty"], promise["holder"], promise["open"]) == ("feedback", "010", 1)
    assert promise["due_on"] == date(2020, 1, 7)  # 10 workdays after 2019-12-23, New Year out
    assert ("hand-over", "certificate-problem") in {(track, why) for _, track, why, _ in open_holds()}
    (shown_one,) = problems(SEASON)
    assert set(shown_one.found) == {"*"}
    assert shown_one.due_on == date(2020, 1, 7)
    assert problems(SEASON, asked_by="王芳")[0].found == "丙写成丁"


def test_a_season_without_a_clock_for_it_has_no_due_day(lot: int) -> None:
    open_problem(STUDENT, "姓名", "丙写成丁", "1100201", LATER, "赵六", None)
    assert rows_of(Promise) == []
    assert problems(SEASON)[0].due_on is None


def test_a_correction_needs_evidence_and_another_person(lot: int) -> None:
    problem, before = opened(), name()
    with pytest.raises(Refused) as refused:
        propose_correction(problem, "张丙", b"", "王芳", NOW)
    assert refused.value.code == "N5-problem-evidence"
    approval = propose_correction(problem, "张丙", b"scan", "王芳", NOW)
    with pytest.raises(Refused) as refused:
        approve(approval, "王芳", NOW, pack=january_2020())
    assert refused.value.code == "approval-same-person"
    assert name() == before
    assert archive.fetch(rows_of(CertificateProblem)[0]["evidence"]) == b"scan"
    assert "张丙" not in str(shown(approval))


def test_an_approved_correction_prints_the_certificate_again_under_its_number(lot: int) -> None:
    (case,) = column("certificate")
    approved()
    assert name() == "张丙"
    assert column("certificate") == {case: "numbered"}
    assert column("custody") == {case: "none"}
    assert [row["reason"] for row in rows_of(SpoiledSheet)] == ["misprint"]
    assert rows_of(Package)[0]["certificates"] == 0
    assert not [row for row in open_holds() if row[1] == "hand-over"]
    assert [(one.state, one.registry) for one in problems(SEASON, "wanted")] == [("corrected", "wanted")]


def test_the_new_sheet_waits_until_chsi_says_the_same(lot: int) -> None:
    """R2: what is printed is what is registered; a public record is only corrected with evidence."""
    approved()
    assert print_now(lot)["held"] == 1
    note_registry_corrected(1, "学信更〔2020〕1号", "王芳", NOW, january_2020(), reference())
    assert print_now(lot)["printed"] == 1
    assert problems(SEASON)[0].registry == "done"
    assert len(rows_of(RegistryRow)) == 2
    with pytest.raises(Refused) as refused:
        note_registry_corrected(1, "学信更〔2020〕1号", "王芳", NOW, january_2020(), reference())
    assert refused.value.code == "N5-problem-registry"


def test_where_only_the_sheet_is_wrong_nothing_is_registered_anew(lot: int) -> None:
    approved(right="")
    assert problems(SEASON)[0].registry == ""
    assert print_now(lot)["printed"] == 1


def test_a_rejected_correction_leaves_the_problem_open_and_a_dismissed_one_lets_the_hand_over_go_on(
    lot: int,
) -> None:
    approval = propose_correction(opened(), "张丙", b"scan", "王芳", NOW)
    reject(approval, "李明", NOW)
    assert rows_of(CertificateProblem)[0]["state"] == "open"
    dismiss_problem(1, "王芳", NOW)
    assert rows_of(CertificateProblem)[0]["state"] == "dismissed"
    assert all(row["released_at"] for row in rows_of(Hold))
    with pytest.raises(Refused) as refused:
        dismiss_problem(1, "王芳", NOW)
    assert refused.value.code == "N5-problem-settled"


def test_of_two_problems_the_first_that_is_settled_does_not_let_the_hand_over_go_on(lot: int) -> None:
    opened("性别")
    dismiss_problem(opened("姓名"), "王芳", NOW)
    assert len([row for row in open_holds() if row[1] == "hand-over"]) == 1
