"""Grade rows of one unit's students: the plan of each, passed, with the exceptions that fates ask for."""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import pandas as pd

from biye.sandbox.plans import Plan
from rules.reference import EXEMPTION_EXAM_CATEGORY, Reference

Ints = npt.NDArray[np.int64]
HISTORY, PRACTICE, FINAL = 0, 1, 2  # the kind of sheet that a grade comes in
_NEVER = -1  # not taken again
ORDINARY_CATEGORY, PRACTICE_CATEGORY = "10", "20"
_SPECIAL_PASSES = ("&&", "**", "-5", ".3", ".4", "+3", "+4", "++")
_FAILS = ("45", "52", "38", "&-", "$$", ".1", "+0", "-1")
_EXEMPTED = "&&"  # 60
_FAILED_BY = {
    "credits-short": "below_credits",
    "central-credits-short": "below_central_credits",
    "module-credits-short": "below_a_module",
    "new-grades-in-batch-2": "below_a_module",
    "retake-counts": "below_a_module",
}
_EXEMPTED_BY = {
    "exempted-too-much": "above_exemption",
    "exemption-in-time": "spare",
    "exemption-late": "below_a_module",
    "exemption-late-spare": "spare",
}


@dataclass
class Grades:
    """Grades as parallel columns; `student`, `course`: places in the unit's students, in the courses."""

    student: Ints
    course: Ints
    term: Ints
    sheet: npt.NDArray[np.int8]
    score: npt.NDArray[np.object_]
    category: npt.NDArray[np.object_]
    attempt: npt.NDArray[np.int8]

    def where(self, chosen: npt.NDArray[np.bool_]) -> "Grades":
        """Return some of the rows."""
        return Grades(*(getattr(self, column.name)[chosen] for column in fields(self)))

    def and_rows(self, other: "Grades") -> "Grades":
        """Return these rows and then the other ones."""
        columns = (column.name for column in fields(self))
        return Grades(*(np.concatenate([getattr(self, name), getattr(other, name)]) for name in columns))


def grade_rows(
    rng: np.random.Generator, reference: Reference, plans: dict[int, Plan], students: pd.DataFrame
) -> Grades:
    """Return all grades of one unit's students (index 0 …), by student and then by plan."""
    grades = _passed_plans(rng, reference, plans, students)
    starts = np.searchsorted(grades.student, np.arange(len(students)))
    again = np.where((rng.random(len(grades.student)) < 0.001) & (grades.sheet == HISTORY), HISTORY, _NEVER)
    again[np.isin(grades.student, np.flatnonzero(students["fate"] != ""))] = _NEVER
    grades.score[again == HISTORY] = _FAILS[0]
    for student in np.flatnonzero(students["fate"] != ""):
        plan = plans[int(students["programme_id"].iloc[student])]
        _suffer(rng, grades, again, plan, int(starts[student]), students["fate"].iloc[student])
    return grades.and_rows(_retakes(rng, grades, again))


def _passed_plans(
    rng: np.random.Generator, reference: Reference, plans: dict[int, Plan], students: pd.DataFrame
) -> Grades:
    place_of = pd.Series(np.arange(len(reference.courses)), index=reference.courses["course_id"])
    ids = sorted(plans)
    courses = [place_of[plans[i].courses["course_id"]].to_numpy() for i in ids]
    lengths = np.array([len(part) for part in courses])
    offsets = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    programme = np.searchsorted(ids, students["programme_id"].to_numpy())
    rows = lengths[programme]
    student = np.repeat(np.arange(len(students)), rows)
    within = np.arange(rows.sum()) - np.repeat(np.cumsum(rows) - rows, rows)
    at = offsets[programme][student] + within
    practice = np.concatenate([plans[i].is_practice for i in ids])[at]
    last = np.concatenate([plans[i].is_last_term for i in ids])[at]
    final = last & (students["batch"].to_numpy() == 2)[student]
    return Grades(
        student=student,
        course=np.concatenate(courses)[at],
        term=np.concatenate([plans[i].courses["term"].to_numpy() for i in ids])[at],
        sheet=np.where(practice, PRACTICE, np.where(final, FINAL, HISTORY)).astype(np.int8),
        score=_draw_passes(rng, len(at)),
        category=np.where(practice, PRACTICE_CATEGORY, ORDINARY_CATEGORY).astype(object),
        attempt=np.ones(len(at), dtype=np.int8),
    )


def _draw_passes(rng: np.random.Generator, count: int) -> npt.NDArray[np.object_]:
    codes = np.array([f"{score:02d}" for score in range(100)] + list(_SPECIAL_PASSES), dtype=object)
    marks = (60 + rng.beta(2, 2, count) * 39).astype(int)
    special = rng.random(count) < 0.01
    marks[special] = 100 + rng.integers(0, len(_SPECIAL_PASSES), int(special.sum()))
    passes: npt.NDArray[np.object_] = codes[marks]
    return passes


def _suffer(rng: np.random.Generator, grades: Grades, again: Ints, plan: Plan, start: int, fate: str) -> None:
    """Change one student's grades by fate; say in `again` in which sheet a failed one is passed later."""
    if fate in _FAILED_BY:
        failed = start + getattr(plan, _FAILED_BY[fate])
        grades.score[failed] = rng.choice(_FAILS, len(failed))
        again[failed] = {"new-grades-in-batch-2": FINAL, "retake-counts": HISTORY}.get(fate, _NEVER)
    elif fate in _EXEMPTED_BY:
        exempted = start + getattr(plan, _EXEMPTED_BY[fate])
        grades.category[exempted] = EXEMPTION_EXAM_CATEGORY
        grades.score[exempted] = _EXEMPTED


def exempted_courses(grades: Grades, students: Ints) -> tuple[Ints, Ints]:
    """Return student and course of the exempted grades of some students."""
    chosen = np.isin(grades.student, students) & (grades.category == EXEMPTION_EXAM_CATEGORY)
    return grades.student[chosen], grades.course[chosen]


def _retakes(rng: np.random.Generator, grades: Grades, again: Ints) -> Grades:
    """Return the second attempts, all passed."""
    retakes = grades.where(again != _NEVER)
    retakes.sheet = again[again != _NEVER].astype(np.int8)
    retakes.score = _draw_passes(rng, len(retakes.score))
    retakes.attempt = retakes.attempt + np.int8(1)
    return retakes
