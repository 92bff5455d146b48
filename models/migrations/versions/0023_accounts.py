"""Accounts of the web application, their sessions and attempts; scans name their device and count once (N9)."""

import sqlalchemy as sa
from alembic import op

from models.columns import Instant

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_ROLES = "'hq-proposer', 'hq-approver', 'branch', 'college', 'centre', 'auditor', 'administrator'"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("unit", sa.String(length=7), nullable=False),
        sa.Column("password_hash", sa.String(length=160), nullable=False),
        sa.Column("totp_cipher", sa.LargeBinary(), nullable=False),
        sa.Column("totp_step", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("disabled_at", Instant(), nullable=True),
        sa.CheckConstraint(f"role IN ({_ROLES})", name="ck_role_role"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    _make_sessions()
    op.create_table(
        "phone_invitation",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_table(
        "attempt",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    with op.batch_alter_table("scan") as scan:
        scan.add_column(sa.Column("nonce", sa.String(length=40), nullable=True))
        scan.add_column(sa.Column("device", sa.String(length=40), nullable=False, server_default=""))
        scan.create_unique_constraint("uq_scan_nonce", ["nonce"])


def _make_sessions() -> None:
    op.create_table(
        "web_session",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("begun_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["graduation_case.id"]),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("ix_web_session_account_id", "web_session", ["account_id"])
    op.create_index("ix_web_session_expires_at", "web_session", ["expires_at"])


def downgrade() -> None:
    """Take back: who has an account is forgotten, what was scanned is not."""
    with op.batch_alter_table("scan") as scan:
        scan.drop_constraint("uq_scan_nonce", type_="unique")
        scan.drop_column("device")
        scan.drop_column("nonce")
    op.drop_table("attempt")
    op.drop_table("phone_invitation")
    op.drop_index("ix_web_session_expires_at", table_name="web_session")
    op.drop_index("ix_web_session_account_id", table_name="web_session")
    op.drop_table("web_session")
    op.drop_table("account")
