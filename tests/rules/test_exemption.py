"""R3: exemption applications by our receipt, and what a late one means for the audit."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.audit import audit_cases
from rules.clock import SHANGHAI
from rules.exemption import is_late, is_withdrawable, late_applications, without_exempted
from rules.refusals import BiyeError, Refused
from rules.season import Pack
from rules.windows import details, place, warned
from tests.rules.audit_tables import ALL, case, codes, grade, rows, small_reference
from tests.rules.policy_packs import GONE, january_2020, pack_with

END = datetime(2019, 12, 11, tzinfo=SHANGHAI)
LAST_SECOND = END - timedelta(seconds=1)
WITHOUT_FIVE = small_reference(min_credits=28)  # course 5 is not needed
GRADES = [grade(course, category="90" if course == 5 else "10") for course in ALL]


def application(received_at: datetime = END, course: int = 5, **facts: Any) -> dict[str, Any]:
    return {
        "student_id": 1, "course_id": course, "received_at": received_at, "withdrawn": False
    } | facts  # fmt: skip


def audit(
    *applications: dict[str, Any], reference: Any = WITHOUT_FIVE, grades: Any = GRADES, pack: Any = None
) -> Any:
    asked = pd.DataFrame(applications, columns=list(application()))
    cases = pd.DataFrame([case()])
    return audit_cases(cases, rows(*grades), reference, pack or january_2020(), asked).iloc[0]


@given(st.datetimes(datetime.fromisoformat("2019-11-01"), datetime.fromisoformat("2020-07-01")))
def test_late_is_exactly_what_came_after_the_last_second_of_the_day_in_shanghai(naive: datetime) -> None:
    """R3: judged by our receipt time, wherever the clock stands."""
    received = naive.replace(tzinfo=UTC)
    assert is_late(january_2020(), received) == (received >= END)
    placed = place(january_2020(), "exemption", received)
    assert (placed.outcome, placed.code) == ("open", None)  # kept, never lost
    assert placed.season == ("2020-07" if received >= END else None)


@given(st.integers(0, 500))
def test_the_day_is_the_packs(days: int) -> None:
    """R3: nothing about 2020-01 is in the code."""
    last = datetime(2020, 1, 1, tzinfo=SHANGHAI) + timedelta(days=days)
    pack = _with_deadline(f"{last:%Y-%m-%d}")
    assert not is_late(pack, last + timedelta(days=1, microseconds=-1))
    assert is_late(pack, last + timedelta(days=1))


def _with_deadline(day: str) -> Pack:
    return january_2020().model_copy(
        update={
            "dates": {
                **january_2020().dates,
                "exemption": january_2020().dates["exemption"].model_copy(
                    update={"day": datetime.fromisoformat(day).date()}
                ),
            }
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("received", "batch"),
    [("2019-11-01", 1), ("2019-12-11", 1), ("2020-01-17", 2), ("2020-02-01", 2), ("2020-05-01", None)],
)
def test_an_application_bears_on_the_audit_that_comes_next(received: str, batch: int | None) -> None:
    """R3: between batches and in the vacation on the next batch's."""
    at = datetime.fromisoformat(received).replace(tzinfo=SHANGHAI)
    assert place(january_2020(), "exemption", at).batch == batch


def test_the_unit_is_told_that_a_late_application_moves_the_student_and_to_where() -> None:
    """R3: the reason is shown."""
    placed = place(january_2020(), "exemption", END)
    said = " ".join(warned(january_2020(), "exemption", END, placed))
    assert "2019-12-10 24:00" in said
    assert "2020-07" in said
    assert "撤回" in said
    assert (
        warned(january_2020(), "exemption", LAST_SECOND, place(january_2020(), "exemption", LAST_SECOND))
        == []
    )


def test_a_season_without_exemption_refuses_the_kind_with_the_reason() -> None:
    """R3: what a season lacks is off."""
    pack = pack_with(exemption=GONE)
    placed = place(pack, "exemption", END)
    assert (placed.outcome, placed.code) == ("refused", "pack-kind-off")
    assert "exemption" in str(Refused(placed.code, **details(pack, "exemption", END, placed)))
    assert audit(application(), pack=pack)["passed"]


