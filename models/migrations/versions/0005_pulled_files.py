"""Files fetched from where units offer them.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

from models.columns import Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table of files fetched."""
    op.create_table(
        "pulled_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("season", sa.String(length=16), nullable=False),
        sa.Column("branch", sa.String(length=3), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("etag", sa.String(length=255), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("pulled_at", Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("season", "branch", "kind", "url"),
    )


def downgrade() -> None:
    """Remove it."""
    op.drop_table("pulled_file")
