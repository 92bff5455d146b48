"""Urgent students: requests of units, and the lists that HQ lays before a second person (N4).

Revision ID: 0008
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

from models.columns import Instant

revision = "0008"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the three tables."""
    _make_lists()
    op.create_table(
        "urgent_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("season", sa.String(length=16), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("branch", sa.String(length=3), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["student_id"], ["student.id"]),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("season", "student_id"),
    )
    op.create_index("ix_urgent_request_student_id", "urgent_request", ["student_id"])


def _make_lists() -> None:
    op.create_table(
        "urgent_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("season", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_urgent_list_season", "urgent_list", ["season"])
    op.create_table(
        "urgent_case",
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["graduation_case.id"]),
        sa.ForeignKeyConstraint(["list_id"], ["urgent_list.id"]),
        sa.PrimaryKeyConstraint("list_id", "case_id"),
    )
    op.create_index("ix_urgent_case_case_id", "urgent_case", ["case_id"])


def downgrade() -> None:
    """Remove them."""
    for table in ("urgent_case", "urgent_request", "urgent_list"):
        op.drop_table(table)
