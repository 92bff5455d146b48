"""What a student has passed: credits by programme, module and examining unit, from grade rows (G0).

A course is passed when its best score exceeds the pack's `pass_above`; it counts once. Columns in, matrices
out: rows are cases, columns are modules.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rules.curriculum import Curriculum
from rules.grade_rows import GradeRows, Receipts, places_in
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
        return self if chosen.all() else Passes(*(part[chosen] for part in vars(self).values()))


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
    """Grade rows of known cases and courses that are in force, in order of case, course and arrival."""

    at: Ints  # which grade row
    cell: Ints  # case and course as one number
    course: npt.NDArray[np.integer]
    passed: Mask
    exempted: Mask

    def where(self, chosen: Mask) -> "_Marks":
        return self if chosen.all() else _Marks(*(part[chosen] for part in vars(self).values()))


def count_credits(
    student_id: Ints, max_exempt: Ints, grades: GradeRows, reference: Reference, above: int
) -> Credits:
    """Return the credits of cases. student_id, max_exempt: one a case."""
    curriculum, count = reference.curriculum, len(student_id)
    marks = _marks(student_id, grades, curriculum, above)
    passes, practice = _passes(marks, grades, curriculum)
    local, central = _by_module(passes, count, curriculum)
    total = local + central
    remedial = curriculum.remedial_module
    exempt = passes.where(passes.exempted)
    exempted = _sum(exempt.case, np.where(remedial[exempt.module], 0, exempt.credits), count)
    return Credits(
        curriculum.modules,
        remedial,
        total=total[:, ~remedial].sum(axis=1) - np.maximum(exempted - max_exempt, 0),
        central=central[:, ~remedial].sum(axis=1),
        exempted=exempted,
        module_total=total,
        module_central=np.where(remedial, 0, central),
        practice_exempted=_sum(practice[0], practice[1], count),
        remedial_passed=total[:, remedial].sum(axis=1),
        remedial_failed=_remedial_failed(marks, curriculum.remedial, count),
        passes=passes,
        receipts=grades.receipts,
    )


def _by_module(passes: Passes, count: int, curriculum: Curriculum) -> tuple[Ints, Ints]:
    """Return credits of courses examined locally and centrally, cases × modules each."""
    width = len(curriculum.modules)
    cell = (passes.case * width + passes.module) * 2 + passes.central
    sums = _sum(cell, passes.credits, count * width * 2).reshape(count, width, 2)
    return sums[:, :, 0], sums[:, :, 1]


def _sum(place: Ints, amount: Ints, size: int) -> Ints:
    return np.asarray(np.bincount(place, weights=amount, minlength=size), dtype=np.int64)


def _marks(student_id: Ints, grades: GradeRows, curriculum: Curriculum, above: int) -> _Marks:
    case = places_in(student_id, grades.student_id).astype(np.int64)
    course = places_in(curriculum.course_ids, grades.course_id)
    cell, at = _in_order(case, course, len(curriculum.course_ids))
    kept = _in_force(cell, at, grades)
    cell, at = (cell, at) if kept.all() else (cell[kept], at[kept])
    return _Marks(at, cell, course[at], (grades.score > above)[at], grades.exempted[at])


def _in_order(case: Ints, course: npt.NDArray[np.integer], width: int) -> tuple[Ints, Ints]:
    """Return cell and place of the rows with a known case and course, in order of cell and place.

    Both in one number: sorting numbers takes a fifth of the time of finding their order.
    """
    bits = len(case).bit_length()
    key = ((case * width + course) << bits) | np.arange(len(case))
    known = (case >= 0) & (course >= 0)
    key = key if known.all() else key[known]
    key.sort()
    return key >> bits, key & ((1 << bits) - 1)


def _in_force(cell: Ints, at: Ints, grades: GradeRows) -> Mask:
    """Return which rows say the last about their exam (考试代码, 考试次数).

    A correction replaces, a resend keeps its place; both need several grades of a course.
    """
    kept = np.ones(len(cell), dtype=bool)
    repeated = np.flatnonzero(cell[1:] == cell[:-1])
    if not len(repeated):
        return kept
    several = np.union1d(repeated, repeated + 1)
    exam = grades.exam[at[several]].astype(np.int64) * 128 + grades.attempt[at[several]]
    several = several[np.lexsort((exam, cell[several]))]  # stable: each exam's rows stay in order of arrival
    exam = grades.exam[at[several]].astype(np.int64) * 128 + grades.attempt[at[several]]
    score = grades.score[at[several]]
    same = (cell[several][1:] == cell[several][:-1]) & (exam[1:] == exam[:-1])
    resent = np.concatenate([[False], same & (score[1:] == score[:-1])])
    kept[several[resent]] = False
    several, exam = several[~resent], exam[~resent]
    same = (cell[several][1:] == cell[several][:-1]) & (exam[1:] == exam[:-1])
    kept[several[:-1][same]] = False
    return kept


def _passes(marks: _Marks, grades: GradeRows, curriculum: Curriculum) -> tuple[Passes, tuple[Ints, Ints]]:
    """Return passed courses, and case and credits of practice courses that are exempted only."""
    width = len(curriculum.credits)
    refused = np.flatnonzero(marks.exempted & marks.passed)
    refused = refused[curriculum.practice[marks.course[refused]]]
    counts = marks.passed.copy()
    counts[refused] = False
    good = marks.where(counts)
    starts = _starts(good.cell)
    at, course = good.at[starts], good.course[starts]
    only = np.setdiff1d(marks.cell[refused], good.cell) if len(refused) else refused
    passes = Passes(
        good.cell[starts] // width,
        grades.arrival_of(at),
        curriculum.module[course],
        curriculum.credits[course],
        curriculum.central[course],
        np.logical_and.reduceat(good.exempted, starts) if len(starts) else good.exempted,
    )
    return passes, (only // width, curriculum.credits[only % width])


def _starts(ordered: Ints) -> Ints:
    """Return where each run of equal values begins."""
    if not len(ordered):
        return np.empty(0, dtype=np.int64)
    return np.concatenate([[0], np.flatnonzero(ordered[1:] != ordered[:-1]) + 1]).astype(np.int64)


def _remedial_failed(marks: _Marks, remedial: Mask, count: int) -> Ints:
    own = marks.where(remedial[marks.course])
    failed = np.setdiff1d(own.cell[~own.passed], own.cell[own.passed])
    return _sum(failed // len(remedial), np.ones(len(failed), dtype=np.int64), count)
