"""The urgent lane: when it works, whom it overtakes, who would be late by it (N4, N3, N2)."""

from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.clock import SHANGHAI
from rules.deadlines import season_calendar
from rules.refusals import Refused
from rules.submission import Judged
from rules.urgent import (
    check_named,
    check_working,
    dispatch_due,
    lots_made_late,
    overtaken,
    printing_days,
)
from rules.urgent_request import judge_urgent_request
from tests.rules.policy_packs import GONE, january_2020, pack_with
from tests.submitted import codes_of, csv_file, outcomes_of, read, roster_context, row_of

DAYS = tuple(date(2019, 12, 2) + timedelta(days=n) for n in range(40))
PLANS = st.lists(
    st.tuples(st.integers(1, 4), st.booleans(), st.one_of(st.none(), st.integers(0, 30))), max_size=40
)


def plan_of(*cases: tuple[int, bool, int | None]) -> pd.DataFrame:
    """Cases in order of printing: lot, urgent, and on which of DAYS it is due."""
    due = [None if day is None else DAYS[day] for _, _, day in cases]
    return pd.DataFrame(
        {
            "lot_id": np.array([lot for lot, _, _ in cases], dtype=np.int64),
            "urgent": np.array([urgent for _, urgent, _ in cases], dtype=bool),
            "due_on": pd.Series(due, dtype=object),
        }
    )


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def judged(*cells: dict[str, str]) -> Judged:
    table = read(
        csv_file("urgent-request", *(row_of("urgent-request", **one) for one in cells)), "urgent-request"
    )
    return judge_urgent_request(table.frame, table.row, roster_context())


def test_n4_a_standard_lot_that_would_miss_its_day_is_named():
    plan = plan_of((1, False, 0), (1, False, 0), (2, False, 1), (2, False, 1), (3, True, None))
    assert lots_made_late(plan, 0, 2, DAYS) == [1, 2]  # one case of each lot slips a day
    assert lots_made_late(plan, 0, 3, DAYS) == []
    assert lots_made_late(plan.iloc[:4], 3, 4, DAYS) == [1]


def test_n4_a_lot_that_is_late_anyway_is_no_reason_to_refuse():
    plan = plan_of((1, False, 0), (1, False, 0), (1, False, 0), (9, True, None))
    assert lots_made_late(plan.iloc[2:], 0, 1, DAYS) == [1]
    late_already = plan.assign(due_on=[DAYS[0] - timedelta(days=9)] * 3 + [None])
    assert lots_made_late(late_already, 0, 1, DAYS) == []


def test_n2_a_partner_seal_case_has_no_day_and_cannot_be_late_but_takes_its_turn():
    plan = plan_of((1, False, None), (2, False, 1), (9, True, None))
    assert lots_made_late(plan, 0, 1, DAYS) == [2]


@given(PLANS, st.integers(0, 5), st.integers(1, 5))
def test_n4_the_refusal_is_what_playing_both_plans_through_shows(cases, unplaced, per_day):
    plan = plan_of(*cases)
    without = list(range(len(cases)))
    fronted = [n for n in without if cases[n][1]] + [n for n in without if not cases[n][1]]
    late = []
    for place, n in enumerate(fronted, start=unplaced):
        lot, urgent, due = cases[n]
        if not urgent and due is not None and place // per_day > due >= n // per_day:
            late.append(lot)
    assert sorted(set(late)) == sorted(lots_made_late(plan, unplaced, per_day, DAYS))


@given(PLANS, st.integers(0, 3))
def test_n3_overtaken_is_who_stood_before_the_last_urgent_case(cases, unplaced):
    found = overtaken(plan_of(*cases), unplaced)
    urgent = [n for n, case in enumerate(cases) if case[1]]
    until = len(cases) if unplaced else max(urgent, default=-1) + 1
    passed = [lot for lot, is_urgent, _ in cases[:until] if not is_urgent]
    assert found.cases == len(passed) == sum(found.lots.values())
    assert found.lots == {lot: passed.count(lot) for lot in passed}
    assert list(found.moved) == [n + 1 for n in urgent]
    assert list(found.moved.values()) == list(range(1, len(urgent) + 1))


def test_the_day_to_leave_by_is_the_earlier_of_r2_and_the_end_of_the_batch_n1():
    pack, calendar = january_2020(), season_calendar(january_2020())
    assert dispatch_due(pack, date(2019, 12, 2), 1, calendar) == date(2019, 12, 16)
    assert dispatch_due(pack, date(2020, 1, 14), 1, calendar) == date(2020, 1, 15)
    assert dispatch_due(pack_with(duties=[]), date(2019, 12, 2), 1, calendar) is None


def test_n4_hq_prints_on_workdays_outside_its_vacation_though_they_count():
    days = printing_days(january_2020(), date(2020, 1, 17), date(2020, 2, 18))
    assert days == (date(2020, 1, 17), date(2020, 1, 19), date(2020, 2, 17), date(2020, 2, 18))


@pytest.mark.parametrize(
    ("when", "code"),
    [
        ("2019-12-02T09:00", None),
        ("2020-01-25T09:00", None),  # HQ may name in the vacation; the lane rests
        ("2020-04-17T23:59", None),
        ("2020-04-18T00:00", "N4-urgent-over"),
    ],
)
def test_n4_cases_are_named_until_the_seasons_audit_ends_n1(when, code):
    if code is None:
        check_named(january_2020(), at(when))
        return
    with pytest.raises(Refused, match=code):
        check_named(january_2020(), at(when))


def test_n4_the_lane_rests_in_the_vacation_unless_the_pack_says_otherwise():
    for when in ("2020-01-19T23:59", "2020-02-17T00:00", "2020-05-01T09:00"):
        check_working(january_2020(), at(when))
    for when in ("2020-01-20T00:00", "2020-02-16T23:59"):
        with pytest.raises(Refused, match="N4-urgent-vacation"):
            check_working(january_2020(), at(when))
        check_working(pack_with(urgent__in_vacation=True), at(when))


def test_n4_a_season_without_urgent_cases_has_no_lane():
    for check in (check_named, check_working):
        with pytest.raises(Refused, match="N4-urgent-off"):
            check(pack_with(urgent=GONE), at("2019-12-02T09:00"))


def test_n4_a_request_names_a_student_of_the_sender_and_a_reason():
    found = judged({}, {"student_no": "1712001200002"}, {"student_no": "1799001200003"}, {"reason": ""})
    assert codes_of(found) == {3: "row-other-branch", 4: "row-unknown-student", 5: "row-missing"}
    assert found.accepted["student_id"].tolist() == [1]
    assert found.accepted["reason"].tolist() == ["已录用，须于月底前提交证书"]


def test_n4_a_student_twice_in_a_file_is_a_duplicate_and_with_another_reason_held():
    assert outcomes_of(judged({}, {})) == {3: "duplicate"}
    assert outcomes_of(judged({}, {"reason": "出国"})) == {2: "held", 3: "held"}
