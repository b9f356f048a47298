"""The host can ask for an early end; an award cancelled before its contract ended otherwise than a terminated project; a role's scope is the membership

Reversible: yes, unless somebody asks for an early end: that has no place in the older table and the downgrade is refused. Data kept: every
row; closings of projects that never had a signed contract now say "cancelled" (the journal says what happened from the start). The column
role_grant.organisation_id was never asked and is dropped. Stages touched: funding, execution, people.

Revision 0029, after 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

CLOSING = (("kind IN ('recognised', 'failed', 'terminated')", "kind IN ('recognised', 'failed', 'terminated', 'cancelled')"),)
STATE = ("state IN ('opened', 'decided', 'dropped')", "state IN ('requested', 'opened', 'decided', 'dropped', 'withdrawn')")
OPENED = ("ck_termination_opened_by_someone", "state IN ('requested', 'withdrawn') OR (opened_by_id IS NOT NULL AND opened_at IS NOT NULL)")
ASKED = ("ck_termination_requested_by_someone", "state NOT IN ('requested', 'withdrawn') OR (requested_by_id IS NOT NULL AND requested_at IS NOT NULL)")
BEFORE = "CONSTRAINT ck_termination_four_eyes CHECK"
MORE = ", \n\t".join(f"CONSTRAINT {name} CHECK ({text})" for name, text in (OPENED, ASKED)) + f", \n\t{BEFORE}"
POINTS = "CONSTRAINT fk_termination_decided_by_id_user_account FOREIGN KEY"
ASKER = "CONSTRAINT fk_termination_requested_by_id_user_account FOREIGN KEY(requested_by_id) REFERENCES user_account (id) ON DELETE RESTRICT"
TERMINATION = (STATE, (POINTS, f"{ASKER}, \n\t{POINTS}"), ("opened_by_id INTEGER NOT NULL", "opened_by_id INTEGER"), ("opened_at DATETIME NOT NULL", "opened_at DATETIME"), (BEFORE, MORE))
NEVER_SIGNED = ("NOT EXISTS (SELECT 1 FROM contract WHERE contract.project_id = project_closing.project_id AND contract.state <> 'draft') "
                "AND NOT EXISTS (SELECT 1 FROM project WHERE project.id = project_closing.project_id AND project.historic)")  # fmt: skip
FROZEN = "CREATE TRIGGER project_closing_no_update BEFORE UPDATE ON project_closing BEGIN SELECT RAISE(ABORT, 'project_closing is append-only'); END"


def upgrade():
    sqlite = op.get_bind().dialect.name == "sqlite"
    for column in ("requested_by_id INTEGER", f"requested_at {'DATETIME' if sqlite else 'TIMESTAMP WITH TIME ZONE'}"):
        op.execute(f"ALTER TABLE termination ADD COLUMN {column}")
    if sqlite:
        _rewrite("termination", TERMINATION)
        _rewrite("project_closing", CLOSING)
    else:
        for column in ("opened_by_id", "opened_at"):
            op.execute(f"ALTER TABLE termination ALTER COLUMN {column} DROP NOT NULL")
        op.execute(f"ALTER TABLE termination ADD {ASKER}")
        _check("termination", "ck_termination_state_enum", STATE[1])
        _check("termination", *OPENED)
        _check("termination", *ASKED)
        _check("project_closing", "ck_project_closing_kind_enum", CLOSING[0][1])
    op.drop_index("uq_termination_one_open", table_name="termination")
    op.execute("CREATE UNIQUE INDEX uq_termination_one_open ON termination (project_id) WHERE state IN ('requested', 'opened')")
    _rename("terminated", "cancelled", sqlite)
    with op.batch_alter_table("role_grant", copy_from=_grants(scoped=True)) as batch:
        batch.drop_column("organisation_id")


def downgrade():
    sqlite = op.get_bind().dialect.name == "sqlite"
    if op.get_bind().execute(sa.text("SELECT count(*) FROM termination WHERE state IN ('requested', 'withdrawn')")).scalar():
        raise RuntimeError("early ends that hosts ask for have no place in the older table: deal with them first")
    with op.batch_alter_table("role_grant", copy_from=_grants(scoped=False)) as batch:
        batch.add_column(sa.Column("organisation_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_role_grant_organisation_id_organisation"), "organisation", ["organisation_id"], ["id"], ondelete="RESTRICT")
    _rename("cancelled", "terminated", sqlite)
    op.drop_index("uq_termination_one_open", table_name="termination")
    if sqlite:
        _rewrite("project_closing", [(new, old) for old, new in CLOSING])
        _rewrite("termination", [(new, old) for old, new in reversed(TERMINATION)])
    else:
        for name in (OPENED[0], ASKED[0]):
            op.execute(f"ALTER TABLE termination DROP CONSTRAINT {name}")
        _check("termination", "ck_termination_state_enum", STATE[0])
        _check("project_closing", "ck_project_closing_kind_enum", CLOSING[0][0])
        for column in ("opened_by_id", "opened_at"):
            op.execute(f"ALTER TABLE termination ALTER COLUMN {column} SET NOT NULL")
    op.execute("CREATE UNIQUE INDEX uq_termination_one_open ON termination (project_id) WHERE state = 'opened'")
    op.execute("ALTER TABLE termination DROP COLUMN requested_at")
    op.execute("ALTER TABLE termination DROP COLUMN requested_by_id")


def _rename(before, after, sqlite):
    """Closings are append-only: their guard steps aside for this one change of word."""
    op.execute("DROP TRIGGER project_closing_no_update" if sqlite else "ALTER TABLE project_closing DISABLE TRIGGER project_closing_no_update")
    op.execute(f"UPDATE project_closing SET kind = '{after}' WHERE kind = '{before}' AND {NEVER_SIGNED}")
    op.execute(FROZEN if sqlite else "ALTER TABLE project_closing ENABLE TRIGGER project_closing_no_update")


def _check(table, name, text):
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}")
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({text})")


def _rewrite(table, replacements):
    bind = op.get_bind()
    version = bind.exec_driver_sql("PRAGMA schema_version").scalar()  # only what is allowed changes: what is on disk stays as it is
    text = bind.exec_driver_sql("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)).scalar()
    for before, after in replacements:
        assert before in text, (table, before)
        text = text.replace(before, after, 1)
    bind.exec_driver_sql("PRAGMA writable_schema=ON")
    bind.exec_driver_sql("UPDATE sqlite_master SET sql = ? WHERE type = 'table' AND name = ?", (text, table))
    bind.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    bind.exec_driver_sql("PRAGMA writable_schema=RESET")


def _grants(*, scoped):
    """role_grant as it stands, for SQLite, which makes the table anew."""
    T = "role_grant"
    scope = [sa.Column("organisation_id", sa.Integer(), nullable=True)] if scoped else []
    points = [sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f(f"fk_{T}_organisation_id_organisation"), ondelete="RESTRICT")] if scoped else []
    return sa.Table(
        T, sa.MetaData(),
        sa.Column("user_id", sa.Integer(), nullable=False), sa.Column("role", sa.String(length=32), nullable=False), *scope,
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False), sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True), sa.Column("granted_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False), sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.CheckConstraint("role IN ('admin', 'officer', 'leader', 'province', 'finance', 'registry', 'auditor', 'agency', 'host', 'expert', 'researcher')",
                           name=op.f(f"ck_{T}_role_enum")),
        sa.CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name=op.f(f"ck_{T}_ends_after_start")),
        sa.ForeignKeyConstraint(["granted_by_id"], ["user_account.id"], name=op.f(f"fk_{T}_granted_by_id_user_account"), ondelete="RESTRICT"),
        *points,
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f(f"fk_{T}_user_id_user_account"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{T}")), sa.UniqueConstraint("public_id", name=op.f(f"uq_{T}_public_id")),
        sa.Index(op.f(f"ix_{T}_user_id"), "user_id"),
    )  # fmt: skip
