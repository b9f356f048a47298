"""Pictures of results, income of contracts with its sharing, communes named in reports on use; handovers name the planned use of the dossier

Reversible: yes; all of these are lost. Data kept: all else. Touched: handover (a column), three new tables.

Revision 0070, after 0069
"""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None

P, I, S = "result_picture", "transfer_income", "use_site"


def _id():
    return sa.Column("id", sa.Integer(), nullable=False)


def _need(name, kind):
    return sa.Column(name, kind, nullable=False)


def _to(table, column, other):
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"), ondelete="RESTRICT")


def _check(table, name, rule):
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def upgrade():
    op.add_column("handover", sa.Column("planned_use_pid", sa.String(26), nullable=True))
    op.create_table(
        P, _need("result_id", sa.Integer()), _need("position", sa.Integer()), _need("alt", sa.String(300)), sa.Column("alt_en", sa.String(300)), _need("attachment_pid", sa.String(26)),
        _need("width", sa.Integer()), _need("height", sa.Integer()), _id(), _need("public_id", sa.String(26)), _check(P, "alt_text", "length(alt) <= 300 AND trim(alt) <> ''"),
        _to(P, "result_id", "result"), sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{P}")), sa.UniqueConstraint("public_id", name=op.f(f"uq_{P}_public_id")),
        sa.UniqueConstraint("attachment_pid", name=op.f(f"uq_{P}_attachment_pid")), sa.UniqueConstraint("result_id", "position", name=op.f(f"uq_{P}_result_id_position")),
    )  # fmt: skip
    _incomes()
    op.create_table(
        S, _id(), _need("follow_up_id", sa.Integer()), _need("position", sa.Integer()), _need("commune", sa.String(8)), sa.Column("district", sa.String(100)), sa.Column("place", sa.String(300)),
        sa.Column("area", sa.BigInteger()), sa.Column("households", sa.Integer()), _check(S, "area_from_zero", "area IS NULL OR area >= 0"),
        _check(S, "households_from_zero", "households IS NULL OR households >= 0"), _to(S, "follow_up_id", "follow_up"), sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{S}")),
        sa.UniqueConstraint("follow_up_id", "position", name=op.f(f"uq_{S}_follow_up_id_position")), sa.UniqueConstraint("follow_up_id", "commune", name=op.f(f"uq_{S}_follow_up_id_commune")),
    )  # fmt: skip
    for table, column in ((P, "result_id"), (I, "agreement_id"), (I, "result_id"), (I, "project_id"), (I, "to_on"), (S, "follow_up_id"), (S, "commune")):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _incomes():
    whole = "author_share BETWEEN 0 AND 100 AND intermediary_share BETWEEN 0 AND 100 AND host_share BETWEEN 0 AND 100"
    rules = (("state_enum", "state IN ('recorded', 'cancelled')"), ("document_text", "length(document) <= 200 AND trim(document) <> ''"), ("period_in_order", "from_on <= to_on"),
             ("profit_within_revenue", "profit <= revenue"), ("shares_percent", whole), ("shares_of_a_whole", "author_share + intermediary_share + host_share = 100"),
             ("cancelled_has_reason", "state <> 'cancelled' OR trim(coalesce(reason, '')) <> ''"), ("revenue_money", "revenue BETWEEN 0 AND 10000000000000"),
             ("profit_money", "profit BETWEEN 0 AND 10000000000000"))  # fmt: skip
    op.create_table(
        I, _need("state", sa.String(32)), _need("agreement_id", sa.Integer()), _need("from_on", sa.Date()), _need("to_on", sa.Date()), _need("revenue", sa.BigInteger()), _need("profit", sa.BigInteger()),
        _need("author_share", sa.Integer()), _need("intermediary_share", sa.Integer()), _need("host_share", sa.Integer()), _need("split", sa.JSON()), _need("document", sa.String(200)),
        sa.Column("reason", sa.Text()), _need("by_id", sa.Integer()), _need("at", sa.DateTime(timezone=True)), _id(), _need("public_id", sa.String(26)), _need("version", sa.Integer()),
        _need("result_id", sa.Integer()), _need("project_id", sa.Integer()), *(_check(I, name, rule) for name, rule in rules),
        _to(I, "agreement_id", "transfer_agreement"), _to(I, "by_id", "user_account"), _to(I, "result_id", "result"), _to(I, "project_id", "project"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{I}")), sa.UniqueConstraint("public_id", name=op.f(f"uq_{I}_public_id")),
    )  # fmt: skip


def downgrade():
    for table in (S, I, P):
        op.drop_table(table)
    op.drop_column("handover", "planned_use_pid")
