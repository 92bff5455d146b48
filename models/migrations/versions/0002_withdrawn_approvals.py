"""An approval can be withdrawn."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_NAME = "ck_approvalstate_state"


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("approval") as approval:
        if op.get_bind().dialect.name != "sqlite":  # there the table is made anew, without its old checks
            approval.drop_constraint(_NAME, type_="check")
        states = "state IN ('proposed', 'approved', 'rejected', 'stale', 'withdrawn')"
        approval.create_check_constraint(_NAME, states)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("approval") as approval:
        if op.get_bind().dialect.name != "sqlite":
            approval.drop_constraint(_NAME, type_="check")
        approval.create_check_constraint(_NAME, "state IN ('proposed', 'approved', 'rejected', 'stale')")
