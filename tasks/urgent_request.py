"""Urgent requests as rows: a student of a season is asked for once, by whoever asks first (N4)."""

from typing import Any

from sqlalchemy import Connection

from models.bulk import insert_frame, read_by
from models.columns import table_of
from models.urgent import UrgentRequest
from rules.submission import Judged
from rules.verdicts import without_rows

_REQUESTS = table_of(UrgentRequest)


def store_requests(db: Connection, sent: Any, judged: Judged, _batch: int | None) -> Judged:
    """Keep the requests of students for whom none stands yet; the others are duplicates."""
    students = judged.accepted["student_id"]
    of_season = _REQUESTS.c.season == sent.season
    standing = read_by(db, _REQUESTS, ("student_id",), "student_id", students.tolist(), of_season)
    known = students.isin(standing["student_id"].tolist())
    asked = {"season": sent.season, "branch": sent.branch, "submission_id": sent.id}
    insert_frame(db, _REQUESTS, judged.accepted[~known].assign(received_at=sent.received_at, **asked))
    return without_rows(judged, known, "row-urgent-known")
