"""Final accounts say what was spent by head

Reversible: yes; the heads are lost, the totals stay. Data kept: all else. Touched: a new table.

Revision 0079, after 0078
"""

import sqlalchemy as sa
from alembic import op

revision = "0079"
down_revision = "0078"
branch_labels = None
depends_on = None

S = "settlement_spending"


def upgrade():
    op.create_table(
        S, sa.Column("id", sa.Integer(), nullable=False), sa.Column("settlement_id", sa.Integer(), nullable=False), sa.Column("head", sa.String(length=64), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False), sa.CheckConstraint("amount > 0", name=op.f("ck_settlement_spending_amount_positive")),
        sa.CheckConstraint("amount BETWEEN 0 AND 10000000000000", name=op.f("ck_settlement_spending_amount_money")),
        sa.ForeignKeyConstraint(["settlement_id"], ["settlement.id"], name=op.f("fk_settlement_spending_settlement_id_settlement"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_spending")),
    )  # fmt: skip
    op.create_index("uq_settlement_spending_settlement_id_head", S, ["settlement_id", "head"], unique=True)


def downgrade():
    op.drop_table(S)
