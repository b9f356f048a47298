"""A certificate of registration belongs to one transfer contract

Reversible: yes. Data kept: all; stops where one number stands twice. Touched: transfer_agreement (index).

Revision 0078, after 0077
"""

from alembic import op

revision = "0078"
down_revision = "0077"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("uq_transfer_agreement_registered_number", "transfer_agreement", ["registered_number"], unique=True)


def downgrade():
    op.drop_index("uq_transfer_agreement_registered_number", table_name="transfer_agreement")
