"""Score sheets: which grade rows are accepted, refused, held, parked or duplicates (T1, T2, MODEL
Submissions).

A sheet has few different values a column, so every text is checked once per value, and rows are
integers after that.
"""

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rules.characters import clean_codes
from rules.columns import SCORE_SHEET_WITH_TERM
from rules.dates import read_term
from rules.roster_match import with_lost_zero
from rules.submission import Judged, Kind
from rules.verdicts import Mask, Verdicts

Ints = npt.NDArray[np.int64]
PRACTICE_MODULE = "06"
_ZERO = re.compile(r"^([+-]?[0-9]+)\.0+$")
_NUMBER = re.compile(r"[0-9]+")
_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?[eE]\+?[0-9]+")
_PLAIN = re.compile(r"[\x21-\x2d\x2f-\x7e]*")  # nothing in it to clean: no space, no point, ASCII alone
_CODE = re.compile(r"[\x21-\x7e]{1,12}")
_HEADINGS = {column.name: column.heading for column in SCORE_SHEET_WITH_TERM}


@dataclass(frozen=True)
class GradeContext:
    """What a score sheet is judged against.

    student_no, student_id, student_branch: the roster, in any order. courses: Reference.courses;
    score_codes: Reference.score_codes. branch: the sender, "010" for all. outcome: the window's, "open" or
    "parked" with its code.
    """

    student_no: pd.Series
    student_id: npt.NDArray[np.int32]
    student_branch: npt.NDArray[np.object_]
    courses: pd.DataFrame
    score_codes: pd.DataFrame
    branch: str
    kind: str
    outcome: str = "open"
    code: str | None = None

    @cached_property
    def scores(self) -> dict[str, int]:
        """Score by code."""
        return dict(zip(self.score_codes["code"], self.score_codes["score"].astype(int), strict=True))

    @cached_property
    def course_modules(self) -> dict[int, str]:
        """Module by course."""
        return dict(zip(self.courses["course_id"].astype(int), self.courses["module"], strict=True))


@dataclass
class _Coded:
    """A column as positions into its different values."""

    codes: npt.NDArray[np.integer[Any]]
    values: pd.Series  # as written
    written: pd.Series  # row by row
    clean: pd.Series = field(init=False)

    def __post_init__(self) -> None:
        if _PLAIN.fullmatch("".join(self.values)):
            self.clean = self.values
            return
        clean = clean_codes(self.values)
        pointed = clean.str.contains(".", regex=False)
        self.clean = clean.map(_without_point_zero).astype("str") if pointed.any() else clean

    def rows(self, of_values: npt.ArrayLike) -> npt.NDArray[np.generic]:
        """Spread something known per value over the rows."""
        spread: npt.NDArray[np.generic] = np.asarray(of_values)[self.codes]
        return spread


def judge_grades(table: pd.DataFrame, row: Ints, known: GradeContext) -> Judged:
    """Judge a score sheet as read by read_table.

    Accepted: row, student_id int32, course_id int32, exam_code and category and term (categories of text),
    attempt int8, score int16.
    """
    sheet = {str(name): _coded(table[name]) for name in table.columns}
    verdicts = Verdicts(row)
    grades = _grades(sheet, row, known, verdicts)
    _mark_repeats(grades, verdicts)
    if known.outcome == "parked":
        verdicts.park(known.code or "T1-late")
    return Judged(grades[verdicts.open].reset_index(drop=True), verdicts.table(), _notes(sheet))


def _grades(sheet: dict[str, _Coded], row: Ints, known: GradeContext, verdicts: Verdicts) -> pd.DataFrame:
    """Read every column of a sheet into integers and codes; bad cells give their rows a verdict."""
    grades = pd.DataFrame({"row": row})
    grades["student_id"] = _students(sheet["student_no"], known, verdicts)
    grades["course_id"] = _courses(sheet["course"], known, verdicts)
    score = _scores(sheet["score_code"], known, verdicts)
    attempt = _attempts(sheet["attempt"], verdicts)
    for name, heading in (("exam_code", "考试代码"), ("category", "考试类别代码")):
        _refuse_no_code(sheet[name], heading, verdicts)
        grades[name] = _category(sheet[name])
    grades["attempt"] = attempt
    grades["score"] = score
    if known.kind == Kind.GRADE_HISTORY:
        _terms(sheet["term"], verdicts)
    grades["term"] = _category(sheet["term"]) if "term" in sheet else _no_term(len(row))
    return grades


def _no_term(rows: int) -> pd.Categorical:
    return pd.Categorical.from_codes(np.zeros(rows, dtype=np.int8), categories=pd.Index([""], dtype="str"))


def _coded(column: pd.Series) -> _Coded:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return _Coded(column.array.codes, pd.Series(column.cat.categories, dtype="str"), column)
    codes, values = pd.factorize(column)
    return _Coded(codes, pd.Series(values, dtype="str"), column)


def _without_point_zero(text: str) -> str:
    """Take off the `.0` that spreadsheets add to whole numbers."""
    found = _ZERO.match(text)
    return found.group(1) if found else text


def _category(column: _Coded) -> pd.Categorical:
    """Return a column as categories of cleaned text."""
    positions, values = pd.factorize(column.clean)
    return pd.Categorical.from_codes(positions[column.codes], categories=pd.Index(values, dtype="str"))


def _mark(column: _Coded, bad: Mask, code: str, heading: str, verdicts: Verdicts) -> None:
    if bad.any():
        verdicts.mark(np.asarray(column.rows(bad), dtype=bool), code, heading, column.written)


def _matches(column: _Coded, pattern: re.Pattern[str]) -> Mask:
    return np.array([pattern.fullmatch(text) is not None for text in column.clean], dtype=bool)


