"""Accepted grade rows: one immutable Parquet file a submission in the archive, integer keys only (DESIGN 12).

Who a student is stands in the database alone; the file is found through `submission.grades`, its SHA-256.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Connection, bindparam, select, update

from models import archive
from models.columns import table_of
from models.submission import Submission, SubmissionState
from rules.grade_rows import GradeRows, Receipts, places_in
from rules.reference import HQ

_SUBMISSIONS = table_of(Submission)
# Built once: building a statement takes longer than running it for a small lot.
_BROUGHT = (
    select(_SUBMISSIONS.c.id, _SUBMISSIONS.c.received_at, _SUBMISSIONS.c.grades)
    .where(
        _SUBMISSIONS.c.branch.in_([bindparam("unit"), HQ]),
        _SUBMISSIONS.c.state == SubmissionState.JUDGED,
        _SUBMISSIONS.c.grades.is_not(None),
    )
    .order_by(_SUBMISSIONS.c.id)
)
_BROUGHT_FOR = _BROUGHT.where(
    _SUBMISSIONS.c.season == bindparam("of_season"), _SUBMISSIONS.c.batch == bindparam("of_batch")
)
_TEXT = pa.dictionary(pa.int32(), pa.string())
GRADE_SCHEMA = pa.schema(
    [
        ("student_id", pa.int32()),
        ("course_id", pa.int32()),
        ("exam_code", _TEXT),
        ("category", _TEXT),
        ("attempt", pa.int8()),
        ("score", pa.int16()),
        ("row", pa.int32()),
    ]
)
_STUDENT, _EXAM = (GRADE_SCHEMA.get_field_index(name) for name in ("student_id", "exam_code"))
_ROWS_A_GROUP = 1 << 16  # rows are in order of student: a reader of one branch skips the other groups
# Students and rows rise: their steps take a quarter of the space, and less time to write and to read.
_ENCODED: dict[str, Any] = {
    "use_dictionary": ["course_id", "exam_code", "category", "attempt", "score"],
    "column_encoding": dict.fromkeys(("student_id", "row"), "DELTA_BINARY_PACKED"),
}
_COURSES = 100_000  # course ids have five digits
_NOTE = b"exams"
_NUMBERS = ("student_id", "course_id", "attempt", "score", "row")
_PLACES = {"exam_code": "exam", "category": "category"}
_COLUMNS = (*_NUMBERS, *_PLACES.values())
Receipt = tuple[int, Any, str]  # id, time of receipt, SHA-256 of the file of accepted grades
_Ids = npt.NDArray[np.integer[Any]]


def store_grades(db: Connection, receipt: int, accepted: pd.DataFrame) -> str:
    """Keep a submission's accepted grade rows, in the caller's transaction; returns the file's SHA-256.

    accepted: as judge_grades returns it. The same rows give the same file.
    """
    out = pa.BufferOutputStream()
    table = _in_order_of_student(accepted)
    pq.write_table(table, out, row_group_size=_ROWS_A_GROUP, compression="zstd", **_ENCODED)
    digest = archive.keep(out.getvalue())
    db.execute(update(_SUBMISSIONS).where(_SUBMISSIONS.c.id == receipt), {"grades": digest})
    return digest


def _in_order_of_student(accepted: pd.DataFrame) -> pa.Table:
    """Return accepted rows as they are stored: each student's in the order of the file."""
    students = accepted["student_id"].to_numpy()
    columns = {name: _stored(accepted[name]) for name in GRADE_SCHEMA.names}
    table = pa.table(columns).cast(GRADE_SCHEMA).replace_schema_metadata(_exams_noted(accepted))
    if (students[1:] < students[:-1]).any():
        table = table.take(np.argsort(students, kind="stable"))
    return table


def _exams_noted(accepted: pd.DataFrame) -> dict[bytes, bytes]:
    """Return the note that a file bears: course ids by 考试代码; who looks for one need not read it."""
    exam = pd.Categorical(accepted["exam_code"])
    pairs = pd.unique(exam.codes.astype(np.int64) * _COURSES + accepted["course_id"].to_numpy())
    named: dict[str, list[int]] = {}
    for place, course in zip(*(part.tolist() for part in np.divmod(pairs, _COURSES)), strict=True):
        named.setdefault(exam.categories[place], []).append(course)
    return {_NOTE: json.dumps(named).encode()}


def exams_of(file: pq.ParquetFile) -> dict[str, list[int]] | None:
    """Return the course ids by 考试代码 that a file of accepted grades has; None where it does not say so."""
    note = (file.metadata.metadata or {}).get(_NOTE)
    return None if note is None else json.loads(note)


