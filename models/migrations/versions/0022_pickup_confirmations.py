"""Keep what students confirm at pick-up, and give each problem a promise instead of a due day (N5).

Who had the certificate before is asked for the record still; nothing tells what they said of the certificate.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from models.columns import Instant
from rules.clock import day_in_shanghai

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_PROMISE = sa.table(
    "promise",
    *map(sa.column, ("season", "duty", "clause", "subject", "subject_id", "holder", "total", "open")),
    *map(sa.column, ("state", "calendar_version", "policy_hash")),
    *(sa.column(name, sa.Date()) for name in ("started_on", "due_on", "done_on")),
)
_PROBLEM = sa.table(
    "certificate_problem",
    *map(sa.column, ("id", "season", "owner")),
    sa.column("due_on", sa.Date()),
    *(sa.column(name, Instant()) for name in ("opened_at", "settled_at")),
)
_HANDED_OVER = """
INSERT INTO confirmation
    (season, case_id, centre, certificate_actor, record, record_by, record_actor, tracking)
SELECT graduation_case.season, graduation_case.id, package.holder, '', 'deferred', '', '', 'scan'
FROM graduation_case
JOIN certificate ON certificate.case_id = graduation_case.id
JOIN package ON package.id = certificate.package_id
WHERE graduation_case.custody = 'handed-over'
"""


def upgrade() -> None:
    """Apply."""
    _make_confirmations()
    op.execute(_HANDED_OVER)
    about = sa.Column("about", sa.String(16), nullable=False, server_default="certificate")
    op.add_column("certificate_problem", about)
    _promise_problems()
    with op.batch_alter_table("certificate_problem") as problem:
        problem.drop_column("due_on")


def _make_confirmations() -> None:
    op.create_table(
        "confirmation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("season", sa.String(length=16), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("centre", sa.String(length=7), nullable=False),
        sa.Column("certificate_at", Instant(), nullable=True),
        sa.Column("certificate_actor", sa.String(length=80), nullable=False),
        sa.Column("record", sa.String(length=32), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=True),
        sa.Column("record_at", Instant(), nullable=True),
        sa.Column("record_by", sa.String(length=7), nullable=False),
        sa.Column("record_actor", sa.String(length=80), nullable=False),
        sa.Column("tracking", sa.String(length=8), nullable=False),
        sa.CheckConstraint("record IN ('deferred', 'confirmed', 'wrong')", name="ck_recordcheck_record"),
        sa.ForeignKeyConstraint(["case_id"], ["graduation_case.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_id"),
    )
    op.create_index("ix_confirmation_season", "confirmation", ["season"])


def _promise_problems() -> None:
    """Turn each problem's due day into HQ's promise, kept where the problem is settled."""
    db = op.get_bind()
    due = db.execute(sa.select(_PROBLEM).where(_PROBLEM.c.due_on.is_not(None))).all()
    if due:
        db.execute(sa.insert(_PROMISE), list(map(_promise, due)))


def _promise(problem: Any) -> dict[str, Any]:
    done = _day(problem.settled_at)
    state = "running" if done is None else "late" if done > problem.due_on else "done"
    subject = {"subject": "problem", "subject_id": problem.id, "duty": "feedback", "clause": "N5"}
    clock = {"started_on": _day(problem.opened_at), "due_on": problem.due_on, "done_on": done, "state": state}
    count = {"total": 1, "open": int(done is None), "calendar_version": "", "policy_hash": ""}
    return {"season": problem.season, "holder": problem.owner} | subject | clock | count


def _day(at: datetime | None) -> Any:
    return None if at is None else day_in_shanghai(at)


def downgrade() -> None:
    """Take back; due days of problems are in their promises alone and stay there."""
    with op.batch_alter_table("certificate_problem") as problem:
        problem.add_column(sa.Column("due_on", sa.Date(), nullable=True))
        problem.drop_column("about")
    op.drop_index("ix_confirmation_season", table_name="confirmation")
    op.drop_table("confirmation")