def _students(column: _Coded, known: GradeContext, verdicts: Verdicts) -> npt.NDArray[np.int32]:
    column.clean = with_lost_zero(column.clean)
    _mark(column, _matches(column, _SCIENTIFIC), "row-scientific", "学号", verdicts)
    at = pd.Index(known.student_no).get_indexer(pd.Index(column.clean))
    found = at >= 0
    _mark(column, ~found, "row-unknown-student", "学号", verdicts)
    if known.branch != "010":
        elsewhere = found.copy()
        elsewhere[found] = np.asarray(known.student_branch, dtype=object)[at[found]] != known.branch
        _mark(column, elsewhere, "row-other-branch", "学号", verdicts)
    ids = np.where(found, np.asarray(known.student_id)[at] if len(known.student_id) else 0, 0)
    return np.asarray(column.rows(ids.astype(np.int32)), dtype=np.int32)


def _courses(column: _Coded, known: GradeContext, verdicts: Verdicts) -> npt.NDArray[np.int32]:
    ids = np.array([course_id(text) for text in column.clean], dtype=np.int32)
    modules = known.course_modules
    _mark(
        column,
        np.array([int(i) not in modules for i in ids], dtype=bool),
        "row-unknown-course",
        "课程ID",
        verdicts,
    )
    if known.kind == Kind.PRACTICE:
        other = np.array([modules.get(int(i)) != PRACTICE_MODULE for i in ids], dtype=bool)
        _mark(column, other, "T1-not-practice", "课程ID", verdicts)
    return np.asarray(column.rows(ids), dtype=np.int32)


def course_id(text: str) -> int:
    """Return the course that a 课程ID names, -1 if it is none.

    >>> course_id("00012")
    12
    """
    return int(text) if _NUMBER.fullmatch(text) and len(text) <= 5 else -1


def score_of(text: str, scores: dict[str, int]) -> int:
    """Return the score of a code, or -1: by the list; `5` is `05`, and a plain 100 has one meaning only."""
    if text in scores:
        return scores[text]
    if _NUMBER.fullmatch(text) is None or len(text) > 3:
        return -1
    if text == "100":
        return 100
    return scores.get(text.zfill(2), -1)


def _scores(column: _Coded, known: GradeContext, verdicts: Verdicts) -> npt.NDArray[np.int16]:
    _mark(column, np.asarray(column.clean == "", dtype=bool), "row-missing", "综合成绩代码", verdicts)
    scores = np.array([score_of(text, known.scores) for text in column.clean], dtype=np.int16)
    _mark(column, scores < 0, "row-unknown-score", "综合成绩代码", verdicts)
    return np.asarray(column.rows(scores), dtype=np.int16)


def _attempts(column: _Coded, verdicts: Verdicts) -> npt.NDArray[np.int8]:
    attempts = np.array(
        [int(text) if _NUMBER.fullmatch(text) and len(text) <= 2 else 0 for text in column.clean],
        dtype=np.int8,
    )
    _mark(column, attempts < 1, "row-bad-attempt", "考试次数", verdicts)
    return np.asarray(column.rows(attempts), dtype=np.int8)


def _refuse_no_code(column: _Coded, heading: str, verdicts: Verdicts) -> None:
    _mark(column, np.asarray(column.clean == "", dtype=bool), "row-missing", heading, verdicts)
    _mark(column, ~_matches(column, _CODE), "row-bad-code", heading, verdicts)


def _terms(column: _Coded, verdicts: Verdicts) -> None:
    column.clean = pd.Series([read_term(text) or "" for text in column.clean], dtype="str")
    _mark(column, np.asarray(column.clean == "", dtype=bool), "row-bad-term", "学期", verdicts)


def grade_keys(grades: pd.DataFrame) -> Ints:
    """Return one integer per grade for student, course, 考试代码 and 考试次数: equal exactly when all four
    are.
    """
    course = grades["course_id"].to_numpy(np.int64)
    exam = grades["exam_code"].cat.codes.to_numpy().astype(np.int64)
    exams = max(len(grades["exam_code"].cat.categories), 1)
    student = grades["student_id"].to_numpy(np.int64)
    keys: Ints = ((student * 100_000 + course) * exams + exam) * 128 + grades["attempt"].to_numpy(np.int64)
    return keys


def _mark_repeats(grades: pd.DataFrame, verdicts: Verdicts) -> None:
    """Hold all grades of one key that differ; of equal ones the first stands, the others are duplicates."""
    keys = np.where(verdicts.open, grade_keys(grades), -1)
    ordered = np.sort(keys[verdicts.open])
    repeated = ordered[1:][ordered[1:] == ordered[:-1]]
    if not len(repeated):
        return
    at = np.flatnonzero(pd.Series(keys).isin(repeated))
    same = pd.DataFrame({"key": keys[at], "score": grades["score"].to_numpy()[at]})
    conflict = (same.groupby("key")["score"].transform("nunique") > 1).to_numpy()
    later = same.duplicated("key").to_numpy()
    _mark_at(at[conflict], "row-conflict", verdicts)
    _mark_at(at[later], "row-duplicate", verdicts)


def _mark_at(at: Ints, code: str, verdicts: Verdicts) -> None:
    mask = np.zeros(len(verdicts.open), dtype=bool)
    mask[at] = True
    verdicts.mark(mask, code)


def _notes(sheet: dict[str, _Coded]) -> list[str]:
    """Say which columns had values that were normalised."""
    changed = {
        name: int((column.values.to_numpy() != column.clean.to_numpy()).sum())
        for name, column in sheet.items()
    }
    said = "个取值已规范（全角、空格、.0、前导零）"
    return [f"{_HEADINGS.get(name, name)}：{count} {said}" for name, count in changed.items() if count]
