"""A season's policy keeps the calendar amendments beside its pack."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("season_policy") as policy:
        policy.add_column(sa.Column("calendars", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("season_policy") as policy:
        policy.drop_column("calendars")
