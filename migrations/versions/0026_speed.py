"""Indexes for what pages ask most: open things by their state, projects counted and added up by item

Reversible: yes. Data kept: no row is touched. Stages touched: ideas, execution, funding, selection; service: councils.

Revision 0026, after 0025
"""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

NEW = (
    ("ix_council_state", "council", ["state"]),
    ("ix_contract_state", "contract", ["state"]),
    ("ix_inspection_state", "inspection", ["state"]),
    ("ix_project_counted", "project", ["item_id", "decision_date", "approved_total", "paid_total"]),
    ("ix_project_historic", "project", ["historic"]),
    ("ix_report_state_due_on", "report", ["state", "due_on"]),
    ("ix_selection_round_state", "selection_round", ["state"]),
    ("ix_settlement_state", "settlement", ["state"]),
    ("ix_topic_counted", "topic", ["item_id", "year"]),
    ("ix_tranche_state", "tranche", ["state"]),
)
OLD = (("ix_project_item_id", "project", ["item_id"]), ("ix_report_due_on", "report", ["due_on"]), ("ix_topic_item_id", "topic", ["item_id"]))


def upgrade():
    _change(OLD, NEW)


def downgrade():
    _change(NEW, OLD)


def _change(before, after):
    for name, table, columns in after:
        op.create_index(name, table, columns)
    for name, table, _columns in before:
        op.drop_index(name, table_name=table)
