"""Grade rows as plain columns: what the audit counts, read from files or made of a table.

Tens of millions of rows pass here in a season, so words are places in short lists and nothing is a table.
"""

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rules.reference import EXEMPTION_EXAM_CATEGORY

Ints = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.integer[Any]]
Mask = npt.NDArray[np.bool_]
_ROW_BITS = 32
_SHARED = ("exams", "categories", "receipts")


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
class GradeRows:
    """One entry a grade, each student's in order of arrival (N3).

    exam, category and receipt are places in `exams`, `categories` and `receipts`.
    """

    student_id: Numbers
    course_id: Numbers
    exam: Numbers
    category: Numbers
    attempt: Numbers
    score: Numbers
    row: Numbers
    receipt: Numbers
    exams: tuple[str, ...]
    categories: tuple[str, ...]
    receipts: Receipts

    def __len__(self) -> int:
        """Return how many grades there are."""
        return len(self.student_id)

    @property
    def exempted(self) -> Mask:
        """Which rows are exemptions, not examinations."""
        exempt = [category == EXEMPTION_EXAM_CATEGORY for category in self.categories]
        return np.array([*exempt, False], dtype=bool)[self.category]

    def arrival_of(self, at: Ints) -> Ints:
        """Return one number for each of some rows that rises with receipt and row (N3)."""
        return (self.receipt[at].astype(np.int64) << _ROW_BITS) | self.row[at]

    def where(self, chosen: Mask) -> "GradeRows":
        """Return the chosen rows."""
        if chosen.all():
            return self
        columns = [one.name for one in fields(self) if one.name not in _SHARED]
        return replace(self, **{name: getattr(self, name)[chosen] for name in columns})

    def frame(self) -> pd.DataFrame:
        """Return the rows as a table: words as categories, submission (the receipt), received_at (UTC)."""
        times = self.receipts.received[self.receipt].astype("datetime64[us]")
        plain = ("student_id", "course_id", "attempt", "score", "row")
        return pd.DataFrame(
            {name: getattr(self, name) for name in plain}
            | {
                "exam_code": _words(self.exam, self.exams),
                "category": _words(self.category, self.categories),
                "submission": self.receipts.submission[self.receipt],
                "received_at": pd.DatetimeIndex(times, tz="UTC"),
            }
        )


def places_in(known: Numbers, wanted: Numbers) -> npt.NDArray[np.int32]:
    """Return the place of each wanted id among the known ones, -1 if it is not there."""
    if not len(known):
        return np.full(len(wanted), -1, dtype=np.int32)
    before = int(known.min()) - 1
    place = np.full(int(known.max()) - before + 2, -1, dtype=np.int32)  # both ends: ids outside
    place[known - before] = np.arange(len(known))
    return place.take(wanted - before, mode="clip")


def _words(places: Numbers, words: tuple[str, ...]) -> pd.Categorical:
    return pd.Categorical.from_codes(places, categories=pd.Index(words, dtype=object))


def rows_of(frame: pd.DataFrame) -> GradeRows:
    """Return a table of grades as columns.

    frame: student_id, course_id, exam_code, category, attempt, score, row, submission, received_at.
    """
    words = {name: frame[name].astype("category").cat for name in ("exam_code", "category")}
    numbers = ("student_id", "course_id", "attempt", "score", "row")
    receipts, receipt = _receipts(frame)
    columns = {name: frame[name].to_numpy(np.int64) for name in numbers} | {
        "exam": words["exam_code"].codes.to_numpy(),
        "category": words["category"].codes.to_numpy(),
        "receipt": receipt,
    }
    arrived = np.lexsort((columns["row"], receipt))
    return GradeRows(
        **{name: column[arrived] for name, column in columns.items()},
        exams=tuple(words["exam_code"].categories),
        categories=tuple(words["category"].categories),
        receipts=receipts,
    )


def _receipts(frame: pd.DataFrame) -> tuple[Receipts, Ints]:
    """Return the receipts in order, and the place of each row's."""
    codes, submissions = pd.factorize(frame["submission"].to_numpy(np.int64))
    first = np.zeros(len(submissions), dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    received = _microseconds(frame["received_at"].iloc[first])
    order = np.lexsort((submissions, received))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return Receipts(np.asarray(submissions)[order], received[order]), rank[codes]


def _microseconds(instants: pd.Series) -> Ints:
    times = pd.DatetimeIndex(pd.to_datetime(instants, utc=True)).as_unit("us").tz_localize(None)
    return times.to_numpy("datetime64[us]").astype(np.int64)
