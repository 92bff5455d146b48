"""Corrections of grades: a later file that says another score of the same exam (N3, MODEL Submissions).

A grade is known by student, course, 考试代码 and 考试次数. The old score counts until the other one is
confirmed; an unchanged resend is a duplicate and keeps the old one's place.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rules.grades import grade_keys

Ints = npt.NDArray[np.int64]
NONE = -1  # no score is known
KEY = ["student_id", "course_id", "exam_code", "attempt"]


@dataclass(frozen=True)
class GradeIndex:
    """Grades by key, sorted only when one is looked for: most sheets have none that was sent before."""

    grades: pd.DataFrame
    students: npt.NDArray[np.bool_]  # by id
    courses: npt.NDArray[np.bool_]

    @property
    def exams(self) -> pd.Index:
        """The 考试代码 of the grades."""
        return self.grades["exam_code"].cat.categories

    @cached_property
    def place(self) -> Ints:
        """The place of each grade in its frame, in ascending order of the keys."""
        return np.argsort(grade_keys(self.grades), kind="stable")

    @cached_property
    def keys(self) -> Ints:
        """The keys in ascending order."""
        keys: Ints = grade_keys(self.grades)[self.place]
        return keys

    def __len__(self) -> int:
        """Return how many grades are indexed."""
        return len(self.grades)


def index_grades(grades: pd.DataFrame) -> GradeIndex:
    """Index grades by their key. grades: KEY, exam_code as categories; no key twice."""
    return GradeIndex(grades, _marked(grades["student_id"]), _marked(grades["course_id"]))


def _marked(ids: pd.Series) -> npt.NDArray[np.bool_]:
    """Return by id whether it is there; the last id is of nobody."""
    marked = np.zeros(int(ids.max() if len(ids) else 0) + 2, dtype=bool)
    marked[ids.to_numpy(np.int64)] = True
    return marked


def _has(marked: npt.NDArray[np.bool_], ids: npt.NDArray[np.integer[Any]]) -> npt.NDArray[np.bool_]:
    return marked.take(ids, mode="clip")


def may_match(exams: Mapping[str, Iterable[int]] | None, index: GradeIndex) -> bool:
    """Say whether grades of these courses can be indexed ones: most sheets have none that was sent before.

    exams: course ids by 考试代码; None where nobody knows.
    """
    if exams is None:
        return True
    courses = [course for exam in index.exams for course in exams.get(exam, ())]
    return bool(_has(index.courses, np.array(courses, dtype=np.int64)).any())


def any_student(students: npt.NDArray[np.integer[Any]], index: GradeIndex) -> bool:
    """Say whether one of the students has an indexed grade."""
    return bool(_has(index.students, students).any())


def _near(grades: pd.DataFrame, index: GradeIndex) -> tuple[npt.NDArray[np.bool_], Ints]:
    """Return which grades are of an indexed student, course and exam, and the place of each one's exam."""
    exams = np.append(index.exams.get_indexer(grades["exam_code"].cat.categories), NONE)
    exam = exams[grades["exam_code"].cat.codes.to_numpy()]
    known = _has(index.students, grades["student_id"].to_numpy(np.int64)) & (exam >= 0)
    return known & _has(index.courses, grades["course_id"].to_numpy(np.int64)), exam


def places_of(grades: pd.DataFrame, index: GradeIndex) -> Ints:
    """Return for each grade the place of the indexed one with the same key, -1 if there is none.

    grades: KEY, exam_code as categories. Only those that can match are looked up.
    """
    found = np.full(len(grades), NONE, dtype=np.int64)
    near, exam = _near(grades, index)
    at = np.flatnonzero(near)
    if not len(index) or not len(at):
        return found
    codes = pd.Categorical.from_codes(exam[at], categories=index.exams)
    keys = grade_keys(grades[KEY].iloc[at].assign(exam_code=codes))
    place = np.minimum(np.searchsorted(index.keys, keys), len(index) - 1)
    hit = index.keys[place] == keys
    found[at[hit]] = index.place[place[hit]]
    return found


def replace_corrected(grades: pd.DataFrame, corrections: pd.DataFrame) -> pd.DataFrame:
    """Return the grades with corrected ones in the place of those they correct, by the correction's receipt.

    corrections: the same columns (exam_code, category as categories), in the order in which they were
    confirmed; of one key the last counts.
    """
    last = corrections.drop_duplicates(KEY, keep="last").reset_index(drop=True)
    others = grades[places_of(grades, index_grades(last)) == NONE]
    for name in ("exam_code", "category"):
        either = others[name].cat.categories.union(last[name].cat.categories)
        others, last = (
            part.assign(**{name: part[name].cat.set_categories(either)}) for part in (others, last)
        )
    joined: pd.DataFrame = pd.concat([others, last], ignore_index=True)
    return joined
