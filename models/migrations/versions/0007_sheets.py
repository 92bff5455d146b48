"""The life of a sheet: seal lists, spoiled sheets, statements, checks on arrival, problems."""

import sqlalchemy as sa
from alembic import op

from models.columns import Instant

revision = "0007"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "seal_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("season", sa.String(length=16), nullable=False),
        sa.Column("partner", sa.String(length=80), nullable=False),
        sa.Column("certificates", sa.Integer(), nullable=False),
        sa.Column("workbook", sa.String(length=64), nullable=False),
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.Column("sent_at", Instant(), nullable=False),
        sa.Column("sent_by", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("seal_list", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seal_list_season"), ["season"], unique=False)

    op.create_table(
        "package_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.String(length=7), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("checked_at", Instant(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["package_id"],
            ["package.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("package_check", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_package_check_package_id"), ["package_id"], unique=False)

    op.create_table(
        "certificate_problem",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("season", sa.String(length=16), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=18), nullable=False),
        sa.Column("field", sa.String(length=16), nullable=False),
        sa.Column("found", sa.String(length=80), nullable=False),
        sa.Column("found_by", sa.String(length=7), nullable=False),
        sa.Column("owner", sa.String(length=7), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("correct", sa.String(length=80), nullable=False),
        sa.Column("evidence", sa.String(length=64), nullable=True),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.Column("registry", sa.String(length=16), nullable=False),
        sa.Column("registry_document", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["graduation_case.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("certificate_problem", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_certificate_problem_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_certificate_problem_season"), ["season"], unique=False)

    op.create_table(
        "certified_statement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("season", sa.String(length=16), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=18), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("archived", sa.String(length=64), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("issued_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["graduation_case.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_id"),
    )
    with op.batch_alter_table("certified_statement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_certified_statement_season"), ["season"], unique=False)

    op.create_table(
        "check_finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("check_id", sa.Integer(), nullable=False),
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.String(length=18), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("sender", sa.String(length=7), nullable=False),
        sa.Column("owner", sa.String(length=7), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.Column("settled_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["graduation_case.id"],
        ),
        sa.ForeignKeyConstraint(
            ["check_id"],
            ["package_check.id"],
        ),
        sa.ForeignKeyConstraint(
            ["package_id"],
            ["package.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("check_finding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_check_finding_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_check_finding_check_id"), ["check_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_check_finding_package_id"), ["package_id"], unique=False)

    op.create_table(
        "seal_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=18), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("returned_at", Instant(), nullable=True),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["graduation_case.id"],
        ),
        sa.ForeignKeyConstraint(
            ["list_id"],
            ["seal_list.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("seal_row", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seal_row_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_seal_row_list_id"), ["list_id"], unique=False)

    op.create_table(
        "spoiled_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("season", sa.String(length=16), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=18), nullable=False),
        sa.Column("sheet", sa.Integer(), nullable=False),
        sa.Column("sheet_no", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("place", sa.String(length=16), nullable=False),
        sa.Column("holder", sa.String(length=7), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("spoiled_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["graduation_case.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("spoiled_sheet", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_spoiled_sheet_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_spoiled_sheet_number"), ["number"], unique=False)
        batch_op.create_index(batch_op.f("ix_spoiled_sheet_season"), ["season"], unique=False)


def downgrade() -> None:
    """Drop the tables."""
    with op.batch_alter_table("spoiled_sheet", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_spoiled_sheet_season"))
        batch_op.drop_index(batch_op.f("ix_spoiled_sheet_number"))
        batch_op.drop_index(batch_op.f("ix_spoiled_sheet_case_id"))

    op.drop_table("spoiled_sheet")
    with op.batch_alter_table("seal_row", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_seal_row_list_id"))
        batch_op.drop_index(batch_op.f("ix_seal_row_case_id"))

    op.drop_table("seal_row")
    with op.batch_alter_table("check_finding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_check_finding_package_id"))
        batch_op.drop_index(batch_op.f("ix_check_finding_check_id"))
        batch_op.drop_index(batch_op.f("ix_check_finding_case_id"))

    op.drop_table("check_finding")
    with op.batch_alter_table("certified_statement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_certified_statement_season"))

    op.drop_table("certified_statement")
    with op.batch_alter_table("certificate_problem", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_certificate_problem_season"))
        batch_op.drop_index(batch_op.f("ix_certificate_problem_case_id"))

    op.drop_table("certificate_problem")
    with op.batch_alter_table("package_check", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_package_check_package_id"))

    op.drop_table("package_check")
    with op.batch_alter_table("seal_list", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_seal_list_season"))

    op.drop_table("seal_list")
