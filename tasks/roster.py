"""The roster: students as the academic system states them; a later roster corrects an earlier one."""

from typing import Any

import pandas as pd
from sqlalchemy import Connection

from models.bulk import insert_frame, read_by, update_frame
from models.columns import table_of
from models.keys import encrypt_ids, index_ids
from models.student import Student
from rules.submission import Judged

STUDENTS = table_of(Student)


def store_roster(db: Connection, sent: Any, judged: Judged, _batch: int | None) -> Judged:
    """Insert new students and correct known ones; ID numbers are stored encrypted and indexed."""
    roster = judged.accepted.drop(columns=["row"])
    numbers = roster.pop("id_number").astype(str)
    roster["id_cipher"] = encrypt_ids(numbers)
    roster["id_index"] = index_ids(numbers)
    roster["branch"] = roster["student_no"].str[2:5]
    roster["submission_id"] = sent.id
    known = read_by(db, STUDENTS, ("student_no", "id"), "student_no", roster["student_no"].tolist())
    ids: pd.Series = roster["student_no"].map(known.set_index("student_no")["id"])
    insert_frame(db, STUDENTS, roster[ids.isna()])
    update_frame(db, STUDENTS, roster[ids.notna()].assign(id=ids[ids.notna()].astype(int)))
    return judged
