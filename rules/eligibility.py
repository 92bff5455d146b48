"""Who may be audited in a batch at all, by the pack: whoever may not waits for the next batch (G1)."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from rules.grade_rows import GradeRows
from rules.season_batches import Eligibility


def admitted(
    cases: pd.DataFrame, grades: GradeRows, eligibility: Eligibility, pass_above: int
) -> npt.NDArray[np.bool_]:
    """Return which cases a batch admits. cases: student_id, level."""
    pending = np.zeros(len(cases), dtype=bool)
    if eligibility.without_pending_resit:
        pending = _pending_resit(cases["student_id"], grades, pass_above)
    pairs = zip(cases["level"].tolist(), pending.tolist(), strict=True)
    return np.array([eligibility.admits(level, resit) for level, resit in pairs], dtype=bool)


def _pending_resit(students: pd.Series, grades: GradeRows, pass_above: int) -> npt.NDArray[np.bool_]:
    """Return who has sat a course and passed it neither then nor since."""
    sat = (grades.student_id.astype(np.int64) << 32) | grades.course_id
    failed = np.setdiff1d(sat, sat[grades.score > pass_above])
    return np.isin(students.to_numpy(np.int64), failed >> 32)
