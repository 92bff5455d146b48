"""Keep estimates of certificate covers (N6)."""

import sqlalchemy as sa
from alembic import op

from models.columns import Instant

revision = "0020"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "cover_estimate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("season", sa.String(length=16), nullable=False),
        sa.Column("branch", sa.String(length=3), nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("submission_id", "row"),
    )
    op.create_index("ix_cover_estimate_unit", "cover_estimate", ["season", "branch", "level"])


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_cover_estimate_unit", table_name="cover_estimate")
    op.drop_table("cover_estimate")
