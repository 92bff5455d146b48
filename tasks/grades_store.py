"""Accepted grade rows: one immutable Parquet file a submission in the archive, integer keys only (DESIGN 12).

Who a student is stands in the database alone; the file is found through `submission.grades`, its SHA-256.
"""

import io
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Connection, select, update

from models import archive
from models.columns import table_of
from models.submission import Submission, SubmissionState
from rules.reference import HQ

_SUBMISSIONS = table_of(Submission)
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
_RECEIPT = pa.field("submission", pa.int64())
_ROWS_A_GROUP = 1 << 16  # rows are in order of student: a reader of one branch skips the other groups
# Students and rows rise: their steps take a quarter of the space, and less time to write and to read.
_ENCODED: dict[str, Any] = {
    "use_dictionary": ["course_id", "exam_code", "category", "attempt", "score"],
    "column_encoding": dict.fromkeys(("student_id", "row"), "DELTA_BINARY_PACKED"),
}
_Ids = npt.NDArray[np.integer[Any]]


def store_grades(db: Connection, receipt: int, accepted: pd.DataFrame) -> str:
    """Keep a submission's accepted grade rows, in the caller's transaction; returns the file's SHA-256.

    accepted: as judge_grades returns it. The same rows give the same file.
    """
    rows = accepted[GRADE_SCHEMA.names].sort_values(["student_id", "row"], kind="stable")
    out = io.BytesIO()
    table = pa.Table.from_pandas(rows, preserve_index=False).cast(GRADE_SCHEMA)
    pq.write_table(table, out, row_group_size=_ROWS_A_GROUP, compression="zstd", **_ENCODED)
    digest = archive.keep(out.getvalue())
    db.execute(update(_SUBMISSIONS).where(_SUBMISSIONS.c.id == receipt), {"grades": digest})
    return digest


def grade_receipts(
    db: Connection, branch: str, batch: tuple[str, int] | None = None
) -> list[tuple[int, Any, str]]:
    """Return receipt, time and file of every submission that brought grades of a branch's students.

    HQ's own submissions belong to all branches. batch: season and number, only what counts for that batch;
    otherwise of all seasons, for a grade once earned stays.
    """
    columns = (_SUBMISSIONS.c.id, _SUBMISSIONS.c.received_at, _SUBMISSIONS.c.grades)
    wanted = select(*columns).where(
        _SUBMISSIONS.c.branch.in_([branch, HQ]),
        _SUBMISSIONS.c.state == SubmissionState.JUDGED,
        _SUBMISSIONS.c.grades.is_not(None),
    )
    if batch is not None:
        wanted = wanted.where(_SUBMISSIONS.c.season == batch[0], _SUBMISSIONS.c.batch == batch[1])
    return [(row.id, row.received_at, row.grades) for row in db.execute(wanted.order_by(_SUBMISSIONS.c.id))]


def read_grades(receipts: Sequence[tuple[int, Any, str]], students: _Ids) -> pd.DataFrame:
    """Return the grade rows of some students: the file's columns, submission (the receipt), received_at.

    receipts: as grade_receipts returns them, in ascending order.
    """
    wanted = np.unique(students)
    parts = [_read(receipt, digest, wanted) for receipt, _, digest in receipts]
    tables = pa.concat_tables([GRADE_SCHEMA.append(_RECEIPT).empty_table(), *parts]).unify_dictionaries()
    grades: pd.DataFrame = tables.to_pandas()
    moments = [round(at.timestamp() * 1_000_000) for _, at, _ in receipts]
    times = np.array(moments, dtype="datetime64[us]")
    place = np.searchsorted([receipt for receipt, _, _ in receipts], grades["submission"])
    grades["received_at"] = pd.DatetimeIndex(times[place], tz="UTC")
    return grades


def _read(receipt: int, digest: str, wanted: _Ids) -> pa.Table:
    """Return the rows of the wanted students (ascending) of one file; row groups without any are skipped."""
    if not len(wanted):
        return GRADE_SCHEMA.append(_RECEIPT).empty_table()
    with archive.store().open_input_file(archive.path_of(digest)) as opened:
        file = pq.ParquetFile(opened)
        groups = row_groups_of(file, (int(wanted[0]), int(wanted[-1])))
        # A correction's file also says the old score.
        table = file.read_row_groups(groups, columns=GRADE_SCHEMA.names, use_threads=False).cast(GRADE_SCHEMA)
    own = np.isin(table["student_id"].to_numpy(), wanted)
    if not own.all():
        table = table.filter(pa.array(own))
    return table.append_column(_RECEIPT, pa.array(np.full(len(table), receipt, dtype=np.int64)))


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
