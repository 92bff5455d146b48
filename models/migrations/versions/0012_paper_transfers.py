"""Say of each confirmed transfer whether a label was scanned or a paper list was signed (N9).

Revision ID: 0012
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; everything before was scanned."""
    op.add_column("scan", sa.Column("tracking", sa.String(8), nullable=False, server_default="scan"))


def downgrade() -> None:
    """Remove it."""
    op.drop_column("scan", "tracking")
