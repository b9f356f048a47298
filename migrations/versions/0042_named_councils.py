"""A call says whether applicants are told who sat on the council, together with the outcome

Reversible: yes. Data kept: all; the calls that are there name nobody, as before. Touched: calls.

Revision 0042, after 0040
"""

from alembic import op

revision = "0042"
down_revision = "0040"
branch_labels = None
depends_on = None

NAME, WHEN, SAID = "call_naming_frozen", "OLD.state <> 'draft' AND OLD.opens_at IS NOT NULL", "a published notice is frozen"


def upgrade():
    op.execute("ALTER TABLE call ADD COLUMN names_council BOOLEAN NOT NULL DEFAULT false")
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER {NAME} BEFORE UPDATE OF names_council ON call WHEN {WHEN} BEGIN SELECT RAISE(ABORT, '{SAID}'); END")
        return
    op.execute(f"CREATE OR REPLACE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {WHEN} THEN "
               f"RAISE EXCEPTION '{SAID}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
               f"IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$")  # fmt: skip
    op.execute(f"CREATE TRIGGER {NAME} BEFORE UPDATE OF names_council ON call FOR EACH ROW EXECUTE FUNCTION {NAME}()")


def downgrade():
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"DROP TRIGGER {NAME}")
    else:
        op.execute(f"DROP TRIGGER {NAME} ON call")
        op.execute(f"DROP FUNCTION {NAME}()")
    op.execute("ALTER TABLE call DROP COLUMN names_council")
