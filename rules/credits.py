"""What a student has passed: credits by programme, module and examining unit, from grade rows (G0).

A course is passed when its best score exceeds the pack's `pass_above`; it counts once. Columns in, matrices
out: rows are cases, columns are modules.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from rules.curriculum import Curriculum
from rules.reference import EXEMPTION_EXAM_CATEGORY, Reference

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
_ROW_BITS = 32


@dataclass(frozen=True)
class Receipts:
    """The receipts that brought grades, in order of arrival (time, then sequence)."""

    submission: Ints
    received: Ints  # microseconds since 1970, UTC

    def split(self, arrival: Ints) -> tuple[Ints, Ints, Ints]:
        """Return time, receipt and row of arrivals; an arrival of -1 (no grade) is before every receipt."""
        if not len(self.submission):
            nothing = np.full(len(arrival), -1, dtype=np.int64)
            return nothing, nothing, nothing
        place = np.maximum(arrival, 0) >> _ROW_BITS
        row = np.maximum(arrival, 0) & ((1 << _ROW_BITS) - 1)
        none = arrival < 0
        return (
            np.where(none, -1, self.received[place]),
            np.where(none, -1, self.submission[place]),
            np.where(none, -1, row),
        )


@dataclass(frozen=True)
class Passes:
    """One row a passed course of a case, in order of case and arrival of the grade that first passed it."""

    case: Ints
    arrival: Ints
    module: Ints  # place in the list of modules
    credits: Ints
    central: Mask
    exempted: Mask  # no examination grade passes it


@dataclass(frozen=True)
class Credits:
    """Credits of each case; the module matrices have a column for each of `modules`."""

    modules: tuple[str, ...]
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
    """Grade rows of known cases and courses; case and course are places."""

    case: Ints
    course: Ints
    arrival: Ints
    passed: Mask
    exempted: Mask

    def where(self, chosen: Mask) -> "_Marks":
        return _Marks(*(part[chosen] for part in vars(self).values()))


def count_credits(
    student_id: Ints, max_exempt: Ints, grades: pd.DataFrame, reference: Reference, above: int
) -> Credits:
    """Return the credits of cases.

    student_id, max_exempt: one a case. grades: student_id, course_id, exam_code, category, attempt, score,
    row, submission, received_at.
    """
    curriculum = reference.curriculum
    receipts, marks = _marks(student_id, grades, curriculum, above)
    passes, practice = _passes(marks, curriculum)
    count, width = len(student_id), len(curriculum.modules)
    remedial = curriculum.remedial_module[passes.module]
    counted = np.where(remedial, 0, passes.credits)
    exempted = _sum(passes.case, counted * passes.exempted, count)
    cell = passes.case * width + passes.module
    central = counted * passes.central
    return Credits(
        curriculum.modules,
        total=_sum(passes.case, counted, count) - np.maximum(exempted - max_exempt, 0),
        central=_sum(passes.case, central, count),
        exempted=exempted,
        module_total=_sum(cell, passes.credits, count * width).reshape(count, width),
        module_central=_sum(cell, central, count * width).reshape(count, width),
        practice_exempted=_sum(practice[0], practice[1], count),
        remedial_passed=_sum(passes.case, passes.credits * remedial, count),
        remedial_failed=_remedial_failed(marks, curriculum.remedial, count),
        passes=passes,
        receipts=receipts,
    )


def _sum(place: Ints, amount: Ints, size: int) -> Ints:
    return np.asarray(np.bincount(place, weights=amount, minlength=size), dtype=np.int64)


def microseconds(instants: pd.Series) -> Ints:
    """Return instants as microseconds since 1970, UTC; many rows have few different ones."""
    codes, different = pd.factorize(instants)
    times = pd.DatetimeIndex(pd.to_datetime(different, utc=True)).as_unit("us").tz_localize(None)
    return times.to_numpy("datetime64[us]").astype(np.int64)[codes]


def _marks(
    student_id: Ints, grades: pd.DataFrame, curriculum: Curriculum, above: int
) -> tuple[Receipts, _Marks]:
    case = _places(student_id, grades["student_id"].to_numpy(np.int64))
    course = _places(curriculum.course_ids, grades["course_id"].to_numpy(np.int64))
    known = (case >= 0) & (course >= 0)
    receipts, arrival = _arrivals(grades)
    category = grades["category"].astype("category").cat
    exempt = np.flatnonzero(category.categories == EXEMPTION_EXAM_CATEGORY)
    score = grades["score"].to_numpy(np.int64)
    marks = _Marks(case, course, arrival, score > above, np.isin(category.codes.to_numpy(), exempt))
    return receipts, marks.where(known & _in_force(_keys(case, course, grades), arrival, score))


def _places(known: Ints, wanted: Ints) -> Ints:
    """Return the place of each wanted id among the known ones, -1 if it is not there."""
    size = int(known.max(initial=0)) + 2
    place = np.full(size, -1, dtype=np.int64)
    place[known] = np.arange(len(known))
    return place[np.where((wanted >= 0) & (wanted < size), wanted, size - 1)]


def _arrivals(grades: pd.DataFrame) -> tuple[Receipts, Ints]:
    """Return the receipts in order, and for each grade one number that rises with receipt and row."""
    codes, submissions = pd.factorize(grades["submission"].to_numpy(np.int64))
    first = np.zeros(len(submissions), dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    received = microseconds(grades["received_at"].iloc[first])
    order = np.lexsort((submissions, received))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    rows = grades["row"].to_numpy(np.int64)
    return Receipts(np.asarray(submissions)[order], received[order]), (rank[codes] << _ROW_BITS) | rows


def _keys(case: Ints, course: Ints, grades: pd.DataFrame) -> Ints:
    """Return one number per student, course, 考试代码 and 考试次数."""
    exam = grades["exam_code"].astype("category").cat
    exams, courses = max(len(exam.categories), 1), int(course.max(initial=0)) + 2
    place = (case * courses + course) * exams + exam.codes.to_numpy().astype(np.int64)
    keys: Ints = place * 128 + grades["attempt"].to_numpy(np.int64)
    return keys


def _in_force(key: Ints, arrival: Ints, score: Ints) -> Mask:
    """Return which rows say the last about their exam: a correction replaces, a resend keeps its place."""
    kept = np.ones(len(key), dtype=bool)
    ordered = np.sort(key)
    repeated = ordered[1:][ordered[1:] == ordered[:-1]]
    if not len(repeated):
        return kept
    at = np.flatnonzero(np.isin(key, repeated))
    at = at[np.lexsort((arrival[at], key[at]))]
    same_key = key[at][1:] == key[at][:-1]
    resent = np.concatenate([[False], same_key & (score[at][1:] == score[at][:-1])])
    kept[at[resent]] = False
    at = at[~resent]
    replaced = np.concatenate([key[at][1:] == key[at][:-1], [False]])
    kept[at[replaced]] = False
    return kept


def _passes(marks: _Marks, curriculum: Curriculum) -> tuple[Passes, tuple[Ints, Ints]]:
    """Return passed courses, and case and credits of practice courses that are exempted only."""
    credits, width, practice = curriculum.credits, len(curriculum.credits), curriculum.practice
    passed = marks.where(marks.passed)
    counts = ~(passed.exempted & practice[passed.course])
    good = passed.where(counts)
    cell = good.case * width + good.course
    order = np.lexsort((good.arrival, cell))
    starts = _starts(cell[order])
    exempted = np.logical_and.reduceat(good.exempted[order], starts) if len(starts) else good.exempted[:0]
    first = order[starts]
    refused = passed.where(~counts)
    only = np.unique(refused.case * width + refused.course)
    only = only[~np.isin(only, cell)] if len(only) else only
    case, course, arrival = good.case[first], good.course[first], good.arrival[first]
    by = np.lexsort((arrival, case))
    course = course[by]
    module, central = curriculum.module[course], curriculum.central[course]
    passes = Passes(case[by], arrival[by], module, credits[course], central, exempted[by])
    return passes, (only // width, credits[only % width])


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
