"""Backups that were made, and what anchors the journal outside

Reversible: yes; the lists are lost, archives and anchors outside the database stay. Data kept: all else. Touched: two new tables.

Revision 0097, after 0095
"""

import sqlalchemy as sa
from alembic import op

from app.kernel.db import UtcDateTime, create_triggers

revision = "0097"
down_revision = "0095"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "backup_run", sa.Column("kind", sa.String(length=32), nullable=False), sa.Column("at", UtcDateTime(), nullable=False), sa.Column("archive", sa.String(length=200), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True), sa.Column("sha256", sa.String(length=64), nullable=True), sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("journal_lines", sa.Integer(), nullable=True), sa.Column("said", sa.String(length=500), nullable=False), sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False), sa.CheckConstraint("size > 0", name=op.f("ck_backup_run_size_positive")),
        sa.CheckConstraint("kind IN ('created', 'incomplete', 'failed', 'restored', 'released')", name=op.f("ck_backup_run_kind_enum")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backup_run")), sa.UniqueConstraint("public_id", name=op.f("uq_backup_run_public_id")),
    )  # fmt: skip
    op.create_index(op.f("ix_backup_run_at"), "backup_run", ["at"])
    op.create_table(
        "journal_anchor", sa.Column("id", sa.Integer(), nullable=False), sa.Column("at", UtcDateTime(), nullable=False), sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False), sa.Column("readings", sa.BigInteger(), nullable=False), sa.Column("readings_sum", sa.String(length=64), nullable=False),
        sa.Column("mailed", sa.Boolean(), nullable=False), sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_anchor")),
    )  # fmt: skip
    op.create_index(op.f("ix_journal_anchor_at"), "journal_anchor", ["at"])
    create_triggers(op.get_bind(), {"backup_run", "journal_anchor"})


def downgrade():
    op.drop_table("journal_anchor")
    op.drop_table("backup_run")
