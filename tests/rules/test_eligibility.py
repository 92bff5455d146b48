"""Who may be audited in a batch at all (G1)."""

import pandas as pd
import pytest

from rules.eligibility import admitted
from rules.season_batches import Eligibility
from tests.rules.audit_tables import grade, rows

CASES = pd.DataFrame({"student_id": [1, 2, 3], "level": ["本科", "专科", "专科"]}, index=[7, 8, 9])


def eligibility(**said: object) -> Eligibility:
    return Eligibility.model_validate({"clause": "G1", "provenance": "stated"} | said)


def test_other_levels_are_not_admitted() -> None:
    only = eligibility(levels=["专科"])
    assert admitted(CASES, rows(), only, 59).tolist() == [False, True, True]


@pytest.mark.parametrize(
    ("scores", "admits"),
    [((60,), True), ((59,), False), ((40, 75), True), ((75, 40), True), ((), True)],
)
def test_whoever_has_failed_a_course_and_not_passed_it_since_has_a_resit_pending(
    scores: tuple[int, ...], admits: bool
) -> None:
    sat = [grade(5, score, student_id=2, attempt=place) for place, score in enumerate(scores, start=1)]
    grades = rows(grade(1, student_id=2), *sat)
    said = eligibility(without_pending_resit=True)
    assert admitted(CASES, grades, said, 59).tolist() == [True, admits, True]
    assert all(admitted(CASES, grades, eligibility(), 59))
