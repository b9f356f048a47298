"""The ownership of a result is assigned once

Reversible: yes. Data kept: all. Stops where a result stands as assigned twice: end the wrong contract first. Stages touched: transfer.

Revision 0014, after 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ASSIGNED = sa.text("kind = 'assignment' AND state IN ('signed', 'registered')")


def upgrade():
    op.create_index("uq_transfer_agreement_assignment", "transfer_agreement", ["result_id"], unique=True, sqlite_where=ASSIGNED, postgresql_where=ASSIGNED)


def downgrade():
    op.drop_index("uq_transfer_agreement_assignment", table_name="transfer_agreement", sqlite_where=ASSIGNED, postgresql_where=ASSIGNED)
