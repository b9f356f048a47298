"""Notices inside the system, and how people want to be told

Reversible: yes; notices and choices are lost, every mail stays. Data kept: all else. Touched: two new tables.

Revision 0080, after 0079
"""

import sqlalchemy as sa
from alembic import op

revision = "0080"
down_revision = "0079"
branch_labels = None
depends_on = None

N, C = "notice", "mail_choice"


def upgrade():
    op.create_table(
        N, sa.Column("id", sa.Integer(), nullable=False), sa.Column("public_id", sa.String(length=26), nullable=False), sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False), sa.Column("template", sa.String(length=120), nullable=False), sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("path", sa.String(length=500), nullable=True), sa.Column("subject_type", sa.String(length=64), nullable=True), sa.Column("subject_pid", sa.String(length=26), nullable=True),
        sa.Column("mailed", sa.Boolean(), nullable=False), sa.Column("at", sa.DateTime(timezone=True), nullable=False), sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_notice_user_id_user_account"), ondelete="RESTRICT"), sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("key", name=op.f("uq_notice_key")), sa.UniqueConstraint("public_id", name=op.f("uq_notice_public_id")),
    )  # fmt: skip
    op.create_index("ix_notice_user_id_at", N, ["user_id", "at"])
    op.create_index("ix_notice_unread", N, ["user_id"], sqlite_where=sa.text("read_at IS NULL"), postgresql_where=sa.text("read_at IS NULL"))
    op.create_table(
        C, sa.Column("id", sa.Integer(), nullable=False), sa.Column("public_id", sa.String(length=26), nullable=False), sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("ways", sa.JSON(), nullable=False), sa.Column("digest", sa.Boolean(), nullable=True), sa.Column("calendar_serial", sa.Integer(), nullable=False),
        sa.Column("digest_on", sa.Date(), nullable=True), sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_mail_choice_user_id_user_account"), ondelete="RESTRICT"), sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_choice")),
        sa.UniqueConstraint("user_id", name=op.f("uq_mail_choice_user_id")), sa.UniqueConstraint("public_id", name=op.f("uq_mail_choice_public_id")),
    )  # fmt: skip


def downgrade():
    op.drop_table(C)
    op.drop_table(N)
