"""Who may be audited in a batch at all, by the pack: whoever may not waits for the next batch (G1)."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from rules.season_batches import Eligibility


def admitted(
    cases: pd.DataFrame, grades: pd.DataFrame, eligibility: Eligibility, pass_above: int
) -> npt.NDArray[np.bool_]:
    """Return which cases a batch admits. cases: student_id, level; grades: student_id, course_id, score."""
    pending = np.zeros(len(cases), dtype=bool)
    if eligibility.without_pending_resit:
        pending = _pending_resit(cases["student_id"], grades, pass_above)
    pairs = zip(cases["level"].tolist(), pending.tolist(), strict=True)
    return np.array([eligibility.admits(level, resit) for level, resit in pairs], dtype=bool)


def _pending_resit(students: pd.Series, grades: pd.DataFrame, pass_above: int) -> npt.NDArray[np.bool_]:
    """Return who has sat a course and passed it neither then nor since."""
    best = grades.groupby(["student_id", "course_id"])["score"].max()
    failed = best[best <= pass_above].index.get_level_values("student_id")
    return np.asarray(students.isin(failed), dtype=bool)
