"""A council may adopt no opinion on an idea: that is an outcome of its own

Reversible: yes, unless an idea has that outcome: then it has no place in the older table and the downgrade is refused.
Data kept: no row is touched. Stage touched: ideas.

Revision 0019, after 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

OLD = "outcome IN ('do', 'do_with_changes', 'do_not', 'redirect')"
NEW = "outcome IN ('do', 'do_with_changes', 'do_not', 'redirect', 'not_adopted')"


def upgrade():
    _change(OLD, NEW)


def downgrade():
    if op.get_bind().execute(sa.text("SELECT count(*) FROM idea WHERE outcome = 'not_adopted'")).scalar():
        raise RuntimeError("ideas have this outcome: decide them otherwise first")
    _change(NEW, OLD)


def _change(before, after):
    bind = op.get_bind()
    if bind.dialect.name != "sqlite":
        op.execute("ALTER TABLE idea DROP CONSTRAINT ck_idea_outcome_enum")
        op.execute(f"ALTER TABLE idea ADD CONSTRAINT ck_idea_outcome_enum CHECK ({after})")
        return
    version = bind.exec_driver_sql("PRAGMA schema_version").scalar()  # only a CHECK changes: what is on disk stays as it is
    text = bind.exec_driver_sql("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'idea'").scalar()
    bind.exec_driver_sql("PRAGMA writable_schema=ON")
    bind.exec_driver_sql("UPDATE sqlite_master SET sql = ? WHERE type = 'table' AND name = 'idea'", (text.replace(before, after),))
    bind.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    bind.exec_driver_sql("PRAGMA writable_schema=RESET")
