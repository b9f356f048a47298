"""What was sent of an order form before it was returned; what the body named to receive a result was asked, and what it answered itself

Reversible: yes; the answers go with their table. Data kept: nothing before is touched; bodies named in earlier ideas can be asked. Stages touched: ideas.

Revision 0028, after 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

T = "receiver_commitment"


def upgrade():
    op.create_table(
        T,
        sa.Column("state", sa.String(length=32), nullable=False), sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False), sa.Column("text", sa.Text(), nullable=False), sa.Column("own_word", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False), sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True), sa.Column("person", sa.String(length=200), nullable=True),
        sa.Column("document", sa.String(length=60), nullable=True), sa.Column("reason", sa.Text(), nullable=True), sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False), sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state = 'asked' OR answered_at IS NOT NULL", name=op.f(f"ck_{T}_answered_has_time")),
        sa.CheckConstraint("state <> 'declined' OR reason IS NOT NULL", name=op.f(f"ck_{T}_declined_has_reason")),
        sa.CheckConstraint("state IN ('asked', 'confirmed', 'declined')", name=op.f(f"ck_{T}_state_enum")),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f(f"fk_{T}_idea_id_idea"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f(f"fk_{T}_organisation_id_organisation"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["answered_by_id"], ["user_account.id"], name=op.f(f"fk_{T}_answered_by_id_user_account"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{T}")), sa.UniqueConstraint("public_id", name=op.f(f"uq_{T}_public_id")),
        sa.UniqueConstraint("idea_id", "organisation_id", name=op.f(f"uq_{T}_idea_id_organisation_id")),
    )  # fmt: skip
    op.create_index(op.f(f"ix_{T}_idea_id"), T, ["idea_id"])
    op.create_index(op.f(f"ix_{T}_organisation_id"), T, ["organisation_id"])
    op.add_column("order_form", sa.Column("sent_answers", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("order_form", sa.Column("former_answers", sa.JSON(none_as_null=True), nullable=True))


def downgrade():
    op.drop_column("order_form", "former_answers")
    op.drop_column("order_form", "sent_answers")
    op.drop_table(T)
