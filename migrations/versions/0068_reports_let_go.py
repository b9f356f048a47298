"""Yearly reports on use that nobody awaits any more: after the end of a contract, or by an officer's reason

Reversible: yes; reports that were let go are awaited again. Data kept: all. Touched: follow_up.

Revision 0068, after 0061
"""

import sqlalchemy as sa
from alembic import op

revision = "0068"
down_revision = "0063"
branch_labels = None
depends_on = None

T = "follow_up"
OLD, NEW = "state IN ('due', 'reported', 'returned', 'verified')", "state IN ('due', 'reported', 'returned', 'verified', 'waived')"
OWN = sa.text("handover_id IS NULL AND agreement_id IS NULL")


def upgrade():
    _states(NEW)


def downgrade():
    op.execute("UPDATE follow_up SET state = 'due' WHERE state = 'waived'")
    _states(OLD)


def _states(check):
    op.drop_index("uq_follow_up_own", table_name=T)
    with op.batch_alter_table(T) as batch:
        batch.drop_constraint(op.f(f"ck_{T}_state_enum"), type_="check")
        batch.create_check_constraint(op.f(f"ck_{T}_state_enum"), check)
    op.create_index("uq_follow_up_own", T, ["result_id", "number"], unique=True, sqlite_where=OWN, postgresql_where=OWN)
