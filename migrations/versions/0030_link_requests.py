"""Organisations without an account ask for a link to the order form on its public page

Reversible: yes; the requests go with their table. Data kept: nothing before is touched. Stages touched: ideas.

Revision 0030, after 0036
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

T = "link_request"


def upgrade():
    op.create_table(
        T,
        sa.Column("state", sa.String(length=32), nullable=False), sa.Column("body", sa.String(length=300), nullable=False), sa.Column("folded", sa.String(length=700), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False), sa.Column("email", sa.String(length=320), nullable=False), sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("note", sa.Text(), nullable=True), sa.Column("locale", sa.String(length=5), nullable=False), sa.Column("address", sa.String(length=64), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False), sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True), sa.Column("link_id", sa.Integer(), nullable=True), sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False), sa.Column("public_id", sa.String(length=26), nullable=False), sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state <> 'sent' OR link_id IS NOT NULL", name=op.f(f"ck_{T}_sent_has_link")),
        sa.CheckConstraint("state <> 'refused' OR reason IS NOT NULL", name=op.f(f"ck_{T}_refused_has_reason")),
        sa.CheckConstraint("state IN ('asked', 'sent', 'refused')", name=op.f(f"ck_{T}_state_enum")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user_account.id"], name=op.f(f"fk_{T}_decided_by_id_user_account"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["link_id"], ["order_link.id"], name=op.f(f"fk_{T}_link_id_order_link"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{T}")), sa.UniqueConstraint("public_id", name=op.f(f"uq_{T}_public_id")),
    )  # fmt: skip
    op.create_index(op.f(f"ix_{T}_state"), T, ["state"])
    op.create_index(op.f(f"ix_{T}_asked_at"), T, ["asked_at"])


def downgrade():
    op.drop_table(T)
