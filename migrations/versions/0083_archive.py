"""Dossiers as files, legal holds, handovers to the archive

Reversible: yes; copies, holds and handovers noted since are lost (the journal keeps the acts). Data kept: all else. Touched: three new tables.

Revision 0083, after 0080
"""

import sqlalchemy as sa
from alembic import op

revision = "0083"
down_revision = "0080"
branch_labels = None
depends_on = None

C, H, D = "archive_copy", "legal_hold", "archive_deposit"


def _when(name, *, needed=False):
    return sa.Column(name, sa.DateTime(timezone=True), nullable=not needed)


def _to(table, column, to):
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"), ondelete="RESTRICT")


def _keys(table):
    return (sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")), sa.UniqueConstraint("public_id", name=op.f(f"uq_{table}_public_id")))


def _head(*, version):
    columns = [sa.Column("id", sa.Integer(), nullable=False), sa.Column("public_id", sa.String(26), nullable=False)]
    return [*columns, sa.Column("version", sa.Integer(), nullable=False)] if version else columns


def upgrade():
    op.create_table(
        C, *_head(version=True), sa.Column("subject_type", sa.String(64), nullable=False), sa.Column("subject_pid", sa.String(26), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False), sa.Column("whole", sa.Boolean(), nullable=False), sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("state", sa.String(32), nullable=False), _when("requested_at", needed=True), _when("begun_at"), sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False), _when("finished_at"), _when("expires_at"), sa.Column("size", sa.BigInteger()), sa.Column("sha256", sa.String(64)),
        sa.CheckConstraint("state <> 'ready' OR (size IS NOT NULL AND sha256 IS NOT NULL AND expires_at IS NOT NULL)", name=op.f(f"ck_{C}_ready_is_whole")),
        sa.CheckConstraint("state IN ('requested', 'making', 'ready', 'failed', 'expired')", name=op.f(f"ck_{C}_state_enum")),
        _to(C, "user_id", "user_account"), *_keys(C),
    )  # fmt: skip
    op.create_index(op.f(f"ix_{C}_user_id"), C, ["user_id"])
    op.create_index(op.f(f"ix_{C}_state"), C, ["state"])
    op.create_index(f"ix_{C}_subject", C, ["subject_type", "subject_pid"])
    op.create_table(
        H, *_head(version=True), sa.Column("project_id", sa.Integer(), nullable=False), sa.Column("state", sa.String(32), nullable=False), sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_by_id", sa.Integer(), nullable=False), _when("placed_at", needed=True), sa.Column("lifted_by_id", sa.Integer()), _when("lifted_at"), sa.Column("lifted_reason", sa.Text()),
        sa.CheckConstraint("lifted_by_id IS NULL OR lifted_by_id <> placed_by_id", name=op.f(f"ck_{H}_two_persons")),
        *(sa.CheckConstraint(f"length({c}) <= 2000 AND trim({c}) <> ''", name=op.f(f"ck_{H}_{c}_text")) for c in ("reason", "lifted_reason")),
        sa.CheckConstraint("state IN ('placed', 'lifted')", name=op.f(f"ck_{H}_state_enum")),
        _to(H, "project_id", "project"), _to(H, "placed_by_id", "user_account"), _to(H, "lifted_by_id", "user_account"), *_keys(H),
    )  # fmt: skip
    op.create_index(op.f(f"ix_{H}_project_id"), H, ["project_id"])
    live = sa.text("state = 'placed'")
    op.create_index(f"uq_{H}_placed", H, ["project_id"], unique=True, sqlite_where=live, postgresql_where=live)
    op.create_table(
        D, *_head(version=False), sa.Column("project_id", sa.Integer(), nullable=False), sa.Column("handed_on", sa.Date(), nullable=False), sa.Column("receiver", sa.String(200), nullable=False),
        sa.Column("minutes", sa.String(100), nullable=False), sa.Column("shelf", sa.String(100)), sa.Column("by_id", sa.Integer(), nullable=False), _when("at", needed=True),
        sa.UniqueConstraint("project_id", name=op.f(f"uq_{D}_project_id")), _to(D, "project_id", "project"), _to(D, "by_id", "user_account"), *_keys(D),
    )  # fmt: skip
    sqlite = op.get_bind().dialect.name == "sqlite"
    for verb in ("update", "delete"):
        then = f"BEGIN SELECT RAISE(ABORT, '{D} is append-only'); END" if sqlite else "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        op.execute(f"CREATE TRIGGER {D}_no_{verb} BEFORE {verb.upper()} ON {D} {then}")
    if not sqlite:
        op.execute(f"CREATE TRIGGER {D}_no_truncate BEFORE TRUNCATE ON {D} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")


def downgrade():
    for table in (D, H, C):
        op.drop_table(table)
