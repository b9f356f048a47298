"""Imports of lists: batches and their rows; historic projects may be under way, and leave with the import that brought them

Reversible: yes; imports and their provenance are lost, what they brought stays. Data kept: all else. Touched: project (one column),
project_closing (the guard of its deletion), two new tables.

Revision 0086, after 0083
"""

import sqlalchemy as sa
from alembic import op

revision = "0086"
down_revision = "0083"
branch_labels = None
depends_on = None

B, R = "import_batch", "import_row"
GUARD, WORDS = "project_closing_no_delete", "project_closing is append-only"
KEPT = "NOT EXISTS (SELECT 1 FROM project WHERE id = OLD.project_id AND historic)"


def text(name, length, nullable=False):
    return sa.Column(name, sa.String(length), nullable=nullable)


def whole(name):
    return sa.Column(name, sa.Integer(), nullable=False)


def moment(name, nullable=True):
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade():
    op.create_table(
        B, text("state", 32), text("target", 32), text("filename", 200), text("sha256", 64), text("sheet", 100), sa.Column("sheets", sa.JSON(), nullable=False), text("encoding", 32),
        sa.Column("with_hidden", sa.Boolean(), nullable=False), sa.Column("heads", sa.JSON(), nullable=False), whole("head_row"), text("shape", 32),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("mapping", "units", "defaults")), sa.Column("link_items", sa.Boolean(), nullable=False), sa.Column("notes", sa.JSON(), nullable=False),
        *(whole(name) for name in ("total", "with_errors", "with_warnings", "worked", "imported", "by_id")), moment("created_at", nullable=False), moment("started_at"), moment("finished_at"),
        moment("ended_at"), whole("id"), text("public_id", 26), whole("version"),
        sa.CheckConstraint("worked <= total", name=op.f(f"ck_{B}_worked_within_total")),
        sa.CheckConstraint("state IN ('read', 'checked', 'running', 'done', 'undone', 'dropped')", name=op.f(f"ck_{B}_state_enum")),
        sa.CheckConstraint("target IN ('projects', 'organisations')", name=op.f(f"ck_{B}_target_enum")),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f(f"fk_{B}_by_id_user_account"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{B}")), sa.UniqueConstraint("public_id", name=op.f(f"uq_{B}_public_id")),
    )  # fmt: skip
    for column in ("shape", "created_at", "sha256", "by_id"):
        op.create_index(op.f(f"ix_{B}_{column}"), B, [column])
    op.create_table(
        R, whole("batch_id"), whole("number"), sa.Column("cells", sa.JSON(), nullable=False), sa.Column("fixes", sa.JSON(), nullable=False), text("choice", 32),
        sa.Column("chosen", sa.Boolean(), nullable=False), sa.Column("understood", sa.JSON(), nullable=False), sa.Column("problems", sa.JSON(), nullable=False), text("folded", 600),
        whole("errors"), whole("warnings"), text("match_pid", 26, nullable=True), text("outcome", 32, nullable=True), text("subject_pid", 26, nullable=True), sa.Column("before", sa.JSON()),
        moment("done_at"), whole("id"), text("public_id", 26),
        sa.CheckConstraint("choice IN ('import', 'skip', 'fill')", name=op.f(f"ck_{R}_choice_enum")),
        sa.CheckConstraint("outcome IN ('imported', 'filled', 'skipped', 'refused')", name=op.f(f"ck_{R}_outcome_enum")),
        sa.ForeignKeyConstraint(["batch_id"], [f"{B}.id"], name=op.f(f"fk_{R}_batch_id_{B}"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{R}")), sa.UniqueConstraint("batch_id", "number", name=op.f(f"uq_{R}_batch_id_number")), sa.UniqueConstraint("public_id", name=op.f(f"uq_{R}_public_id")),
    )  # fmt: skip
    for column in ("batch_id", "subject_pid"):
        op.create_index(op.f(f"ix_{R}_{column}"), R, [column])
    op.create_index("ix_import_row_outcome", R, ["batch_id", "outcome", "id"])
    op.add_column("project", sa.Column("under_way", sa.Boolean(), nullable=False, server_default=sa.false()))
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute(f"DROP TRIGGER IF EXISTS {GUARD}" + ("" if sqlite else " ON project_closing"))
    if sqlite:
        op.execute(f"CREATE TRIGGER {GUARD} BEFORE DELETE ON project_closing WHEN {KEPT} BEGIN SELECT RAISE(ABORT, '{WORDS}'); END")
        return
    op.execute(f"CREATE OR REPLACE FUNCTION {GUARD}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {KEPT} THEN "
               f"RAISE EXCEPTION '{WORDS}' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN OLD; END $$")  # fmt: skip
    op.execute(f"CREATE TRIGGER {GUARD} BEFORE DELETE ON project_closing FOR EACH ROW EXECUTE FUNCTION {GUARD}()")


def downgrade():
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute(f"DROP TRIGGER IF EXISTS {GUARD}" + ("" if sqlite else " ON project_closing"))
    if sqlite:
        op.execute(f"CREATE TRIGGER {GUARD} BEFORE DELETE ON project_closing BEGIN SELECT RAISE(ABORT, '{WORDS}'); END")
    else:
        op.execute(f"CREATE TRIGGER {GUARD} BEFORE DELETE ON project_closing FOR EACH ROW EXECUTE FUNCTION refuse_change()")
        op.execute(f"DROP FUNCTION IF EXISTS {GUARD}()")
    op.drop_column("project", "under_way")
    op.drop_table(R)
    op.drop_table(B)
