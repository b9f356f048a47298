"""An account that was merged leads to the one that stays

Reversible: yes; closed accounts lead nowhere then. Data kept: all else. Touched: user_account.

Revision 0096, after 0095
"""

import sqlalchemy as sa
from alembic import op

revision = "0096"
down_revision = "0095"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("user_account") as batch:
        batch.add_column(sa.Column("merged_into_id", sa.Integer()))
        batch.create_foreign_key(op.f("fk_user_account_merged_into_id_user_account"), "user_account", ["merged_into_id"], ["id"], ondelete="RESTRICT")


def downgrade():
    with op.batch_alter_table("user_account") as batch:
        batch.drop_constraint(op.f("fk_user_account_merged_into_id_user_account"), type_="foreignkey")
        batch.drop_column("merged_into_id")
