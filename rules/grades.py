"""Score sheets: which grade rows are accepted, refused, held, parked or duplicates (T1, T2, MODEL
Submissions).

A sheet has few different values a column, so every text is checked once per value, and rows are
integers after that.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from rules.characters import clean_code
from rules.columns import SCORE_SHEET_WITH_TERM
from rules.dates import read_term
from rules.reference import HQ, PRACTICE_MODULE
from rules.roster_match import put_back_zero
from rules.submission import Judged, Kind
from rules.verdicts import Verdicts

Ints = npt.NDArray[np.int64]
Places = npt.NDArray[np.integer[Any]]
_READ = ("student_no", "course", "score_code", "attempt", "exam_code", "category", "term")
_ZERO = re.compile(r"^([+-]?[0-9]+)\.0+$")
_NUMBER = re.compile(r"[0-9]+")
_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?[eE]\+?[0-9]+")
_CODE = re.compile(r"[\x21-\x7e]{1,12}")
_HEADINGS = {column.name: column.heading for column in SCORE_SHEET_WITH_TERM}


@dataclass(frozen=True)
class GradeContext:
    """What a score sheet is judged against.

    students: id and branch by student number, of those that the sheet names at least. modules: module by
    course; scores: score by code. branch: the sender, "010" for all. outcome: the window's, "open" or
    "parked" with its code.
    """

    students: Mapping[str, tuple[int, str]]
    modules: Mapping[int, str]
    scores: Mapping[str, int]
    branch: str
    kind: str
    outcome: str = "open"
    code: str | None = None


class _Column:
    """A column as places into its different values."""

    def __init__(self, texts: pa.ChunkedArray) -> None:
        coded = texts if pa.types.is_dictionary(texts.type) else texts.dictionary_encode()
        whole = coded.combine_chunks()
        self.places: Places = whole.indices.to_numpy()
        self.values: list[str] = whole.dictionary.to_pylist()
        self.clean = [_cleaned(text) for text in self.values]

    def spread(self, of_values: Sequence[Any], kind: type[np.generic] = np.bool_) -> npt.NDArray[Any]:
        """Spread something known per value over the rows."""
        return np.array(of_values, dtype=kind)[self.places]

    def written(self, at: Places) -> list[str]:
        """Return rows as the file has them."""
        return [self.values[place] for place in self.places[at].tolist()]

    def category(self) -> pd.Categorical:
        """Return the column as categories of cleaned text."""
        known: dict[str, int] = {}
        codes = [known.setdefault(text, len(known)) for text in self.clean]
        return pd.Categorical.from_codes(
            self.spread(codes, np.int32), categories=pd.Index(known, dtype="str")
        )

    def mark(self, bad: Sequence[bool], code: str, heading: str, verdicts: Verdicts) -> None:
        """Give the rows with a bad value their verdict."""
        if any(bad):
            verdicts.mark(self.spread(bad), code, heading, self.written)

    @property
    def changed(self) -> int:
        """How many values were normalised."""
        return sum(value != clean for value, clean in zip(self.values, self.clean, strict=True))


class ScoreSheet:
    """A score sheet as read: the columns that count, each text of them looked at once."""

    def __init__(self, columns: pa.Table, row: Ints) -> None:
        """columns: our names, as text or dictionaries of text; row: source row numbers, ascending."""
        self.row = row
        self.columns = {name: _Column(columns[name]) for name in _READ if name in columns.column_names}
        number = self.columns["student_no"]
        number.clean = [put_back_zero(text) for text in number.clean]

    @property
    def student_numbers(self) -> list[str]:
        """The different student numbers; what is none is among them too: nobody has it."""
        return self.columns["student_no"].clean


def judge_grades(sheet: ScoreSheet, known: GradeContext) -> Judged:
    """Judge a score sheet.

    Accepted, in the order of the file: row, student_id int32, course_id int32, exam_code and category
    (categories of text), attempt int8, score int16.
    """
    verdicts = Verdicts(sheet.row)
    grades = _grades(sheet.columns, known, verdicts)
    _mark_repeats(grades, verdicts)
    if known.outcome == "parked":
        verdicts.park(known.code or "T1-late")
    accepted = {"row": sheet.row, **grades}
    if not verdicts.open.all():
        good = np.flatnonzero(verdicts.open)
        accepted = {name: column.take(good) for name, column in accepted.items()}
    return Judged(pd.DataFrame(accepted, copy=False), verdicts.table(), _notes(sheet.columns))


def _grades(columns: dict[str, _Column], known: GradeContext, verdicts: Verdicts) -> dict[str, Any]:
    """Read every column of a sheet into integers and codes; bad cells give their rows a verdict."""
    grades: dict[str, Any] = {}
    grades["student_id"] = _students(columns["student_no"], known, verdicts)
    grades["course_id"] = _courses(columns["course"], known, verdicts)
    score = _scores(columns["score_code"], known, verdicts)
    attempt = _attempts(columns["attempt"], verdicts)
    for name, heading in (("exam_code", "考试代码"), ("category", "考试类别代码")):
        _refuse_no_code(columns[name], heading, verdicts)
        grades[name] = columns[name].category()
    grades |= {"attempt": attempt, "score": score}
    if known.kind == Kind.GRADE_HISTORY:
        _check_terms(columns["term"], verdicts)
    return grades


def _cleaned(text: str) -> str:
    """Clean a code, and take off the `.0` that spreadsheets add to whole numbers."""
    if text.isascii() and text.isalnum():
        return text
    clean = clean_code(text)
    found = _ZERO.match(clean)
    return found.group(1) if found else clean


def _students(column: _Column, known: GradeContext, verdicts: Verdicts) -> npt.NDArray[np.int32]:
    column.mark([_is_scientific(text) for text in column.clean], "row-scientific", "学号", verdicts)
    found = [known.students.get(text) for text in column.clean]
    column.mark([one is None for one in found], "row-unknown-student", "学号", verdicts)
    if known.branch != HQ:
        elsewhere = [one is not None and one[1] != known.branch for one in found]
        column.mark(elsewhere, "row-other-branch", "学号", verdicts)
    return column.spread([one[0] if one else 0 for one in found], np.int32)


def _is_scientific(text: str) -> bool:
    return not text.isdigit() and _SCIENTIFIC.fullmatch(text) is not None


def _courses(column: _Column, known: GradeContext, verdicts: Verdicts) -> npt.NDArray[np.int32]:
    ids = [course_id(text) for text in column.clean]
    column.mark([one not in known.modules for one in ids], "row-unknown-course", "课程ID", verdicts)
    if known.kind == Kind.PRACTICE:
        other = [known.modules.get(one) != PRACTICE_MODULE for one in ids]
        column.mark(other, "T1-not-practice", "课程ID", verdicts)
    return column.spread(ids, np.int32)


def course_id(text: str) -> int:
    """Return the course that a 课程ID names, -1 if it is none.

    >>> course_id("00012")
    12
    """
    return int(text) if _NUMBER.fullmatch(text) and len(text) <= 5 else -1


def score_of(text: str, scores: Mapping[str, int]) -> int:
    """Return the score of a code, or -1: by the list; `5` is `05`, and a plain 100 has one meaning only."""
    if text in scores:
        return scores[text]
    if _NUMBER.fullmatch(text) is None or len(text) > 3:
        return -1
    if text == "100":
        return 100
    return scores.get(text.zfill(2), -1)


def _scores(column: _Column, known: GradeContext, verdicts: Verdicts) -> npt.NDArray[np.int16]:
    _refuse_empty(column, "综合成绩代码", verdicts)
    scores = [score_of(text, known.scores) for text in column.clean]
    column.mark([score < 0 for score in scores], "row-unknown-score", "综合成绩代码", verdicts)
    return column.spread(scores, np.int16)


def _attempts(column: _Column, verdicts: Verdicts) -> npt.NDArray[np.int8]:
    attempts = [int(text) if _NUMBER.fullmatch(text) and len(text) <= 2 else 0 for text in column.clean]
    column.mark([attempt < 1 for attempt in attempts], "row-bad-attempt", "考试次数", verdicts)
    return column.spread(attempts, np.int8)


def _refuse_empty(column: _Column, heading: str, verdicts: Verdicts) -> None:
    column.mark([text == "" for text in column.clean], "row-missing", heading, verdicts)


def _refuse_no_code(column: _Column, heading: str, verdicts: Verdicts) -> None:
    _refuse_empty(column, heading, verdicts)
    column.mark([not _CODE.fullmatch(text) for text in column.clean], "row-bad-code", heading, verdicts)


def _check_terms(column: _Column, verdicts: Verdicts) -> None:
    column.clean = [read_term(text) or "" for text in column.clean]
    column.mark([text == "" for text in column.clean], "row-bad-term", "学期", verdicts)


def grade_keys(grades: Mapping[str, Any] | pd.DataFrame) -> Ints:
    """Return one integer per grade for student, course, 考试代码 and 考试次数: equal exactly when all four
    are.
    """
    student, course, attempt = (
        np.asarray(grades[name], dtype=np.int64) for name in ("student_id", "course_id", "attempt")
    )
    exam: pd.Categorical = pd.Categorical(grades["exam_code"])
    exams = max(len(exam.categories), 1)
    keys: Ints = ((student * 100_000 + course) * exams + exam.codes) * 128 + attempt
    return keys


def _mark_repeats(grades: Mapping[str, Any], verdicts: Verdicts) -> None:
    """Hold all grades of one key that differ; of equal ones the first stands, the others are duplicates."""
    keys = np.where(verdicts.open, grade_keys(grades), -1)
    ordered = np.sort(keys[verdicts.open])
    repeated = ordered[1:][ordered[1:] == ordered[:-1]]
    if not len(repeated):
        return
    at = np.flatnonzero(pd.Series(keys, copy=False).isin(repeated))  # by hash: NumPy sorts again
    same = pd.DataFrame({"key": keys[at], "score": grades["score"][at]})
    conflict = (same.groupby("key")["score"].transform("nunique") > 1).to_numpy()
    later = same.duplicated("key").to_numpy()
    _mark_at(at[conflict], "row-conflict", verdicts)
    _mark_at(at[later], "row-duplicate", verdicts)


def _mark_at(at: Ints, code: str, verdicts: Verdicts) -> None:
    mask = np.zeros(len(verdicts.open), dtype=bool)
    mask[at] = True
    verdicts.mark(mask, code)


def _notes(columns: dict[str, _Column]) -> list[str]:
    """Say which columns had values that were normalised."""
    changed = {name: column.changed for name, column in columns.items()}
    said = "个取值已规范（全角、空格、.0、前导零）"
    return [f"{_HEADINGS[name]}：{count} {said}" for name, count in changed.items() if count]
