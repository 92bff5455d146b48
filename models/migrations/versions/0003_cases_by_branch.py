"""Find a branch's cases without looking at those of all branches.

Revision ID: 0003
Revises: 0001
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add an index."""
    op.create_index("ix_case_branch", "graduation_case", ["season", "branch"])


def downgrade() -> None:
    """Remove it."""
    op.drop_index("ix_case_branch", table_name="graduation_case")
