"""A council is proposed before it is established; it may hold several sessions; items are given back, members replaced

The CHECK on the state of a council gets one more word. SQLite cannot change a CHECK in place, and a table that others
point to is not made anew under them: the text of the table is changed in the schema, what is on disk stays as it is.

Reversible: yes; a proposed council is then in preparation again, given-back items and members who left are as they were before.
Data kept: nothing before is touched. Service touched: councils.

Revision 0016, after 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

OLD = "state IN ('draft', 'established', 'convened', 'concluded', 'dissolved')"
NEW = "state IN ('draft', 'proposed', 'established', 'convened', 'concluded', 'dissolved')"
CHAIR, SITTING_CHAIR = "role = 'chair'", "role = 'chair' AND left_at IS NULL"


def upgrade():
    op.add_column("council", sa.Column("sessions", sa.JSON(), nullable=True))
    op.add_column("agenda_item", sa.Column("given_back_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("agenda_item", sa.Column("given_back_reason", sa.Text(), nullable=True))
    op.add_column("seat", sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))
    _states(OLD, NEW)
    _one_chair(SITTING_CHAIR)


def downgrade():
    op.execute("UPDATE council SET state = 'draft' WHERE state = 'proposed'")
    _states(NEW, OLD)
    op.execute("UPDATE seat SET role = 'member' WHERE left_at IS NOT NULL AND role = 'chair'")  # one chair only, as before
    _one_chair(CHAIR)
    op.drop_column("seat", "left_at")
    op.drop_column("agenda_item", "given_back_reason")
    op.drop_column("agenda_item", "given_back_at")
    op.drop_column("council", "sessions")


def _one_chair(where):
    op.drop_index("uq_seat_chair", table_name="seat")
    op.create_index("uq_seat_chair", "seat", ["council_id"], unique=True, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _states(before, after):
    bind = op.get_bind()
    if bind.dialect.name != "sqlite":
        op.execute("ALTER TABLE council DROP CONSTRAINT ck_council_state_enum")
        op.execute(f"ALTER TABLE council ADD CONSTRAINT ck_council_state_enum CHECK ({after})")
        return
    version = bind.exec_driver_sql("PRAGMA schema_version").scalar()
    table = bind.exec_driver_sql("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'council'").scalar()
    bind.exec_driver_sql("PRAGMA writable_schema=ON")
    bind.exec_driver_sql("UPDATE sqlite_master SET sql = ? WHERE type = 'table' AND name = 'council'", (table.replace(before, after),))
    bind.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    bind.exec_driver_sql("PRAGMA writable_schema=RESET")
