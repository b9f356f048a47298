"""What a result is by its kind, with its DOI; and the protection asked for it: applications and titles with numbers and days

Reversible: yes; details and protection are lost. Data kept: all else. Touched: two new tables.

Revision 0069, after 0068
"""

import sqlalchemy as sa
from alembic import op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None

D, R = "result_detail", "result_right"
KINDS = "kind IN ('patent', 'utility', 'design', 'trademark', 'copyright', 'variety')"
STATES = "state IN ('filed', 'granted', 'refused', 'lapsed')"
HAS_NUMBER = sa.text("granted_number IS NOT NULL")
CHECKS = (
    ("kind_enum", KINDS), ("state_enum", STATES), ("granted_has_number", "state NOT IN ('granted', 'lapsed') OR (granted_number IS NOT NULL AND granted_on IS NOT NULL)"),
    ("granted_after_applied", "granted_on IS NULL OR granted_on >= applied_on"), ("expires_after_granted", "expires_on IS NULL OR expires_on > granted_on"),
    *((f"{name}_text", f"length({name}) <= {most} AND trim({name}) <> ''") for name, most in (("title", 500), ("applicant", 300), ("applied_number", 64))),
)  # fmt: skip
WORDS = "a registered result is frozen"


def upgrade():
    op.create_table(
        D, sa.Column("id", sa.Integer(), nullable=False), sa.Column("result_id", sa.Integer(), nullable=False), sa.Column("doi", sa.String(200)), sa.Column("said", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["result_id"], ["result.id"], name=op.f(f"fk_{D}_result_id_result"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{D}")), sa.UniqueConstraint("result_id", name=op.f(f"uq_{D}_result_id")), sa.UniqueConstraint("doi", name=op.f(f"uq_{D}_doi")),
    )  # fmt: skip
    op.create_table(
        R, sa.Column("state", sa.String(32), nullable=False), sa.Column("result_id", sa.Integer(), nullable=False), sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("title", sa.String(500), nullable=False), sa.Column("applicant", sa.String(300), nullable=False), sa.Column("applied_number", sa.String(64), nullable=False),
        sa.Column("applied_on", sa.Date(), nullable=False), sa.Column("granted_number", sa.String(64)), sa.Column("granted_on", sa.Date()), sa.Column("expires_on", sa.Date()),
        sa.Column("ended_on", sa.Date()), sa.Column("reason", sa.Text()), sa.Column("created_by_id", sa.Integer(), nullable=False), sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False), sa.Column("public_id", sa.String(26), nullable=False), sa.Column("version", sa.Integer(), nullable=False),
        *(sa.CheckConstraint(check, name=op.f(f"ck_{R}_{name}")) for name, check in CHECKS),
        sa.ForeignKeyConstraint(["result_id"], ["result.id"], name=op.f(f"fk_{R}_result_id_result"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["created_by_id"], ["user_account.id"], name=op.f(f"fk_{R}_created_by_id_user_account"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{R}")), sa.UniqueConstraint("public_id", name=op.f(f"uq_{R}_public_id")),
    )  # fmt: skip
    for column in ("result_id", "expires_on"):
        op.create_index(op.f(f"ix_{R}_{column}"), R, [column])
    op.create_index("uq_result_right_applied", R, ["kind", "applied_number"], unique=True)
    op.create_index("uq_result_right_granted", R, ["kind", "granted_number"], unique=True, sqlite_where=HAS_NUMBER, postgresql_where=HAS_NUMBER)
    for verb, row in (("insert", "NEW"), ("update", "OLD"), ("delete", "OLD")):
        _refuse(f"result_detail_{verb}", verb.upper(), f"(SELECT state FROM result WHERE id = {row}.result_id) = 'registered'", "OLD" if verb == "delete" else "NEW")


def _refuse(name, verb, case, give):
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {D} WHEN {case} BEGIN SELECT RAISE(ABORT, '{WORDS}'); END")
        return
    op.execute(f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {case} THEN "
               f"RAISE EXCEPTION '{WORDS}' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {give}; END $$; "
               f"CREATE TRIGGER {name} BEFORE {verb} ON {D} FOR EACH ROW EXECUTE FUNCTION {name}()")  # fmt: skip


def downgrade():
    op.drop_table(R)
    op.drop_table(D)
    if op.get_bind().dialect.name != "sqlite":
        for verb in ("insert", "update", "delete"):
            op.execute(f"DROP FUNCTION result_detail_{verb}()")
