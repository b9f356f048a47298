"""Accounts of a tranche: what was spent of its money, by head

Reversible: yes; what was accounted for by tranche is lost. Data kept: all else. Touched: nothing that is there, two new tables.

Revision 0052, after 0051
"""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

MONEY = 10_000_000_000_000


def upgrade():
    T = "tranche_account"
    op.create_table(
        T,
        sa.Column("project_id", sa.Integer(), nullable=False), sa.Column("tranche_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False), sa.Column("available", sa.BigInteger(), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=False), sa.Column("note", sa.Text()), sa.Column("submitted_by_id", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False), sa.Column("decided_by_id", sa.Integer()),
        sa.Column("decided_at", sa.DateTime(timezone=True)), sa.Column("remark", sa.Text()), sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(26), nullable=False), sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("spent > 0 AND spent <= available", name=op.f(f"ck_{T}_spent_within_available")),
        sa.CheckConstraint("decided_by_id IS NULL OR decided_by_id <> submitted_by_id", name=op.f(f"ck_{T}_four_eyes")),
        sa.CheckConstraint("state <> 'accepted' OR decided_by_id IS NOT NULL", name=op.f(f"ck_{T}_accepted_by_someone")),
        sa.CheckConstraint("state IN ('submitted', 'returned', 'accepted')", name=op.f(f"ck_{T}_state_enum")),
        sa.CheckConstraint(f"available BETWEEN 0 AND {MONEY}", name=op.f(f"ck_{T}_available_money")),
        sa.CheckConstraint(f"spent BETWEEN 0 AND {MONEY}", name=op.f(f"ck_{T}_spent_money")),
        *(sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_{T}_{column}_{table}"), ondelete="RESTRICT")
          for column, table in (("project_id", "project"), ("tranche_id", "tranche"), ("submitted_by_id", "user_account"), ("decided_by_id", "user_account"))),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{T}")), sa.UniqueConstraint("public_id", name=op.f(f"uq_{T}_public_id")),
        sa.UniqueConstraint("tranche_id", name=op.f(f"uq_{T}_tranche_id")),
    )  # fmt: skip
    op.create_index(op.f(f"ix_{T}_project_id"), T, ["project_id"])
    op.create_index(op.f(f"ix_{T}_state"), T, ["state"])
    S = "tranche_spending"
    op.create_table(
        S, sa.Column("id", sa.Integer(), nullable=False), sa.Column("account_id", sa.Integer(), nullable=False), sa.Column("head", sa.String(64), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False), sa.CheckConstraint("amount > 0", name=op.f(f"ck_{S}_amount_positive")),
        sa.CheckConstraint(f"amount BETWEEN 0 AND {MONEY}", name=op.f(f"ck_{S}_amount_money")),
        sa.ForeignKeyConstraint(["account_id"], [f"{T}.id"], name=op.f(f"fk_{S}_account_id_{T}"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{S}")),
    )  # fmt: skip
    op.create_index("uq_tranche_spending_account_id_head", S, ["account_id", "head"], unique=True)


def downgrade():
    op.drop_table("tranche_spending")
    op.drop_table("tranche_account")
