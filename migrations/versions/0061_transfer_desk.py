"""Visitors' messages have a day to be answered by, lead into talks and to an agreement; results are offered with readiness, owner, rights and price; intermediaries

Reversible: yes; terms of offers and shares of intermediaries are lost. Data kept: all else. Stops on the way down where messages are in talks or led to a contract.
Touched: transfer_interest, transfer_agreement, a new table.

Revision 0061, after 0060
"""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

I, A, T = "transfer_interest", "transfer_agreement", "transfer_offer"
OLD, NEW = "state IN ('received', 'answered', 'closed')", "state IN ('received', 'answered', 'in_talks', 'agreed', 'closed')"
# on the column, so that SQLite need not make the table anew: reports on use point to it
SHARES = (
    ("intermediary_share_percent", "intermediary_share IS NULL OR intermediary_share BETWEEN 0 AND 100"),
    ("shares_of_a_whole", "coalesce(author_share, 0) + coalesce(intermediary_share, 0) <= 100"),
    ("intermediary_named", "(intermediary IS NULL) = (intermediary_share IS NULL)"),
)  # fmt: skip


def upgrade():
    with op.batch_alter_table(I) as batch:
        batch.add_column(sa.Column("due_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("agreement_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f(f"fk_{I}_agreement_id_{A}"), A, ["agreement_id"], ["id"], ondelete="RESTRICT")
        batch.drop_constraint(op.f(f"ck_{I}_state_enum"), type_="check")
        batch.create_check_constraint(op.f(f"ck_{I}_state_enum"), NEW)
    op.create_index(op.f(f"ix_{I}_due_on"), I, ["due_on"])
    op.create_index(op.f(f"ix_{I}_agreement_id"), I, ["agreement_id"])
    checks = " ".join(f"CONSTRAINT ck_{A}_{name} CHECK ({check})" for name, check in SHARES)
    op.execute(f"ALTER TABLE {A} ADD COLUMN intermediary VARCHAR(300)")
    op.execute(f"ALTER TABLE {A} ADD COLUMN intermediary_share INTEGER {checks}")
    op.create_table(
        T,
        sa.Column("id", sa.Integer(), nullable=False), sa.Column("version", sa.Integer(), nullable=False), sa.Column("result_id", sa.Integer(), nullable=False),
        sa.Column("readiness", sa.Integer()), sa.Column("owner", sa.String(300)), sa.Column("rights", sa.String(1000)), sa.Column("price_terms", sa.String(1000)),
        sa.CheckConstraint("readiness IS NULL OR readiness BETWEEN 1 AND 9", name=op.f(f"ck_{T}_readiness_one_to_nine")),
        sa.ForeignKeyConstraint(["result_id"], ["result.id"], name=op.f(f"fk_{T}_result_id_result"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{T}")), sa.UniqueConstraint("result_id", name=op.f(f"uq_{T}_result_id")),
    )  # fmt: skip


def downgrade():
    if op.get_bind().execute(sa.text("SELECT count(*) FROM transfer_interest WHERE state IN ('in_talks', 'agreed')")).scalar():
        raise RuntimeError("messages in talks have no place in the older table: deal with them first")
    op.drop_table(T)
    op.execute(f"ALTER TABLE {A} DROP COLUMN intermediary_share")
    op.execute(f"ALTER TABLE {A} DROP COLUMN intermediary")
    op.drop_index(op.f(f"ix_{I}_agreement_id"), table_name=I)
    op.drop_index(op.f(f"ix_{I}_due_on"), table_name=I)
    with op.batch_alter_table(I) as batch:
        batch.drop_constraint(op.f(f"ck_{I}_state_enum"), type_="check")
        batch.create_check_constraint(op.f(f"ck_{I}_state_enum"), OLD)
        batch.drop_constraint(op.f(f"fk_{I}_agreement_id_{A}"), type_="foreignkey")
        batch.drop_column("agreement_id")
        batch.drop_column("due_on")
