"""Grades that were received before, set aside at intake: unchanged ones are duplicates, others wait (N3)."""

from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from rules.approvals import ApprovalKind
from rules.corrections import NONE
from rules.refusals_rows import OUTCOME_OF
from rules.submission import Judged
from tasks.approval import insert_proposal
from tasks.approval_list import Frozen
from tasks.correction import keep_difference, known_scores
from tasks.correction_rows import WAITING
from tasks.proposal import PROPOSER


def set_aside(db: Connection, sent: Any, judged: Judged, batch: int | None, as_of: datetime) -> Judged:
    """Return a judged score sheet without the grades that are known already; another score is proposed.

    What counts now, or waits for a confirmation already, is a duplicate. sent: a row of submission.
    """
    grades = judged.accepted
    if grades.empty:
        return judged
    score = grades["score"].to_numpy(np.int64)
    counted, waiting = known_scores(db, sent.branch, grades)
    same = (score == counted) | (score == waiting)
    other = (counted != NONE) & ~same
    if other.any():
        _propose(db, sent, grades[other].assign(old=counted[other]), batch, as_of)
    if not (same | other).any():
        return judged
    said = pd.Series(counted).astype(str) + " → " + pd.Series(score).astype(str)
    verdicts = [judged.verdicts, _verdicts(grades[same], "row-already", "")]
    verdicts.append(_verdicts(grades[other], WAITING, said[other].to_numpy()))
    rows = pd.concat(verdicts, ignore_index=True).sort_values("row", kind="stable", ignore_index=True)
    return Judged(grades[~(same | other)].reset_index(drop=True), rows, judged.notes)


def _verdicts(grades: pd.DataFrame, code: str, value: object) -> pd.DataFrame:
    said = {"column": "综合成绩代码", "code": code, "outcome": OUTCOME_OF[code].value, "value": value}
    return pd.DataFrame({"row": grades["row"].to_numpy(np.int64), **said})


def _propose(db: Connection, sent: Any, rows: pd.DataFrame, batch: int | None, as_of: datetime) -> None:
    digest, count = keep_difference(rows), len(rows)
    said = {"branch": str(sent.branch), "receipt": f"{sent.id:06d}", "rows": str(count)}
    now = Frozen(digest, count, sent.season, batch, said)
    insert_proposal(db, ApprovalKind.CORRECTION, sent.id, now, (digest, count), PROPOSER, as_of, now.summary)
