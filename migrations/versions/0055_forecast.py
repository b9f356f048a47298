"""The host says in which quarter it means to spend what of each budget head

Reversible: yes. Data kept: all but the forecasts themselves on the way down. Stages touched: execution.

Revision 0055, after 0054
"""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

T = "forecast_cell"


def upgrade():
    op.create_table(
        T,
        sa.Column("id", sa.Integer(), nullable=False), sa.Column("project_id", sa.Integer(), nullable=False), sa.Column("head", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False), sa.Column("quarter", sa.Integer(), nullable=False), sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount BETWEEN 0 AND 10000000000000", name=op.f(f"ck_{T}_amount_money")),
        sa.CheckConstraint("quarter BETWEEN 1 AND 4", name=op.f(f"ck_{T}_quarter_of_year")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f(f"fk_{T}_project_id_project"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{T}")),
        sa.UniqueConstraint("project_id", "head", "year", "quarter", name=op.f(f"uq_{T}_project_id_head_year_quarter")),
    )  # fmt: skip
    op.create_index(op.f(f"ix_{T}_project_id"), T, ["project_id"])


def downgrade():
    op.drop_table(T)