def _stored(column: pd.Series) -> pa.Array:
    if isinstance(column.dtype, pd.CategoricalDtype):
        words = pa.array(column.cat.categories.tolist(), type=pa.string())
        return pa.DictionaryArray.from_arrays(pa.array(column.cat.codes.to_numpy(), type=pa.int32()), words)
    return pa.array(column)


def grade_receipts(db: Connection, branch: str, batch: tuple[str, int] | None = None) -> list[Receipt]:
    """Return receipt, time and file of every submission that brought grades of a branch's students.

    HQ's own submissions belong to all branches. batch: season and number, only what counts for that batch;
    otherwise of all seasons, for a grade once earned stays.
    """
    if batch is None:
        found = db.execute(_BROUGHT, {"unit": branch})
    else:
        found = db.execute(_BROUGHT_FOR, {"unit": branch, "of_season": batch[0], "of_batch": batch[1]})
    return [(row.id, row.received_at, row.grades) for row in found]


def read_grades(receipts: Sequence[Receipt], students: _Ids) -> GradeRows:
    """Return the grade rows of some students. receipts: as grade_receipts returns them."""
    ordered = sorted(receipts, key=lambda receipt: (receipt[1], receipt[0]))
    exams, categories = dict[str, int](), dict[str, int]()
    parts = [_columns(_read(digest, students), exams, categories) for _, _, digest in ordered]
    own = [places_in(students, part["student_id"]) >= 0 for part in parts]
    counts = [int(mine.sum()) for mine in own]
    return GradeRows(
        **{name: _joined(name, parts, own) for name in _COLUMNS},
        receipt=np.repeat(np.arange(len(ordered)), counts),
        exams=tuple(exams),
        categories=tuple(categories),
        receipts=Receipts(
            np.array([receipt for receipt, _, _ in ordered], dtype=np.int64),
            np.array([round(at.timestamp() * 1_000_000) for _, at, _ in ordered], dtype=np.int64),
        ),
    )


def _joined(name: str, parts: list[dict[str, _Ids]], own: list[npt.NDArray[np.bool_]]) -> _Ids:
    """Return a column of all files: the rows of the wanted students."""
    chosen = [part[name] if mine.all() else part[name][mine] for part, mine in zip(parts, own, strict=True)]
    return np.concatenate(chosen) if chosen else np.empty(0, dtype=np.int64)


def _columns(table: pa.Table, exams: dict[str, int], categories: dict[str, int]) -> dict[str, _Ids]:
    """Return a file's columns; words as places in lists that grow with what is new."""
    columns = {name: table[name].to_numpy() for name in _NUMBERS}
    for name, known in (("exam_code", exams), ("category", categories)):
        words = table[name].combine_chunks()
        places = [known.setdefault(word, len(known)) for word in words.dictionary.to_pylist()]
        columns[_PLACES[name]] = np.array(places, dtype=np.int64)[words.indices.to_numpy()]
    return columns


def _read(digest: str, students: _Ids) -> pa.Table:
    """Return one file without the row groups that hold none of the students."""
    store = archive.store()
    with store.open_input_file(archive.path_of(digest)) as opened:
        # Reading ahead is for stores that are far away.
        file = pq.ParquetFile(opened, pre_buffer=store.type_name != "local")
        span = (int(students.min(initial=1 << 62)), int(students.max(initial=0)))
        groups = row_groups_of(file, span)
        # A correction's file also says the old score.
        return file.read_row_groups(groups, columns=GRADE_SCHEMA.names, use_threads=False)


def row_groups_of(
    file: pq.ParquetFile, span: tuple[int, int], exams: Sequence[str] | None = None
) -> list[int]:
    """Return the row groups that can hold students between two ids: rows are in order of student.

    exams: only where one of these 考试代码 can be.
    """
    found = []
    for group in range(file.metadata.num_row_groups):
        columns = file.metadata.row_group(group)
        held = _may_hold(columns.column(_STUDENT), [span])
        if held and (exams is None or _may_hold(columns.column(_EXAM), [(exam, exam) for exam in exams])):
            found.append(group)
    return found


def _may_hold(column: Any, spans: Iterable[tuple[Any, Any]]) -> bool:
    """Say whether a row group's column can have values in one of the spans, by its least and greatest."""
    ends = column.statistics
    return ends is None or not ends.has_min_max or any(ends.min <= b and ends.max >= a for a, b in spans)
