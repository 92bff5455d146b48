"""Corrections of grades that wait for a confirmation or have it: what they say and when they count (N3).

A correction is known by the receipt that brought it. Its difference (old and new score by grade) is one file
in the archive, and the approval's frozen hash names it; nothing else is kept of it.
"""

import io
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Connection, Select, bindparam, select

from models import archive
from models.columns import table_of
from models.lot import Approval, ApprovalState
from models.submission import Submission, SubmissionState
from rules.approvals import ApprovalKind
from rules.corrections import (
    NONE,
    GradeIndex,
    any_student,
    index_grades,
    may_match,
    places_of,
    replace_corrected,
)
from rules.grade_rows import GradeRows, rows_of
from rules.reference import HQ
from tasks.grades_store import GRADE_SCHEMA, Receipt, exams_of, grade_receipts, read_grades, row_groups_of

_APPROVALS, _SUBMISSIONS = table_of(Approval), table_of(Submission)
_SCHEMA = GRADE_SCHEMA.append(pa.field("old", pa.int16()))
_LOOKED_AT = ["student_id", "course_id", "exam_code", "attempt", "score"]
_Receipts = Sequence[Receipt]
_Ids = npt.NDArray[np.integer[Any]]
_Scores = npt.NDArray[np.int64]


def grades_in_force(
    db: Connection, branch: str, students: _Ids, batch: tuple[str, int] | None = None
) -> GradeRows:
    """Return the grades of a branch's students as they count: with every correction that was confirmed.

    batch: as grade_receipts has it; a correction is of the batch that was open when it was confirmed.
    """
    grades = read_grades(grade_receipts(db, branch, batch), students)
    confirmed = _corrections(db, branch, ApprovalState.APPROVED, batch)
    if not confirmed:
        return grades
    corrections = read_grades(confirmed, students).frame()
    order = corrections["submission"].map({one[0]: place for place, one in enumerate(confirmed)})
    return rows_of(replace_corrected(grades.frame(), corrections.iloc[np.argsort(order, kind="stable")]))


def known_scores(db: Connection, branch: str, grades: pd.DataFrame) -> tuple[_Scores, _Scores]:
    """Return for each grade the score that counts now and the one that waits for a confirmation, -1 if none.

    branch: whose grades are compared; HQ's with those of all. One file at a time is in memory.
    """
    index = index_grades(grades)
    span = (int(grades["student_id"].min()), int(grades["student_id"].max())) if len(grades) else (0, 0)
    counted = [*_all_receipts(db, branch), *_corrections(db, branch, ApprovalState.APPROVED)]
    waiting = _corrections(db, branch, ApprovalState.PROPOSED)
    return _said_by(counted, index, span), _said_by(waiting, index, span)


def _all_receipts(db: Connection, branch: str) -> _Receipts:
    if branch != HQ:
        return grade_receipts(db, branch)
    columns = (_SUBMISSIONS.c.id, _SUBMISSIONS.c.received_at, _SUBMISSIONS.c.grades)
    judged = (_SUBMISSIONS.c.state == SubmissionState.JUDGED, _SUBMISSIONS.c.grades.is_not(None))
    return [
        (row[0], row[1], row[2]) for row in db.execute(select(*columns).where(*judged).order_by(columns[0]))
    ]


def _said_by(files: _Receipts, index: GradeIndex, span: tuple[int, int]) -> _Scores:
    """Return the last score that the files say of each indexed grade, in the order of the files."""
    said = np.full(len(index), NONE, dtype=np.int64)
    for _, _, digest in files:
        with archive.store().open_input_file(archive.path_of(digest)) as opened:
            file = pq.ParquetFile(opened)
            groups = row_groups_of(file, span, index.exams.tolist())
            if groups and may_match(exams_of(file), index) and any_student(_students(file, groups), index):
                known: pd.DataFrame = file.read_row_groups(groups, columns=_LOOKED_AT).to_pandas()
                place = places_of(known, index)
                said[place[place != NONE]] = known["score"].to_numpy(np.int64)[place != NONE]
    return said


def _students(file: pq.ParquetFile, groups: list[int]) -> _Ids:
    column = file.read_row_groups(groups, columns=["student_id"], use_threads=False)["student_id"]
    students: _Ids = column.to_numpy()
    return students


def _corrections(
    db: Connection, branch: str, state: ApprovalState, batch: tuple[str, int] | None = None
) -> _Receipts:
    """Return receipt, time and file of a branch's corrections, in the order in which they were decided."""
    season, number = batch or (None, None)
    given = {"state": state.value, "unit": branch, "of_season": season, "of_batch": number}
    found = db.execute(_decided(branch == HQ, batch is not None), given)
    return [(row[0], row[1], row[2]) for row in found]


@lru_cache
def _decided(of_all: bool, of_batch: bool) -> Select[Any]:
    """Return the statement of _corrections: built once, for each lot of an audit asks."""
    columns = (_SUBMISSIONS.c.id, _SUBMISSIONS.c.received_at, _APPROVALS.c.frozen_hash)
    wanted = select(*columns).join(_APPROVALS, _APPROVALS.c.subject_id == _SUBMISSIONS.c.id)
    wanted = wanted.where(
        _APPROVALS.c.kind == ApprovalKind.CORRECTION.value, _APPROVALS.c.state == bindparam("state")
    )
    if not of_all:
        wanted = wanted.where(_SUBMISSIONS.c.branch.in_([bindparam("unit"), HQ]))
    if of_batch:
        own = (_APPROVALS.c.season == bindparam("of_season"), _APPROVALS.c.batch == bindparam("of_batch"))
        wanted = wanted.where(*own)
    return wanted.order_by(_APPROVALS.c.decided_at, _APPROVALS.c.id)


def keep_difference(rows: pd.DataFrame) -> str:
    """Keep corrected grades in the archive and return the file's SHA-256.

    rows: the columns of accepted grades, and old, the score that counts. The same rows give the same file.
    """
    ordered = rows[_SCHEMA.names].sort_values(["student_id", "row"], kind="stable")
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pandas(ordered, preserve_index=False).cast(_SCHEMA), out, compression="zstd")
    return archive.keep(out.getvalue())


def read_difference(digest: str) -> pd.DataFrame:
    """Return corrected grades as keep_difference kept them."""
    table = pq.read_table(archive.path_of(digest), filesystem=archive.store())
    rows: pd.DataFrame = table.cast(_SCHEMA).to_pandas()
    return rows


def difference_now(db: Connection, receipt: int, digest: str) -> pd.DataFrame:
    """Return what a waiting correction would change now: its rows, old being the score that counts now."""
    rows = read_difference(digest)
    branch = db.scalar(select(_SUBMISSIONS.c.branch).where(_SUBMISSIONS.c.id == receipt))
    counted, _ = known_scores(db, str(branch), rows)
    now = rows.assign(old=counted.astype(np.int16))
    return now[now["old"] != now["score"]].reset_index(drop=True)
