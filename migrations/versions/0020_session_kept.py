"""Who keeps a session when the council's secretary is absent: the seat that the council elected

Reversible: yes; minutes that are issued keep the name. Data kept: nothing before is touched. Service touched: councils.

Revision 0020, after 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("council", sa.Column("secretary_pid", sa.String(length=26), nullable=True))


def downgrade():
    op.drop_column("council", "secretary_pid")
