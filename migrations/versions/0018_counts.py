"""The board counts ideas and dossiers by item and year from an index alone

Reversible: yes. Data kept: nothing is touched. Services touched: none; stages ideas, proposals.

Revision 0018, after 0017
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_idea_counted", "idea", ["item_id", "year", "submitted_at", "owner_id"])
    op.create_index("ix_proposal_counted", "proposal", ["item_id", "call_topic_id", "state", "pi_id", "host_id"])


def downgrade():
    op.drop_index("ix_proposal_counted", table_name="proposal")
    op.drop_index("ix_idea_counted", table_name="idea")
