"""Keys of partner systems, what they report, and accounts of programs

Reversible: yes; keys, notices and the mark of accounts of programs are lost. Data kept: all else. Touched: two new tables, user_account.

Revision 0093, after 0088
"""

import sqlalchemy as sa
from alembic import op

revision = "0093"
down_revision = "0088"
branch_labels = None
depends_on = None

K, N = "api_key", "api_notice"


def upgrade():
    op.add_column("user_account", sa.Column("is_service", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        K,
        sa.Column("id", sa.Integer(), nullable=False), sa.Column("public_id", sa.String(26), nullable=False), sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False), sa.Column("prefix", sa.String(8), nullable=False), sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False), sa.Column("organisation_id", sa.Integer(), nullable=False), sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False), sa.Column("created_at", sa.DateTime(timezone=True), nullable=False), sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True)), sa.Column("reason", sa.String(1000)),
        sa.CheckConstraint("length(name) <= 120 AND trim(name) <> ''", name=op.f(f"ck_{K}_name_text")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f(f"fk_{K}_organisation_id_organisation"), ondelete="RESTRICT"),
        *(sa.ForeignKeyConstraint([column], ["user_account.id"], name=op.f(f"fk_{K}_{column}_user_account"), ondelete="RESTRICT") for column in ("account_id", "created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{K}")), sa.UniqueConstraint("organisation_id", "name", name=op.f(f"uq_{K}_organisation_id_name")),
        *(sa.UniqueConstraint(column, name=op.f(f"uq_{K}_{column}")) for column in ("public_id", "prefix", "digest")),
    )  # fmt: skip
    for column in ("organisation_id", "account_id"):
        op.create_index(op.f(f"ix_{K}_{column}"), K, [column])
    op.create_table(
        N,
        sa.Column("id", sa.Integer(), nullable=False), sa.Column("public_id", sa.String(26), nullable=False), sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("subject_pid", sa.String(26), nullable=False), sa.Column("number", sa.String(64), nullable=False), sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger()), sa.Column("key_id", sa.Integer(), nullable=False), sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(number) <= 64 AND trim(number) <> ''", name=op.f(f"ck_{N}_number_text")),
        sa.CheckConstraint("kind <> 'payment' OR amount IS NOT NULL", name=op.f(f"ck_{N}_payment_has_amount")),
        sa.CheckConstraint("amount BETWEEN 0 AND 10000000000000", name=op.f(f"ck_{N}_amount_money")),
        sa.CheckConstraint("kind IN ('payment', 'certificate')", name=op.f(f"ck_{N}_kind_enum")),
        sa.ForeignKeyConstraint(["key_id"], [f"{K}.id"], name=op.f(f"fk_{N}_key_id_{K}"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f(f"fk_{N}_by_id_user_account"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{N}")), sa.UniqueConstraint("public_id", name=op.f(f"uq_{N}_public_id")),
    )  # fmt: skip
    op.create_index(op.f(f"ix_{N}_subject"), N, ["kind", "subject_pid"])
    op.create_index(op.f(f"ix_{N}_key_id"), N, ["key_id"])
    sqlite = op.get_bind().dialect.name == "sqlite"
    for verb in ("update", "delete"):
        made = f"CREATE TRIGGER {N}_no_{verb} BEFORE {verb.upper()} ON {N}"
        op.execute(f"{made} BEGIN SELECT RAISE(ABORT, '{N} is append-only'); END" if sqlite else f"{made} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
    if not sqlite:
        op.execute(f"CREATE TRIGGER {N}_no_truncate BEFORE TRUNCATE ON {N} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")


def downgrade():
    op.drop_table(N)
    op.drop_table(K)
    op.drop_column("user_account", "is_service")
