"""The approval of a correction of grades: what it would change now, what a decision does (N3)."""

from typing import Any

from sqlalchemy import Connection, select

from models.columns import table_of
from models.submission import Submission
from rules.approvals import ApprovalKind
from tasks.approval_list import Frozen, Verdict, last_proposal
from tasks.correction import difference_now, keep_difference
from tasks.correction_rows import confirm, drop_settled, refuse
from tasks.correction_view import difference_shown

_SUBMISSIONS = table_of(Submission)


def present_correction(db: Connection, receipt: int) -> Frozen:
    """Return the scores that a correction would change now: another one may have come in between."""
    sent = db.execute(select(_SUBMISSIONS).where(_SUBMISSIONS.c.id == receipt)).one()
    rows = difference_now(db, receipt, last_proposal(db, ApprovalKind.CORRECTION, receipt).frozen_hash)
    summary = {"branch": sent.branch, "receipt": f"{receipt:06d}", "rows": str(len(rows))}
    return Frozen(keep_difference(rows), len(rows), sent.season, sent.batch, summary)


def difference_of(db: Connection, row: Any) -> dict[str, Any]:
    """Return old and new score by grade, student numbers masked (N3)."""
    return {"difference": difference_shown(db, row["frozen_hash"])}


def approve_correction(db: Connection, yes: Verdict) -> None:
    """Let the new scores count; raises Refused correction-lost-pass."""
    confirm(db, yes.row, yes.pack, yes.as_of)
    yes.tell(db, f"submission:{yes.row.subject_id}")


def reject_correction(db: Connection, row: Any) -> None:
    """Refuse the rows: the old scores count."""
    refuse(db, row)


def renew_correction(db: Connection, row: Any, now: Frozen) -> None:
    """Settle the rows whose score counts by now."""
    drop_settled(db, row, now.hash)
