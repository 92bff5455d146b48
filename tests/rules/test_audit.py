"""G0: who meets the conditions graduates; everybody else is told every unmet rule, with its evidence."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.audit import audit_cases
from rules.refusals import REASONS
from rules.terms import half_year, last_term_of, term_text
from tests.rules.audit_tables import ALL, COURSES, START, audit, case, codes, grade, small_reference
from tests.rules.audit_tables import rows as as_rows
from tests.rules.policy_packs import january_2020, pack_with


def test_who_meets_every_condition_passes_with_nothing_unmet() -> None:
    # G0
    decision = audit()
    assert decision["passed"]
    assert decision["unmet"] == []
    assert (decision["credits"], decision["central_credits"], decision["exempted_credits"]) == (32, 10, 0)


@pytest.mark.parametrize(
    ("facts", "code", "clause", "found"),
    [
        ({"status": "休学"}, "G0-not-enrolled", "G0", "休学"),
        ({"discipline": "记过"}, "G0-discipline", "G0", "记过"),
        ({"conduct": ""}, "G0-conduct-appraisal", "G0", "空"),
        ({"conduct": "不合格"}, "G0-conduct-appraisal", "G0", "不合格"),
        ({"unified_exam": "未通过"}, "G0-unified-exam", "G0", "未通过"),
        ({"unified_exam": ""}, "G0-unified-exam", "G0", "空"),
        ({"remedial": "未通过"}, "G0-remedial-courses", "G0", "未通过"),
        ({"prior_credential": "未通过"}, "G0-prior-credential", "G0", "未通过"),
        ({"prior_credential": ""}, "G0-prior-credential", "G0", "空"),
        ({"branch_finding": "不通过"}, "R1-branch-finding", "R1", "不通过"),
        ({"entry_term": "201803"}, "G0-too-early", "G0", "201803"),
        ({"entry_term": "201109"}, "N8-validity-over", "N8", "201109"),
    ],
)
def test_one_condition_not_met_is_named_with_its_evidence(
    facts: dict[str, Any], code: str, clause: str, found: str
) -> None:
    # G0, R1, N8
    decision = audit(**facts)
    assert not decision["passed"]
    assert codes(decision) == [code]
    assert decision["unmet"][0]["clause"] == clause
    assert decision["unmet"][0]["found"] == found


@pytest.mark.parametrize(
    "facts",
    [
        {"unified_exam": "免考"}, {"unified_exam": "合格"}, {"discipline": "已解除"}, {"remedial": "通过"},
        {"direction": "（教育管理）"}, {"entry_term": "201203"},
    ],
)  # fmt: skip
def test_what_the_conditions_allow_passes(facts: dict[str, Any]) -> None:
    # G0; N8: spring 2012 reaches its 16th term in autumn 2019
    assert codes(audit(**facts)) == []


def test_the_latest_entry_for_january_2020_is_autumn_2017() -> None:
    # G0: 5 terms
    assert audit(entry_term="201803")["unmet"][0]["needed"] == "201709"
    assert audit(entry_term="201109")["unmet"][0]["needed"] == "201203"


@pytest.mark.parametrize(
    ("season", "last"), [("2020-01", "201909"), ("2020-07", "202003"), ("2021-01", "202009")]
)
def test_a_season_ends_the_term_before_it(season: str, last: str) -> None:
    # N8: terms, not days
    assert last_term_of(season) == half_year(last)
    assert term_text(half_year(last)) == last


def test_a_programme_without_unified_exam_asks_for_none() -> None:
    # G0
    assert codes(audit(None, small_reference(needs_unified_exam=False), unified_exam="")) == []


@pytest.mark.parametrize(
    ("switch", "facts"),
    [
        ("conduct_appraisal", {"conduct": ""}),
        ("unified_exam", {"unified_exam": ""}),
        ("remedial_courses", {"remedial": "未通过"}),
        ("prior_credential", {"prior_credential": ""}),
        ("no_disciplinary_action", {"discipline": "记过"}),
    ],
)
def test_a_requirement_that_the_pack_switches_off_is_not_asked_for(
    switch: str, facts: dict[str, Any]
) -> None:
    # G0, G1
    assert codes(audit(**facts)) != []
    assert codes(audit(None, None, pack_with(**{f"audit__{switch}": False}), **facts)) == []


def test_every_unmet_rule_is_told_never_just_the_first() -> None:
    # G0
    grades = [grade(2), grade(6, 59)]
    decision = audit(grades, status="休学", conduct="", branch_finding="不通过", entry_term="201803")
    assert codes(decision) == [
        "G0-credits", "G0-central-credits", "G0-module-credits 01", "G0-module-central-credits 01",
        "G0-module-credits 03", "G0-module-central-credits 03", "G0-module-credits 06", "G0-not-enrolled",
        "G0-too-early", "G0-conduct-appraisal", "R1-branch-finding",
    ]  # fmt: skip
    assert decision["unmet"][0] == {"code": "G0-credits", "clause": "G0", "needed": "30", "found": "4"}
    assert decision["unmet"][6]["found"] == "0"


def test_every_code_of_an_unmet_rule_reads_in_both_languages() -> None:
    decision = audit([], status="休学", entry_term="201803", programme_code="999999")
    for rule in decision["unmet"]:
        said = REASONS[rule["code"]]
        assert rule["found"] in said.zh.format_map(rule)
        assert rule["found"] in said.en.format_map(rule)


@pytest.mark.parametrize(("score", "passed"), [(59, False), (60, True)])
def test_a_course_is_passed_above_59(score: int, passed: bool) -> None:
    # G0
    assert audit([*(grade(course) for course in ALL[:-1]), grade(6, score)])["passed"] == passed


def test_the_best_attempt_counts_and_counts_once() -> None:
    # G0
    again = [grade(6, 40), grade(6, 85, attempt=2, row=20), grade(6, 50, attempt=3, row=21)]
    decision = audit([*(grade(course) for course in ALL), *again[1:], grade(7)])
    assert decision["credits"] == 32
    assert audit([*(grade(course) for course in ALL[:-1]), *again])["passed"]


def test_a_correction_replaces_the_grade_and_can_take_a_pass_away() -> None:
    later = grade(6, 45, submission=11, received_at=START + timedelta(days=1))
    assert codes(audit([*(grade(course) for course in ALL), later])) == ["G0-credits", "G0-module-credits 06"]


@pytest.mark.parametrize(("exempted", "over"), [((1, 3), False), ((1, 2, 3), True)])
def test_exempted_credits_have_a_limit(exempted: tuple[int, ...], over: bool) -> None:
    # G0: at most 10
    grades = [grade(course, category="90" if course in exempted else "10") for course in ALL]
    decision = audit(grades)
    assert ("G0-exempted-credits" in codes(decision)) == over
    assert decision["exempted_credits"] == (14 if over else 10)
    assert decision["credits"] == (28 if over else 32)


def test_an_exempted_course_that_is_also_examined_is_not_exempted() -> None:
    examined = grade(2, row=30, exam_code="201907")
    grades = [grade(course, category="90" if course in (1, 2, 3) else "10") for course in ALL]
    assert codes(audit([*grades, examined])) == []


def test_comprehensive_practice_can_never_be_exempted() -> None:
    # G0
    decision = audit([*(grade(course) for course in ALL[:-1]), grade(6, category="90")])
    assert codes(decision) == ["G0-credits", "G0-module-credits 06"]
    assert decision["unmet"][1]["found"] == "0（另有免修免考 8，不计入）"


def test_remedial_courses_are_a_condition_and_no_credits() -> None:
    # G0, module 99
    grades = [grade(course) for course in ALL]
    assert audit([*grades, grade(7)])["credits"] == 32
    assert codes(audit([*grades, grade(7)], remedial="未通过")) == []
    assert codes(audit([*grades, grade(7), grade(8, 30)], remedial="未通过")) == ["G0-remedial-courses"]


def test_an_unknown_programme_or_direction_is_a_finding_and_no_crash() -> None:
    assert codes(audit(direction="学前教育")) == ["G0-unknown-programme"]
    assert audit(direction="学前教育")["unmet"][0]["found"] == "120401 学前教育"


PHOTO = {"applied_on": date(2019, 11, 20), "branch_audited_on": date(2019, 11, 26)}


@pytest.mark.parametrize(
    ("linked", "received", "unmet"),
    [
        (date(2019, 11, 20), START, []),
        (date(2019, 11, 21), START, ["R1-photo-late"]),
        (date(2019, 11, 20), None, ["R1-photo-none"]),
        (None, None, ["R1-photo-none", "R1-photo-late", "R1-photo-late"]),
    ],
)
def test_a_photo_gate_that_blocks_is_a_rule_and_one_that_warns_is_not(
    linked: date | None, received: object, unmet: list[str]
) -> None:
    # R1
    facts: dict[str, Any] = PHOTO | {"photo_linked_on": linked, "photo_received_at": received}
    blocking = pack_with(photo_gate__mode="block")
    assert codes(audit(None, None, blocking, **facts)) == unmet
    assert codes(audit(**facts)) == []


def test_no_cases_and_no_grades_make_empty_tables() -> None:
    cases = pd.DataFrame([case()]).iloc[:0]
    assert audit_cases(cases, as_rows(), small_reference(), january_2020()).empty
    assert not audit([])["passed"]


MARKS = st.lists(
    st.tuples(
        st.integers(1, 3),
        st.integers(1, 8),
        st.integers(1, 3),
        st.integers(55, 64),
        st.sampled_from(["10", "90"]),
    ),
    max_size=60,
)


@given(MARKS)
def test_columns_say_what_counting_by_hand_says(marks: list[tuple[int, int, int, int, str]]) -> None:
    # G0: credits of three students against loops over sets
    rows = {(s, c, a): (score, category) for s, c, a, score, category in marks}
    grades = [
        grade(c, score, student_id=s, attempt=a, category=category, row=place)
        for place, ((s, c, a), (score, category)) in enumerate(rows.items())
    ]
    cases = pd.DataFrame([case(student_id=s) for s in (1, 2, 3)])
    decided = audit_cases(cases, as_rows(*grades), small_reference(), january_2020())
    credits = {course: (module, unit, worth) for course, module, unit, worth in COURSES}
    for place, student in enumerate((1, 2, 3)):
        good = [(c, category) for (s, c, _), (score, category) in rows.items() if s == student and score > 59]
        examined = {c for c, category in good if category == "10" and c < 7}
        exempted = {c for c, category in good if category == "90" and c < 6} - examined
        total, free = (sum(credits[c][2] for c in some) for some in (examined | exempted, exempted))
        row = decided.iloc[place]
        assert row["exempted_credits"] == free
        assert row["credits"] == total - max(free - 10, 0)
        assert row["central_credits"] == sum(credits[c][2] for c in examined | exempted if credits[c][1] == 1)
        assert row["passed"] == (len(row["unmet"]) == 0)


def test_a_case_alone_is_decided_as_in_a_table_of_many() -> None:
    rng = np.random.default_rng(5)
    grades = [grade(c, int(rng.integers(50, 90)), student_id=s) for s in range(1, 41) for c in ALL]
    cases = pd.DataFrame([case(student_id=s) for s in range(1, 41)])
    together = audit_cases(cases, as_rows(*grades), small_reference(), january_2020())
    for place in range(40):
        alone = audit_cases(cases.iloc[[place]], as_rows(*grades), small_reference(), january_2020())
        pd.testing.assert_frame_equal(alone, together.iloc[[place]])
    assert 0 < together["passed"].sum() < 40
