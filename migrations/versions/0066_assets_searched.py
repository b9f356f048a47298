"""Assets are searched with and without diacritics

Reversible: yes. Data kept: all; names of before are found by what they are in small letters until they are changed.
Touched: acceptance_asset.

Revision 0066, after 0074
"""

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0074"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("acceptance_asset", sa.Column("folded", sa.String(length=600), nullable=False, server_default=""))
    op.execute("UPDATE acceptance_asset SET folded = lower(name)")


def downgrade():
    op.execute("ALTER TABLE acceptance_asset DROP COLUMN folded")
