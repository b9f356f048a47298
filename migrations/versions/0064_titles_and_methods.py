"""Changes of the title of a project and of its method of lump sums

Reversible: yes, while no such change was asked for. Data kept: all. Touched: adjustment.

Revision 0064, after 0066
"""

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0066"
branch_labels = None
depends_on = None

NAME = "ck_adjustment_kind_enum"
OLD = "kind IN ('extension', 'budget', 'content', 'pi', 'host', 'heads')"
NEW = "kind IN ('extension', 'budget', 'content', 'pi', 'host', 'heads', 'title', 'method')"


def _rewrite(was, now):
    """SQLite cannot change a CHECK in place: the text of the table is changed, as its manual does it."""
    bind = op.get_bind()
    if bind.dialect.name != "sqlite":
        op.execute(f"ALTER TABLE adjustment DROP CONSTRAINT {NAME}")
        op.execute(f"ALTER TABLE adjustment ADD CONSTRAINT {NAME} CHECK ({now})")
        return
    version = bind.exec_driver_sql("PRAGMA schema_version").scalar()
    text = bind.exec_driver_sql("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'adjustment'").scalar()
    if was not in text:
        raise RuntimeError("the text of adjustment is not what this migration knows")
    bind.exec_driver_sql("PRAGMA writable_schema=ON")
    bind.exec_driver_sql("UPDATE sqlite_master SET sql = ? WHERE type = 'table' AND name = 'adjustment'", (text.replace(was, now),))
    bind.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    bind.exec_driver_sql("PRAGMA writable_schema=RESET")


def upgrade():
    op.add_column("adjustment", sa.Column("used_at", sa.Text(), nullable=True))
    _rewrite(OLD, NEW)


def downgrade():
    if op.get_bind().exec_driver_sql("SELECT 1 FROM adjustment WHERE kind IN ('title', 'method') LIMIT 1").scalar():
        raise RuntimeError("changes of a title or a method were asked for: they would be lost")
    _rewrite(NEW, OLD)
    op.drop_column("adjustment", "used_at")
