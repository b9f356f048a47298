"""The officer in charge of a file, and deputies for absence

Reversible: yes; who is in charge and who deputises is lost. Data kept: all else. Touched: two new tables.

Revision 0074, after 0071
"""

import sqlalchemy as sa
from alembic import op

revision = "0074"
down_revision = "0071"
branch_labels = None
depends_on = None

C, D = "charge", "deputy"


def upgrade():
    op.create_table(
        C,
        sa.Column("id", sa.Integer(), nullable=False), sa.Column("kind", sa.String(32), nullable=False), sa.Column("file_pid", sa.String(26), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False), sa.Column("since", sa.DateTime(timezone=True), nullable=False), sa.Column("given_by_id", sa.Integer()),
        sa.CheckConstraint("kind IN ('idea', 'call', 'proposal', 'project')", name=op.f(f"ck_{C}_kind_enum")),
        sa.ForeignKeyConstraint(["officer_id"], ["user_account.id"], name=op.f(f"fk_{C}_officer_id_user_account"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["given_by_id"], ["user_account.id"], name=op.f(f"fk_{C}_given_by_id_user_account"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{C}")), sa.UniqueConstraint("kind", "file_pid", name=op.f(f"uq_{C}_kind_file_pid")),
    )  # fmt: skip
    op.create_index(op.f(f"ix_{C}_officer_id"), C, ["officer_id"])
    op.create_table(
        D,
        sa.Column("id", sa.Integer(), nullable=False), sa.Column("public_id", sa.String(26), nullable=False), sa.Column("absent_id", sa.Integer(), nullable=False),
        sa.Column("deputy_id", sa.Integer(), nullable=False), sa.Column("first_day", sa.Date(), nullable=False), sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False), sa.Column("reason", sa.String(1000), nullable=False), sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False), sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("last_day >= first_day", name=op.f(f"ck_{D}_ends_after_first")), sa.CheckConstraint("deputy_id <> absent_id", name=op.f(f"ck_{D}_another_person")),
        *(sa.ForeignKeyConstraint([column], ["user_account.id"], name=op.f(f"fk_{D}_{column}_user_account"), ondelete="RESTRICT") for column in ("absent_id", "deputy_id", "created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{D}")), sa.UniqueConstraint("public_id", name=op.f(f"uq_{D}_public_id")),
    )  # fmt: skip
    op.create_index(op.f(f"ix_{D}_absent_id"), D, ["absent_id"])
    op.create_index(op.f(f"ix_{D}_deputy_id"), D, ["deputy_id"])
    op.create_index(f"ix_{D}_days", D, ["first_day", "last_day"])


def downgrade():
    op.drop_table(D)
    op.drop_table(C)
