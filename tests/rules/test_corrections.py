"""Grades found by their key, and corrected ones in the place of others (N3)."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from rules.corrections import KEY, NONE, index_grades, places_of, replace_corrected

EXAMS = ("201901", "201907", "202001")
GRADES = st.lists(
    st.tuples(st.integers(1, 4), st.integers(1, 3), st.sampled_from(EXAMS), st.integers(1, 2)), max_size=12
)


def table(keys: list[tuple[int, int, str, int]], **columns: object) -> pd.DataFrame:
    frame = pd.DataFrame(keys, columns=KEY).astype({"exam_code": "category"})
    said = {"category": "10", "score": 80, "submission": 1, "row": range(2, len(keys) + 2)} | columns
    return frame.assign(**said).astype({"category": "category"})


@given(GRADES, GRADES)
def test_a_grade_is_found_by_student_course_exam_and_attempt_alone(known: list, wanted: list) -> None:
    one, other = table(sorted(set(known))), table(wanted)
    place = {key: at for at, key in enumerate(one[KEY].itertuples(index=False, name=None))}
    found = places_of(other, index_grades(one))
    assert found.tolist() == [place.get(key, NONE) for key in wanted]


def test_n3_a_corrected_grade_has_the_receipt_and_row_of_its_correction_and_the_others_keep_theirs() -> None:
    grades = table([(1, 1, "201901", 1), (1, 2, "201901", 1), (2, 1, "201901", 1)])
    correction = table([(1, 2, "201901", 1)], score=50, submission=9, row=7)
    now = replace_corrected(grades, correction)
    said = now.sort_values(["student_id", "course_id"])[["score", "submission", "row"]]
    assert said.to_numpy().tolist() == [[80, 1, 2], [50, 9, 7], [80, 1, 4]]
    assert isinstance(now["exam_code"].dtype, pd.CategoricalDtype)


def test_n3_of_two_confirmed_corrections_the_last_confirmed_counts() -> None:
    grades = table([(1, 1, "201901", 1)])
    confirmed = table([(1, 1, "201901", 1)] * 2, score=[50, 70], submission=[9, 8])
    assert replace_corrected(grades, confirmed)["score"].tolist() == [70]


def test_a_correction_of_an_attempt_leaves_the_other_attempt_alone() -> None:
    grades = table([(1, 1, "201901", 1), (1, 1, "201901", 2)])
    now = replace_corrected(grades, table([(1, 1, "201901", 2)], score=50))
    assert sorted(now["score"]) == [50, 80]
