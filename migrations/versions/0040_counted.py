"""Indexes that hold all that board and desk ask of rows they only count or pick: dossiers also whether they are transcripts, and the key, without
which PostgreSQL reads the whole table; topics by state and age

Reversible: yes. Data kept: no row is touched. Stages touched: proposals, ideas, funding.

Revision 0040, after 0038
"""

from alembic import op

revision = "0040"
down_revision = "0038"
branch_labels = None
depends_on = None

WIDER = (
    ("ix_proposal_counted", "proposal", ["item_id", "call_topic_id", "state", "pi_id", "host_id"], ["is_transcript", "id"]),
    ("ix_proposal_state", "proposal", ["state"], ["id"]),
    ("ix_topic_counted", "topic", ["item_id", "year"], ["id"]),
    ("ix_project_counted", "project", ["item_id", "decision_date", "approved_total", "paid_total"], ["id"]),
    ("ix_project_historic", "project", ["historic"], ["id"]),
)
NEW = ("ix_topic_state_created_at", "topic", ["state", "created_at", "id"])


def upgrade():
    _change(wider=True)
    op.create_index(*NEW)


def downgrade():
    op.drop_index(NEW[0], table_name=NEW[1])
    _change(wider=False)


def _change(*, wider):
    for name, table, columns, more in WIDER:
        op.drop_index(name, table_name=table)
        op.create_index(name, table, columns + more if wider else columns)
