"""N3: within a batch, certificates are made in the order in which grade data and audit data arrived."""

from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.order import fifo_order, fifo_ranks, lots_in_order
from tests.rules.audit_tables import ALL, START, audit, grade

AUDIT_DATA = START + timedelta(days=4)  # receipt 50, row 2


def key(decision: Any) -> tuple[datetime, int, int]:
    return decision["order_at"], decision["order_receipt"], decision["order_row"]


def late(course: int, days: int, receipt: int, **facts: Any) -> dict[str, Any]:
    return grade(course, received_at=START + timedelta(days=days), submission=receipt, **facts)


def early(*without: int) -> list[dict[str, Any]]:
    return [grade(course) for course in ALL if course not in without]


def test_grades_before_the_audit_data_leave_the_audit_datas_place() -> None:
    # N3
    assert key(audit()) == (AUDIT_DATA, 50, 2)


def test_the_last_grade_needed_after_the_audit_data_gives_the_place() -> None:
    # N3
    assert key(audit([*early(6), late(6, 9, 70, row=33)])) == (START + timedelta(days=9), 70, 33)


def test_a_grade_that_the_audit_did_not_need_moves_nobody_back() -> None:
    # N3: a better retake, and a course beyond the minima
    retake = late(6, 9, 70, attempt=2, score=99)
    assert key(audit([*early(), retake])) == (AUDIT_DATA, 50, 2)
    spare = [*early(2, 5), late(2, 5, 60, row=7), late(5, 9, 70)]  # 28 without course 5: needed
    assert key(audit(spare))[1] == 70
    spare = [*early(5), late(5, 5, 60, row=7), late(7, 9, 70)]
    assert key(audit(spare)) == (START + timedelta(days=5), 60, 7)


def test_a_correction_takes_its_own_time_and_an_unchanged_resend_keeps_the_place() -> None:
    # N3
    assert key(audit([*early(), late(6, 9, 70)])) == (AUDIT_DATA, 50, 2)
    assert key(audit([*early(), late(6, 9, 70, score=81)])) == (START + timedelta(days=9), 70, 7)


def test_receipts_of_one_moment_go_by_their_sequence() -> None:
    # N3
    at_once = [*early(6), grade(6, received_at=AUDIT_DATA, submission=51)]
    assert key(audit(at_once)) == (AUDIT_DATA, 51, 7)
    at_once[-1]["submission"] = 49
    assert key(audit(at_once)) == (AUDIT_DATA, 50, 2)


def test_remedial_courses_that_were_demanded_count_for_the_place() -> None:
    # N3
    grades = [*early(), late(7, 9, 70, row=5)]
    assert key(audit(grades, remedial="未通过")) == (START + timedelta(days=9), 70, 5)
    assert key(audit(grades)) == (AUDIT_DATA, 50, 2)


def test_who_fails_has_no_place() -> None:
    decision = audit([])
    assert pd.isna(decision["order_at"])
    assert (decision["order_receipt"], decision["order_row"]) == (-1, -1)


ARRIVALS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 3)), min_size=len(ALL), max_size=len(ALL))


@given(ARRIVALS)
def test_the_place_is_that_of_the_first_prefix_of_grades_that_passes(arrivals: list[tuple[int, int]]) -> None:
    # N3: against auditing after each grade in turn
    grades = [
        late(course, day, 100 + day, row=10 * more + course)
        for course, (day, more) in zip(ALL, arrivals, strict=True)
    ]
    grades.sort(key=lambda row: (row["received_at"], row["submission"], row["row"]))
    prefix = next(n for n in range(1, len(grades) + 1) if audit(grades[:n])["passed"])
    last = grades[prefix - 1]
    by_grade = (last["received_at"], last["submission"], last["row"])
    assert key(audit(grades)) == max(by_grade, (AUDIT_DATA, 50, 2))


KEYS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 99)), min_size=1, unique=True)


@given(KEYS)
def test_fifo_order_is_by_time_then_receipt_then_row(keys: list[tuple[int, int, int]]) -> None:
    # N3
    cases = pd.DataFrame(keys, columns=["order_at", "order_receipt", "order_row"])
    cases["order_at"] = [START + timedelta(hours=hours) for hours in cases["order_at"]]
    assert [keys[place] for place in fifo_order(cases)] == sorted(keys)
    assert [sorted(keys).index(one) + 1 for one in keys] == fifo_ranks(cases).tolist()


@pytest.mark.parametrize(
    ("lane", "order"), [("ordinary", [2, 1]), ("fast-track", [2, 1]), ("urgent", [1, 2])]
)
def test_lots_go_by_their_first_case_and_only_an_urgent_one_overtakes(lane: str, order: list[int]) -> None:
    # N3, N4
    cases = pd.DataFrame(
        {"lot_id": [1, 1, 2, 2], "lane": [lane, lane, "ordinary", "ordinary"],
         "order_at": [START + timedelta(days=days) for days in (2, 3, 1, 9)],
         "order_receipt": [5, 6, 4, 9], "order_row": [2, 2, 2, 2]}
    )  # fmt: skip
    assert lots_in_order(cases) == order
