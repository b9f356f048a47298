"""The index from which the board counts dossiers holds all that their list asks: since dossiers on paper, also whether one is a transcript

Reversible: yes. Data kept: no row is touched. Stages touched: proposals.

Revision 0040, after 0038
"""

from alembic import op

revision = "0040"
down_revision = "0038"
branch_labels = None
depends_on = None

BEFORE = ["item_id", "call_topic_id", "state", "pi_id", "host_id"]


def upgrade():
    _change([*BEFORE, "is_transcript"])


def downgrade():
    _change(BEFORE)


def _change(columns):
    op.drop_index("ix_proposal_counted", table_name="proposal")
    op.create_index("ix_proposal_counted", "proposal", columns)
