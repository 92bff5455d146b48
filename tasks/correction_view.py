"""What an operator sees of a correction before deciding: old and new score by grade, nobody's full number."""

from typing import Any, cast

from sqlalchemy import Connection

from models.bulk import read_by
from models.columns import table_of
from models.student import Student
from rules.identity import mask_id
from tasks.correction import read_difference

SHOWN = 100  # grades; a larger correction is decided by its count and these


def difference_shown(db: Connection, digest: str) -> list[dict[str, Any]]:
    """Return the first grades of a correction: student (masked number), course, exam, attempt, old, new."""
    rows = read_difference(digest).head(SHOWN)
    students = read_by(db, table_of(Student), ("id", "student_no"), "id", set(rows["student_id"].tolist()))
    numbers = dict(zip(students["id"], students["student_no"].map(mask_id), strict=True))
    named = {"exam_code": "exam", "course_id": "course", "score": "new"}
    shown = rows.assign(student=rows["student_id"].map(numbers)).rename(columns=named)
    columns = ["student", "course", "exam", "attempt", "old", "new"]
    return cast(list[dict[str, Any]], shown[columns].astype(object).to_dict("records"))
