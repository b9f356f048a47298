"""An index by state: the desk asks for the dossiers to check at every look

Reversible: yes. Data kept: no row is touched. Stage touched: proposals.

Revision 0007, after 0006
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_proposal_state", "proposal", ["state"])


def downgrade():
    op.drop_index("ix_proposal_state", table_name="proposal")
