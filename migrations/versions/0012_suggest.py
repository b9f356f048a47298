"""Suggestion of priority items and search for near work: words of officers, confirmed links, folded texts with their pairs

Reversible: yes, the tables go with what is in them. Data kept: nothing before is touched; links that persons made before
are noted as confirmed. The index of what is there already is made by `flask similarity rebuild`. Stages touched: plan, ideas.

Revision 0012, after 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "priority_term",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("folded", sa.String(length=200), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(words) <= 200 AND trim(words) <> ''", name=op.f("ck_priority_term_words_text")),
        sa.CheckConstraint("weight BETWEEN 1 AND 5", name=op.f("ck_priority_term_weight_range")),
        sa.ForeignKeyConstraint(["item_id"], ["priority.id"], name=op.f("fk_priority_term_item_id_priority"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["added_by_id"], ["user_account.id"], name=op.f("fk_priority_term_added_by_id_user_account"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_priority_term")),
        sa.UniqueConstraint("public_id", name=op.f("uq_priority_term_public_id")),
    )
    op.create_index("ix_priority_term_item_id", "priority_term", ["item_id"])
    op.create_table(
        "confirmed_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject_type", sa.String(length=64), nullable=False),
        sa.Column("subject_pid", sa.String(length=26), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["priority.id"], name=op.f("fk_confirmed_link_item_id_priority"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmed_link")),
        sa.UniqueConstraint("subject_type", "subject_pid", name=op.f("uq_confirmed_link_subject_type_subject_pid")),
    )
    op.create_index("ix_confirmed_link_item_id", "confirmed_link", ["item_id"])
    op.create_table(
        "text_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject_pid", sa.String(length=26), nullable=False),
        sa.Column("titles", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_entry")),
        sa.UniqueConstraint("kind", "subject_pid", name=op.f("uq_text_entry_kind_subject_pid")),
    )
    op.create_table(
        "text_posting",
        sa.Column("gram", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["text_entry.id"], name=op.f("fk_text_posting_entry_id_text_entry"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("gram", "entry_id", name=op.f("pk_text_posting")),
    )
    op.create_index("ix_text_posting_entry_id", "text_posting", ["entry_id"])
    op.execute("INSERT INTO confirmed_link (subject_type, subject_pid, item_id, title, at) "
               "SELECT 'topic', public_id, item_id, title, created_at FROM topic")  # fmt: skip


def downgrade():
    op.drop_table("text_posting")
    op.drop_table("text_entry")
    op.drop_table("confirmed_link")
    op.drop_table("priority_term")
