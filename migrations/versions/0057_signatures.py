"""What the digital signatures inside PDF files say

Reversible: yes; the answers are lost, `flask files signatures` does not bring them back for files that came before. Data kept: all else.

Revision 0057, after 0055
"""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "blob_signatures", sa.Column("sha256", sa.String(64), nullable=False), sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["blob.sha256"], name=op.f("fk_blob_signatures_sha256_blob"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_blob_signatures")),
    )  # fmt: skip


def downgrade():
    op.drop_table("blob_signatures")
