"""An outbox for uploads to the registry; packages of photos alone; which photo went with a row."""

import sqlalchemy as sa
from alembic import op

from models.columns import Instant

revision = "0006"
down_revision = "0011"
branch_labels = None
depends_on = None

# A photo that was there at the export went along.
_KNOWN = """
UPDATE registry_row SET {column} = (
    SELECT c.{column} FROM graduation_case c JOIN registry_package p ON p.id = registry_row.package_id
    WHERE c.id = registry_row.case_id AND c.photo_received_at <= p.exported_at
)
"""


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("season", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=48), nullable=False),
        sa.Column("receipt", sa.String(length=64), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "state IN ('new', 'sending', 'unknown', 'done', 'refused')", name="ck_outboxstate_state"
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
        sa.UniqueConstraint("kind", "subject_id"),
    )
    # Added in place: SQLite cannot make a table anew to which others refer.
    op.execute(
        "ALTER TABLE registry_package ADD COLUMN content VARCHAR(32) NOT NULL DEFAULT 'graduates' "
        "CONSTRAINT ck_packagecontent_content CHECK (content IN ('graduates', 'photos'))"
    )
    op.execute("ALTER TABLE registry_row ADD COLUMN photo_submission INTEGER REFERENCES submission (id)")
    op.execute("ALTER TABLE registry_row ADD COLUMN photo_member INTEGER")
    for column in ("photo_submission", "photo_member"):
        op.execute(_KNOWN.format(column=column))


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("registry_row") as row:
        row.drop_column("photo_member")
        row.drop_column("photo_submission")
    op.execute("ALTER TABLE registry_package DROP COLUMN content")
    op.drop_table("outbox")
