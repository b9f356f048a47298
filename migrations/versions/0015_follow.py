"""A key of its own for each follower of a call: the link at the end of a mail that ends these mails

Reversible: yes, the keys go and with them the links in mails that were sent. Data kept: every follower, with a new key.
Stages touched: calls.

Revision 0015, after 0014
"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"


def upgrade():
    op.add_column("call_follower", sa.Column("public_id", sa.String(length=26), nullable=True))
    table = sa.table("call_follower", sa.column("id", sa.Integer), sa.column("public_id", sa.String))
    connection = op.get_bind()
    for (number,) in connection.execute(sa.select(table.c.id)).all():
        key = "".join(secrets.choice(LETTERS) for _n in range(26))
        connection.execute(sa.update(table).where(table.c.id == number).values(public_id=key))
    with op.batch_alter_table("call_follower") as batch:
        batch.alter_column("public_id", existing_type=sa.String(length=26), nullable=False)
        batch.create_unique_constraint(op.f("uq_call_follower_public_id"), ["public_id"])


def downgrade():
    with op.batch_alter_table("call_follower") as batch:
        batch.drop_constraint(op.f("uq_call_follower_public_id"), type_="unique")
        batch.drop_column("public_id")
