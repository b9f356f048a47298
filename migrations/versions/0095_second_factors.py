"""Second factors, passkeys, links to providers; sessions say how and when the person showed who it is

Reversible: yes; second factors, passkeys and links are lost, everybody signs in with the password again. Data kept: all else.
Touched: new tables, and sign_in_session: living sessions count as proved and seen when they were opened.

Revision 0095, after 0093
"""

import sqlalchemy as sa
from alembic import op

revision = "0095"
down_revision = "0093"
branch_labels = None
depends_on = None


def _of_person(table):
    return sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f(f"fk_{table}_user_id_user_account"), ondelete="RESTRICT")


def _table(name, *parts, public=False, person=True):
    head = [sa.Column("id", sa.Integer(), nullable=False)]
    if public:
        head.append(sa.Column("public_id", sa.String(length=26), nullable=False))
    if person:
        head.append(sa.Column("user_id", sa.Integer(), nullable=False))
    tail = [sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}"))]
    if public:
        tail.append(sa.UniqueConstraint("public_id", name=op.f(f"uq_{name}_public_id")))
    if person:
        tail.append(_of_person(name))
    op.create_table(name, *head, *parts, *tail)


def upgrade():
    _table("authenticator", sa.Column("sealed", sa.String(length=400), nullable=False), sa.Column("last_step", sa.BigInteger(), nullable=False),
           sa.Column("made_at", sa.DateTime(timezone=True), nullable=False), sa.UniqueConstraint("user_id", name=op.f("uq_authenticator_user_id")))  # fmt: skip
    _table("recovery_code", sa.Column("code_hash", sa.String(length=64), nullable=False), sa.Column("made_at", sa.DateTime(timezone=True), nullable=False), sa.Column("used_at", sa.DateTime(timezone=True)),
           sa.UniqueConstraint("user_id", "code_hash", name=op.f("uq_recovery_code_user_id_code_hash")))  # fmt: skip
    _table("passkey", sa.Column("credential_id", sa.String(length=1400), nullable=False), sa.Column("public_key", sa.Text(), nullable=False), sa.Column("counter", sa.BigInteger(), nullable=False),
           sa.Column("name", sa.String(length=60), nullable=False), sa.Column("made_at", sa.DateTime(timezone=True), nullable=False), sa.Column("used_at", sa.DateTime(timezone=True)),
           sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")), sa.CheckConstraint("counter >= 0", name=op.f("ck_passkey_counter_positive")), public=True)  # fmt: skip
    op.create_index(op.f("ix_passkey_user_id"), "passkey", ["user_id"])
    _table("used_challenge", sa.Column("challenge_hash", sa.String(length=64), nullable=False), sa.Column("at", sa.DateTime(timezone=True), nullable=False),
           sa.UniqueConstraint("challenge_hash", name=op.f("uq_used_challenge_challenge_hash")), person=False)  # fmt: skip
    op.create_index(op.f("ix_used_challenge_at"), "used_challenge", ["at"])
    _table("factor_try", sa.Column("at", sa.DateTime(timezone=True), nullable=False))
    op.create_index("ix_factor_try_user_id", "factor_try", ["user_id", "at"])
    _table("outside_account", sa.Column("issuer", sa.String(length=300), nullable=False), sa.Column("subject", sa.String(length=255), nullable=False),
           sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False), sa.Column("used_at", sa.DateTime(timezone=True)), sa.UniqueConstraint("issuer", "subject", name=op.f("uq_outside_account_issuer_subject")),
           sa.UniqueConstraint("user_id", "issuer", name=op.f("uq_outside_account_user_id_issuer")), public=True)  # fmt: skip
    op.create_index(op.f("ix_outside_account_user_id"), "outside_account", ["user_id"])
    with op.batch_alter_table("sign_in_session") as batch:
        batch.add_column(sa.Column("proved_at", sa.DateTime(timezone=True)))
        batch.add_column(sa.Column("seen_at", sa.DateTime(timezone=True)))
        batch.add_column(sa.Column("how", sa.String(length=32), nullable=False, server_default="password"))
    op.execute("UPDATE sign_in_session SET proved_at = created_at, seen_at = created_at")
    with op.batch_alter_table("sign_in_session") as batch:
        batch.alter_column("proved_at", nullable=False, existing_type=sa.DateTime(timezone=True))
        batch.alter_column("seen_at", nullable=False, existing_type=sa.DateTime(timezone=True))
        batch.alter_column("how", server_default=None, existing_type=sa.String(length=32))


def downgrade():
    with op.batch_alter_table("sign_in_session") as batch:
        for name in ("how", "seen_at", "proved_at"):
            batch.drop_column(name)
    for name in ("outside_account", "factor_try", "used_challenge", "passkey", "recovery_code", "authenticator"):
        op.drop_table(name)