def test_an_unknown_day_makes_nothing_late() -> None:
    """R3: nothing is guessed."""
    assert not is_late(pack_with(dates__exemption__day=GONE), END)


def test_an_application_in_time_lets_its_exempted_grade_count() -> None:
    """R3."""
    decision = audit(application(LAST_SECOND), reference=small_reference())
    assert decision["passed"]
    assert (decision["credits"], decision["exempted_credits"]) == (32, 4)


def test_a_late_application_stops_who_would_pass_without_it_and_says_so() -> None:
    """R3: moved to 2020-07 with the evidence, and the withdrawal proposed."""
    decision = audit(application())
    assert codes(decision) == ["R3-exemption-late", "R3-exemption-withdrawable"]
    late, proposed = decision["unmet"]
    assert (late["clause"], late["needed"], late["season"]) == ("R3", "2019-12-10", "2020-07")
    assert "00005" in late["found"]
    assert "2019-12-11 00:00:00" in late["found"]
    assert proposed["found"] == "00005"
    assert is_withdrawable(decision["unmet"])
    for rule in decision["unmet"]:
        told = str(BiyeError(rule["code"], **{name: said for name, said in rule.items() if name != "code"}))
        assert "<" not in told


def test_a_late_application_keeps_an_exempted_grade_that_is_needed_from_counting() -> None:
    """R3: without its credits the audit fails, so nothing is proposed."""
    decision = audit(application(), reference=small_reference())
    assert codes(decision) == ["G0-credits", "R3-exemption-late"]
    assert (decision["credits"], decision["exempted_credits"]) == (28, 0)
    assert not is_withdrawable(decision["unmet"])


def test_an_examination_grade_of_the_same_course_counts_all_the_same() -> None:
    """R3: the application moves the student, what was examined stays passed."""
    grades = [*GRADES, grade(5, attempt=2)]
    decision = audit(application(), reference=small_reference(), grades=grades)
    assert decision["credits"] == 32
    assert codes(decision) == ["R3-exemption-late", "R3-exemption-withdrawable"]


def test_a_withdrawn_application_moves_nobody_and_its_course_stays_uncounted() -> None:
    """R3: who passes without it passes."""
    decision = audit(application(withdrawn=True))
    assert (decision["passed"], decision["credits"]) == (True, 28)
    assert codes(audit(application(withdrawn=True), reference=small_reference())) == ["G0-credits"]


def test_of_two_late_applications_each_has_to_be_withdrawn() -> None:
    """R3."""
    decision = audit(application(course=1, withdrawn=True), application())
    assert codes(decision) == ["R3-exemption-late", "R3-exemption-withdrawable"]
    assert "00001" not in decision["unmet"][0]["found"]


def test_another_students_application_is_nobody_elses() -> None:
    """R3."""
    assert audit(application(student_id=2))["passed"]


PAIRS = st.lists(st.tuples(st.integers(1, 3), st.integers(1, 3), st.sampled_from(["10", "90"])), max_size=12)


@given(PAIRS, st.lists(st.tuples(st.integers(1, 3), st.integers(1, 3)), max_size=5), st.booleans())
def test_exactly_the_exempted_grades_of_late_courses_do_not_count(
    grades: list[tuple[int, int, str]], asked: list[tuple[int, int]], late: bool
) -> None:
    """R3."""
    table = rows(*(grade(course, student_id=student, category=said) for student, course, said in grades))
    received = END if late else LAST_SECOND
    applications = pd.DataFrame(asked, columns=["student_id", "course_id"]).assign(received_at=received)
    left = without_exempted(table, late_applications(applications, january_2020()))
    named = set(asked) if late else set()
    expected = [row for row in grades if not (row[2] == "90" and row[:2] in named)]
    said = left.frame()[["student_id", "course_id", "category"]]
    assert sorted(said.itertuples(index=False, name=None)) == sorted(expected)
