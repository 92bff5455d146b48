"""Keep stocktakes of places, and how each certificate stands in them (N5)."""

import sqlalchemy as sa
from alembic import op

from models.columns import Instant

revision = "0021"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "stocktake",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.String(length=7), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("opened_by", sa.String(length=80), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("closed_by", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    is_open = sa.text("closed_at IS NULL")
    op.create_index(
        "uq_stocktake_open",
        "stocktake",
        ["organisation"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_table(
        "stocktake_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stocktake_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("found_at", Instant(), nullable=True),
        sa.Column("found_by", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("explained_at", Instant(), nullable=True),
        sa.Column("explained_by", sa.String(length=80), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["stocktake_id"], ["stocktake.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["graduation_case.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("stocktake_id", "case_id"),
    )
    op.create_index("ix_stocktake_row_case_id", "stocktake_row", ["case_id"])


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_stocktake_row_case_id", table_name="stocktake_row")
    op.drop_table("stocktake_row")
    op.drop_index("uq_stocktake_open", table_name="stocktake")
    op.drop_table("stocktake")
