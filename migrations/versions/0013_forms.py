"""What a form is for: officers begin new forms themselves; by which submission an idea was put to the committee

Reversible: yes, what is written there meanwhile is lost. Data kept: all. Stages touched: ideas.

Revision 0013, after 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("questionnaire", sa.Column("purpose", sa.String(length=1000), nullable=True))
    op.add_column("idea", sa.Column("submission_pid", sa.String(length=26), nullable=True))
    op.execute("UPDATE questionnaire SET purpose = 'Tổ chức, cá nhân đề xuất nhiệm vụ để tỉnh đặt hàng.' WHERE code = 'ideas_order_form'")


def downgrade():
    op.drop_column("idea", "submission_pid")
    op.drop_column("questionnaire", "purpose")
