"""Extensions of enrolment validity, and the cleanup with its withdrawals (N8)."""

import sqlalchemy as sa
from alembic import op

from models.columns import Instant

revision = "0010"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "withdrawal_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("season", sa.String(length=16), nullable=False),
        sa.Column("cleanup", sa.String(length=40), nullable=False),
        sa.Column("branch", sa.String(length=3), nullable=False),
        sa.Column("listed_at", Instant(), nullable=False),
        sa.Column("notified_on", sa.Date(), nullable=True),
        sa.Column("notified_by", sa.String(length=80), nullable=False),
        sa.Column("notice", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("season", "cleanup", "branch"),
    )
    op.create_table(
        "extension_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("season", sa.String(length=16), nullable=False),
        sa.Column("branch", sa.String(length=3), nullable=False),
        sa.Column("nil", sa.Boolean(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("season", "branch"),
    )
    op.create_table(
        "withdrawal_package",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("archived", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("exported_at", Instant(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("sent_by", sa.String(length=80), nullable=False),
        sa.Column("void", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"],
            ["withdrawal_list.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_withdrawal_package_list_id", "withdrawal_package", ["list_id"])

    op.create_table(
        "extension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=True),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("valid_until", sa.String(length=6), nullable=False),
        sa.Column("applied_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("attachment", sa.String(), nullable=False),
        sa.Column("scan", sa.String(length=64), nullable=True),
        sa.Column(
            "state",
            sa.String(length=32),
            sa.CheckConstraint(
                "state IN ('pending', 'approved', 'rejected')", name="ck_extensionstate_state"
            ),
            nullable=False,
        ),
        sa.Column("document_no", sa.String(length=80), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"],
            ["extension_list.id"],
        ),
        sa.ForeignKeyConstraint(
            ["student_id"],
            ["student.id"],
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("student_id", "valid_until"),
    )
    op.create_index("ix_extension_list_id", "extension", ["list_id"])
    op.create_index("ix_extension_student_id", "extension", ["student_id"])

    op.create_table(
        "withdrawal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("finding", sa.String(length=48), nullable=False),
        sa.Column(
            "state",
            sa.String(length=32),
            sa.CheckConstraint(
                "state IN ('listed', 'cleared', 'approved', 'exported', 'sent', 'accepted', 'rejected')",
                name="ck_withdrawalstate_state",
            ),
            nullable=False,
        ),
        sa.Column("disputed", sa.Boolean(), nullable=False),
        sa.Column("dispute", sa.String(), nullable=False),
        sa.Column("document_no", sa.String(length=80), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("package_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("reason", sa.String(length=80), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["list_id"],
            ["withdrawal_list.id"],
        ),
        sa.ForeignKeyConstraint(
            ["package_id"],
            ["withdrawal_package.id"],
        ),
        sa.ForeignKeyConstraint(
            ["student_id"],
            ["student.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("list_id", "student_id"),
    )
    op.create_index("ix_withdrawal_package_id", "withdrawal", ["package_id"])
    op.create_index("ix_withdrawal_student_id", "withdrawal", ["student_id"])


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_withdrawal_student_id", table_name="withdrawal")
    op.drop_index("ix_withdrawal_package_id", table_name="withdrawal")

    op.drop_table("withdrawal")
    op.drop_index("ix_extension_student_id", table_name="extension")
    op.drop_index("ix_extension_list_id", table_name="extension")

    op.drop_table("extension")
    op.drop_index("ix_withdrawal_package_list_id", table_name="withdrawal_package")

    op.drop_table("withdrawal_package")
    op.drop_table("extension_list")
    op.drop_table("withdrawal_list")
