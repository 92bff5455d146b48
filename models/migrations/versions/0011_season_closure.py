"""Close a season (N5).

Revision ID: 0011
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

from models.columns import Instant

revision = "0011"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table of closed seasons."""
    op.create_table(
        "season_closure",
        sa.Column("season", sa.String(length=16), nullable=False),
        sa.Column("approval_id", sa.Integer(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=False),
        sa.Column("closed_by", sa.String(length=80), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["approval_id"], ["approval.id"]),
        sa.PrimaryKeyConstraint("season"),
    )


def downgrade() -> None:
    """Remove it."""
    op.drop_table("season_closure")
