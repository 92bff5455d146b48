"""What a student has passed: credits by programme, module and examining unit, from grade rows (G0).

A course is passed when its best score exceeds the pack's `pass_above`; it counts once. Columns in, matrices
out: rows are cases, columns are modules.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rules.curriculum import Curriculum
from rules.grade_rows import GradeRows, Receipts
from rules.reference import Reference

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Passes:
    """One row a passed course of a case, in order of case."""

    case: Ints
    arrival: Ints  # of the grade that first passed it
    module: Ints  # place in the list of modules
    credits: Ints
    central: Mask
    exempted: Mask  # no examination grade passes it

    def where(self, chosen: Mask) -> "Passes":
        """Return the chosen rows."""
        return Passes(*(part[chosen] for part in vars(self).values()))


@dataclass(frozen=True)
class Credits:
    """Credits of each case; the module matrices have a column for each of `modules`."""

    modules: tuple[str, ...]
    remedial_module: Mask  # which of them is the remedial one
    total: Ints  # exempted credits beyond the programme's limit are not in it
    central: Ints
    exempted: Ints
    module_total: Ints
    module_central: Ints
    practice_exempted: Ints  # credits of comprehensive practice with nothing but an exemption: not counted
    remedial_passed: Ints  # credits of remedial courses (补修): a condition, never graduation credits
    remedial_failed: Ints  # remedial courses with grades, none of which passes
    passes: Passes
    receipts: Receipts


@dataclass(frozen=True)
class _Marks:
    """Grade rows of known cases and courses that are in force; case and course are places."""

    case: Ints
    course: Ints
    arrival: Ints
    passed: Mask
    exempted: Mask

    def where(self, chosen: Mask) -> "_Marks":
        return _Marks(*(part[chosen] for part in vars(self).values()))


def count_credits(
    student_id: Ints, max_exempt: Ints, grades: GradeRows, reference: Reference, above: int
) -> Credits:
    """Return the credits of cases. student_id, max_exempt: one a case."""
    curriculum = reference.curriculum
    marks = _marks(student_id, grades, curriculum, above)
    passes, practice = _passes(marks, curriculum)
    count, width = len(student_id), len(curriculum.modules)
    remedial = curriculum.remedial_module[passes.module]
    counted = np.where(remedial, 0, passes.credits)
    exempted = _sum(passes.case, counted * passes.exempted, count)
    cell = passes.case * width + passes.module
    central = counted * passes.central
    return Credits(
        curriculum.modules,
        curriculum.remedial_module,
        total=_sum(passes.case, counted, count) - np.maximum(exempted - max_exempt, 0),
        central=_sum(passes.case, central, count),
        exempted=exempted,
        module_total=_sum(cell, passes.credits, count * width).reshape(count, width),
        module_central=_sum(cell, central, count * width).reshape(count, width),
        practice_exempted=_sum(practice[0], practice[1], count),
        remedial_passed=_sum(passes.case, passes.credits * remedial, count),
        remedial_failed=_remedial_failed(marks, curriculum.remedial, count),
        passes=passes,
        receipts=grades.receipts,
    )


def _sum(place: Ints, amount: Ints, size: int) -> Ints:
    return np.asarray(np.bincount(place, weights=amount, minlength=size), dtype=np.int64)


def _marks(student_id: Ints, grades: GradeRows, curriculum: Curriculum, above: int) -> _Marks:
    case = _places(student_id, grades.student_id)
    course = _places(curriculum.course_ids, grades.course_id)
    counts = (case >= 0) & (course >= 0) & _in_force(_keys(case, course, grades), grades)
    marks = _Marks(case, course, grades.arrival, grades.score > above, grades.exempted)
    return marks if counts.all() else marks.where(counts)


def _places(known: Ints, wanted: npt.NDArray[np.integer]) -> Ints:
    """Return the place of each wanted id among the known ones, -1 if it is not there. No id is negative."""
    place = np.full(int(known.max(initial=0)) + 2, -1, dtype=np.int64)
    place[known] = np.arange(len(known))
    return place.take(wanted, mode="clip")


def _keys(case: Ints, course: Ints, grades: GradeRows) -> Ints:
    """Return one number per student, course, 考试代码 and 考试次数."""
    exams, courses = max(len(grades.exams), 1), int(course.max(initial=0)) + 2
    place = (case * courses + course) * exams + grades.exam
    keys: Ints = place * 128 + grades.attempt
    return keys


def _in_force(key: Ints, grades: GradeRows) -> Mask:
    """Return which rows say the last about their exam: a correction replaces, a resend keeps its place."""
    kept = np.ones(len(key), dtype=bool)
    ordered = np.sort(key)
    repeated = ordered[1:][ordered[1:] == ordered[:-1]]
    if not len(repeated):
        return kept
    at = np.flatnonzero(np.isin(key, repeated))
    at = at[np.lexsort((grades.arrival[at], key[at]))]
    same_key = key[at][1:] == key[at][:-1]
    resent = np.concatenate([[False], same_key & (grades.score[at][1:] == grades.score[at][:-1])])
    kept[at[resent]] = False
    at = at[~resent]
    replaced = np.concatenate([key[at][1:] == key[at][:-1], [False]])
    kept[at[replaced]] = False
    return kept


def _passes(marks: _Marks, curriculum: Curriculum) -> tuple[Passes, tuple[Ints, Ints]]:
    """Return passed courses, and case and credits of practice courses that are exempted only."""
    width = len(curriculum.credits)
    refused = marks.passed & marks.exempted & curriculum.practice[marks.course]
    good = marks.where(marks.passed & ~refused)
    cell = good.case * width + good.course
    order = np.argsort(cell)
    cell = cell[order]
    starts = _starts(cell)
    case, course = np.divmod(cell[starts], width)
    only = np.unique(marks.case[refused] * width + marks.course[refused])
    only = only[~np.isin(only, cell)] if len(only) else only
    passes = Passes(
        case,
        np.minimum.reduceat(good.arrival[order], starts) if len(starts) else good.arrival,
        curriculum.module[course],
        curriculum.credits[course],
        curriculum.central[course],
        np.logical_and.reduceat(good.exempted[order], starts) if len(starts) else good.exempted,
    )
    return passes, (only // width, curriculum.credits[only % width])


def _starts(ordered: Ints) -> Ints:
    """Return where each run of equal values begins."""
    if not len(ordered):
        return np.empty(0, dtype=np.int64)
    return np.concatenate([[0], np.flatnonzero(ordered[1:] != ordered[:-1]) + 1]).astype(np.int64)


def _remedial_failed(marks: _Marks, remedial: Mask, count: int) -> Ints:
    own = marks.where(remedial[marks.course])
    cell, width = own.case * len(remedial) + own.course, len(remedial)
    failed = np.setdiff1d(cell[~own.passed], cell[own.passed])
    return _sum(failed // width, np.ones(len(failed), dtype=np.int64), count)
