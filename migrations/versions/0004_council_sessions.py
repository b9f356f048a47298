"""What a council's session leaves: the vice chair's authorisation, the conclusion, and words to search by

Reversible: yes, the three texts go. Data kept: nothing before is touched. Service touched: councils.

Revision 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("council", sa.Column("authorisation", sa.String(length=200), nullable=True))
    op.add_column("council", sa.Column("folded", sa.Text(), nullable=False, server_default=""))
    op.add_column("council", sa.Column("conclusion", sa.Text(), nullable=True))


def downgrade():
    with op.batch_alter_table("council") as council:
        council.drop_column("conclusion")
        council.drop_column("folded")
        council.drop_column("authorisation")
