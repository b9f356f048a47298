"""Councils on the effect of a result; an evaluation names the council whose conclusion it takes over

Reversible: yes; which council an evaluation stood on is lost. Data kept: all else. Stops on the way down where such a council exists.
Touched: council (check), effectiveness.

Revision 0077, after 0064
"""

from alembic import op
from sqlalchemy import text

revision = "0077"
down_revision = "0064"
branch_labels = None
depends_on = None

NAME = "ck_council_kind_enum"
OLD = "kind IN ('identification', 'selection', 'appraisal', 'acceptance')"
NEW = "kind IN ('identification', 'selection', 'appraisal', 'acceptance', 'effectiveness')"
KEY = "CONSTRAINT fk_effectiveness_council_id_council FOREIGN KEY(council_id) REFERENCES council (id) ON DELETE RESTRICT"
INDEX = "uq_effectiveness_council"


def upgrade():
    _check(OLD, NEW)
    op.execute("ALTER TABLE effectiveness ADD COLUMN council_id INTEGER")
    if op.get_bind().dialect.name == "sqlite":
        _rewrite("effectiveness", lambda said: f"{said.rstrip().removesuffix(')')}, {KEY})")
    else:
        op.execute(f"ALTER TABLE effectiveness ADD {KEY}")
    op.create_index(INDEX, "effectiveness", ["council_id"], unique=True)


def downgrade():
    if op.get_bind().execute(text("SELECT count(*) FROM council WHERE kind = 'effectiveness'")).scalar():
        raise RuntimeError("a council on the effect of a result has no place in the older table")
    op.drop_index(INDEX, table_name="effectiveness")
    if op.get_bind().dialect.name == "sqlite":
        _rewrite("effectiveness", lambda said: said.replace(f", {KEY}", ""))
    op.execute("ALTER TABLE effectiveness DROP COLUMN council_id")
    _check(NEW, OLD)


def _check(old, new):
    if op.get_bind().dialect.name == "sqlite":
        _rewrite("council", lambda said: said.replace(f"CONSTRAINT {NAME} CHECK ({old})", f"CONSTRAINT {NAME} CHECK ({new})"))
    else:
        op.execute(f"ALTER TABLE council DROP CONSTRAINT {NAME}")
        op.execute(f"ALTER TABLE council ADD CONSTRAINT {NAME} CHECK ({new})")


def _rewrite(table, change):
    """SQLite cannot change a constraint in place: the text of the table is changed, as its manual does it."""
    bind = op.get_bind()
    version = bind.exec_driver_sql("PRAGMA schema_version").scalar()
    said = bind.exec_driver_sql("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)).scalar()
    if change(said) == said:
        raise RuntimeError(f"the text of {table} is not what this migration knows")
    bind.exec_driver_sql("PRAGMA writable_schema=ON")
    bind.exec_driver_sql("UPDATE sqlite_master SET sql = ? WHERE type = 'table' AND name = ?", (change(said), table))
    bind.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    bind.exec_driver_sql("PRAGMA writable_schema=RESET")
