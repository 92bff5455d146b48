"""The rows of a received file that a correction of grades stands in: confirmed, refused, or settled (N3)."""

from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection, delete, func, select, update

from models.bulk import among
from models.case import Case
from models.columns import table_of
from models.lot import Approval
from models.submission import RowVerdict, Submission
from rules.refusals import Refused
from rules.refusals_rows import OUTCOME_OF
from rules.season import Pack
from rules.states import Audit
from rules.submission import Outcome
from rules.windows import batch_open_at
from tasks.correction import read_difference

_APPROVALS, _CASES, _SUBMISSIONS, _VERDICTS = (
    table_of(table) for table in (Approval, Case, Submission, RowVerdict)
)
WAITING = "row-correction"


def confirm(db: Connection, row: Any, pack: Pack, as_of: datetime) -> None:
    """Let a correction count: its rows are accepted, and it belongs to the batch that is open now.

    row: of approval. Raises Refused correction-lost-pass: who is approved to graduate must not lose a pass
    behind the audit's back (G0).
    """
    rows = read_difference(row.frozen_hash)
    lost = rows[(rows["old"] > pack.audit.pass_above) & (rows["score"] <= pack.audit.pass_above)]
    count = _approved(db, np.unique(lost["student_id"]).tolist())
    if count:
        raise Refused("correction-lost-pass", id=row.id, count=count)
    _settle(db, row.subject_id, rows["row"].tolist(), Outcome.ACCEPTED)
    batch = batch_open_at(pack, as_of) or row.batch
    db.execute(update(_APPROVALS).where(_APPROVALS.c.id == row.id).values(batch=batch))


def _approved(db: Connection, students: list[int]) -> int:
    count = select(func.count()).select_from(_CASES).where(_CASES.c.audit == Audit.APPROVED.value)
    return int(db.scalar(count.where(among(db, _CASES.c.student_id, students))) or 0)


def refuse(db: Connection, row: Any) -> None:
    """Refuse the rows of a correction that was turned down. row: of approval."""
    rows = read_difference(row.frozen_hash)["row"].tolist()
    _settle(db, row.subject_id, rows, Outcome.REFUSED, "row-correction-rejected")


def drop_settled(db: Connection, row: Any, now: str) -> None:
    """Call rows duplicates whose score counts by now. row: of approval; now: what still differs."""
    still = set(read_difference(now)["row"])
    gone = [one for one in read_difference(row.frozen_hash)["row"].tolist() if one not in still]
    _settle(db, row.subject_id, gone, OUTCOME_OF["row-already"], "row-already")


def _settle(db: Connection, receipt: int, rows: list[int], outcome: Outcome, code: str = "") -> None:
    """Give rows that wait another outcome; the file's counts follow, so that they still sum up."""
    waiting = (_VERDICTS.c.submission_id == receipt, _VERDICTS.c.code == WAITING)
    chosen = (*waiting, among(db, _VERDICTS.c.row, rows))
    said = {"code": code, "outcome": outcome.value}
    change = update(_VERDICTS).where(*chosen).values(**said) if code else delete(_VERDICTS).where(*chosen)
    settled = db.execute(change).rowcount
    counts = {
        name: _SUBMISSIONS.c[name] + more for name, more in ((outcome.value, settled), ("held", -settled))
    }
    db.execute(update(_SUBMISSIONS).where(_SUBMISSIONS.c.id == receipt).values(**counts))
