"""Exemption applications (免修免考申请): which are late, and what a late one means for the audit (R3).

A late application moves its student to a later season, and an exempted grade of its course does not count in
this one. A withdrawn one moves nobody, but its course does not count all the same: it was never asked for in
time.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

import rules.refusals_exemption  # noqa: F401  registers its codes
from rules.audit_rule import Rule
from rules.deadlines import day_of
from rules.grade_rows import GradeRows
from rules.season import Pack
from rules.season_values import Kind
from rules.windows import place

Mask = npt.NDArray[np.bool_]
LATE, WITHDRAWABLE = "R3-exemption-late", "R3-exemption-withdrawable"


def is_late(pack: Pack, received_at: datetime) -> bool:
    """Say whether an application came after the season's day, by the time of our receipt (R3)."""
    return "R3-late" in place(pack, Kind.EXEMPTION, received_at).warnings


def late_applications(applications: pd.DataFrame, pack: Pack) -> pd.DataFrame:
    """Return the late ones of some applications. applications: received_at (with a zone) and more."""
    received = applications["received_at"].tolist()
    late = {at: is_late(pack, at) for at in set(received)}
    return applications[np.array([late[at] for at in received], dtype=bool)]


def without_exempted(grades: GradeRows, late: pd.DataFrame) -> GradeRows:
    """Return the grades without exempted ones of courses with a late application (R3).

    late: student_id, course_id.
    """
    at = np.flatnonzero(grades.exempted)
    named = _subject(grades.student_id[at], grades.course_id[at])
    asked = _subject(late["student_id"].to_numpy(np.int64), late["course_id"].to_numpy(np.int64))
    counts = np.ones(len(grades), dtype=bool)
    counts[at[np.isin(named, asked)]] = False
    return grades.where(counts)


def _subject(student: npt.NDArray[Any], course: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """Return one number a student and course."""
    subject: npt.NDArray[np.int64] = (student.astype(np.int64) << 32) | course
    return subject


def late_rules(students: pd.Series, late: pd.DataFrame, met: Mask, pack: Pack) -> Iterator[Rule]:
    """Yield who is moved to a later season, and for whom withdrawing the application is proposed (R3).

    students: student_id of each case. late: student_id, course_id, received_at, withdrawn. met: who meets
    every other rule.
    """
    standing = late[~late["withdrawn"].astype(bool)]
    if pack.exemption is None or standing.empty:
        return
    groups: defaultdict[int, list[tuple[str, datetime]]] = defaultdict(list)
    columns = (standing[name].tolist() for name in ("student_id", "course_id", "received_at"))
    for student, course, received in zip(*columns, strict=True):
        groups[int(student)].append((course_code(int(course)), received))
    ids = students.tolist()
    moved = np.array([student in groups for student in ids], dtype=bool)
    until, later = day_of(pack, pack.exemption.deadline), {"season": pack.exemption.later_season}
    yield Rule(LATE, moved, lambda _: str(until), lambda case: _received(groups[ids[case]]), later)
    yield Rule(WITHDRAWABLE, moved & met, lambda _: "撤回", lambda case: _courses(groups[ids[case]]))


def _received(applications: list[tuple[str, datetime]]) -> str:
    return "、".join(f"课程 {course} {at:%Y-%m-%d %H:%M:%S}" for course, at in applications)


def _courses(applications: list[tuple[str, datetime]]) -> str:
    return "、".join(course for course, _ in applications)


def course_code(course: int) -> str:
    """Return a course's id as people write it.

    >>> course_code(12)
    '00012'
    """
    return f"{course:05d}"


def is_withdrawable(unmet: Iterable[dict[str, str]]) -> bool:
    """Say whether a decision finds nothing against its student but a late application."""
    return any(rule["code"] == WITHDRAWABLE for rule in unmet)
