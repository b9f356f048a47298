"""The pool of experts: fields, days away, invitations, imports; relations that people declare; what members sign for a session, when who was out of an item came back, who was asked for a seat

Reversible: yes; the answers go with their tables. Data kept: nothing before is touched; experts of before get their entry when they are put on the list. Services touched: experts, conflicts, councils.

Revision 0032, after 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0030"
branch_labels = None
depends_on = None

TABLES = ("expert", "expert_upload", "tie", "expert_away", "expert_field", "expert_invitation", "seat_ask", "conflict_declaration", "recusal_end")
FROZEN = ("conflict_declaration", "recusal_end")


def _append_only(table):
    """As the models have it, word by word."""
    for verb in ("update", "delete"):
        made = f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table}"
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"{made} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END")
        else:
            op.execute(f"{made} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
    if op.get_bind().dialect.name != "sqlite":
        op.execute(f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")


def upgrade():
    op.create_table(
        "expert",
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sort_name", sa.String(length=400), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("email_norm", sa.String(length=320), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column("degree", sa.String(length=32), nullable=False),
        sa.Column("body", sa.String(length=300), nullable=True),
        sa.Column("speciality", sa.String(length=500), nullable=True),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=True),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("degree IN ('professor', 'associate', 'doctor', 'master', 'bachelor', 'other')", name=op.f("ck_expert_degree_enum")),
        sa.CheckConstraint("length(email) <= 320 AND trim(email) <> ''", name=op.f("ck_expert_email_text")),
        sa.CheckConstraint("length(name) <= 200 AND trim(name) <> ''", name=op.f("ck_expert_name_text")),
        sa.CheckConstraint("state <> 'active' OR user_id IS NOT NULL", name=op.f("ck_expert_active_has_account")),
        sa.CheckConstraint("state IN ('listed', 'invited', 'active', 'declined', 'out')", name=op.f("ck_expert_state_enum")),
        sa.CheckConstraint("birth_year IS NULL OR birth_year BETWEEN 1900 AND 2100", name=op.f("ck_expert_birth_year_range")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_expert_user_id_user_account"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert")),
        sa.UniqueConstraint("email_norm", name=op.f("uq_expert_email_norm")),
        sa.UniqueConstraint("public_id", name=op.f("uq_expert_public_id")),
        sa.UniqueConstraint("user_id", name=op.f("uq_expert_user_id"))
    )  # fmt: skip
    op.create_index(op.f("ix_expert_added_at"), "expert", ["added_at"])
    op.create_index(op.f("ix_expert_sort_name"), "expert", ["sort_name"])
    op.create_index(op.f("ix_expert_state"), "expert", ["state"])

    op.create_table(
        "expert_upload",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_expert_upload_user_id_user_account"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_upload")),
        sa.UniqueConstraint("public_id", name=op.f("uq_expert_upload_public_id"))
    )  # fmt: skip
    op.create_index(op.f("ix_expert_upload_user_id"), "expert_upload", ["user_id"])

    op.create_table(
        "tie",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email_norm", sa.String(length=320), nullable=True),
        sa.Column("other_id", sa.Integer(), nullable=True),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.CheckConstraint("kind IN ('spouse', 'parent', 'sibling', 'supervisor', 'student')", name=op.f("ck_tie_kind_enum")),
        sa.CheckConstraint("length(name) <= 200 AND trim(name) <> ''", name=op.f("ck_tie_name_text")),
        sa.CheckConstraint("other_id IS NULL OR other_id <> user_id", name=op.f("ck_tie_two_persons")),
        sa.ForeignKeyConstraint(["other_id"], ["user_account.id"], name=op.f("fk_tie_other_id_user_account"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_tie_user_id_user_account"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tie")),
        sa.UniqueConstraint("public_id", name=op.f("uq_tie_public_id"))
    )  # fmt: skip
    op.create_index(op.f("ix_tie_other_id"), "tie", ["other_id"])
    op.create_index(op.f("ix_tie_user_id"), "tie", ["user_id"])

    op.create_table(
        "expert_away",
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.CheckConstraint("until >= since", name=op.f("ck_expert_away_in_order")),
        sa.ForeignKeyConstraint(["expert_id"], ["expert.id"], name=op.f("fk_expert_away_expert_id_expert"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_away")),
        sa.UniqueConstraint("public_id", name=op.f("uq_expert_away_public_id"))
    )  # fmt: skip
    op.create_index(op.f("ix_expert_away_expert_id"), "expert_away", ["expert_id"])

    op.create_table(
        "expert_field",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["expert_id"], ["expert.id"], name=op.f("fk_expert_field_expert_id_expert"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_field")),
        sa.UniqueConstraint("expert_id", "code", name=op.f("uq_expert_field_expert_id_code"))
    )  # fmt: skip
    op.create_index("ix_expert_field_code", "expert_field", ["code"])
    op.create_index(op.f("ix_expert_field_expert_id"), "expert_field", ["expert_id"])

    op.create_table(
        "expert_invitation",
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("why", sa.String(length=20), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=True),
        sa.Column("void_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.CheckConstraint("(answered_at IS NULL) = (accepted IS NULL)", name=op.f("ck_expert_invitation_answered_or_not")),
        sa.ForeignKeyConstraint(["expert_id"], ["expert.id"], name=op.f("fk_expert_invitation_expert_id_expert"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["sent_by_id"], ["user_account.id"], name=op.f("fk_expert_invitation_sent_by_id_user_account"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_invitation")),
        sa.UniqueConstraint("public_id", name=op.f("uq_expert_invitation_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_expert_invitation_token_hash"))
    )  # fmt: skip
    op.create_index(op.f("ix_expert_invitation_expert_id"), "expert_invitation", ["expert_id"])

    op.create_table(
        "seat_ask",
        sa.Column("council_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why", sa.String(length=20), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.CheckConstraint("role IN ('chair', 'vice_chair', 'reviewer', 'secretary', 'member')", name=op.f("ck_seat_ask_role_enum")),
        sa.CheckConstraint("state <> 'declined' OR why IS NOT NULL", name=op.f("ck_seat_ask_declined_has_reason")),
        sa.CheckConstraint("state IN ('asked', 'accepted', 'declined', 'taken_back')", name=op.f("ck_seat_ask_state_enum")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user_account.id"], name=op.f("fk_seat_ask_asked_by_id_user_account"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["council_id"], ["council.id"], name=op.f("fk_seat_ask_council_id_council"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_seat_ask_user_id_user_account"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_ask")),
        sa.UniqueConstraint("public_id", name=op.f("uq_seat_ask_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_seat_ask_token_hash"))
    )  # fmt: skip
    op.create_index(op.f("ix_seat_ask_council_id"), "seat_ask", ["council_id"])
    op.create_index(op.f("ix_seat_ask_user_id"), "seat_ask", ["user_id"])
    op.create_index("uq_seat_ask_open", "seat_ask", ["council_id", "user_id"], unique=True, sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'"))

    op.create_table(
        "conflict_declaration",
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("session", sa.Integer(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_conflict_declaration_seat_id_seat"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict_declaration")),
        sa.UniqueConstraint("public_id", name=op.f("uq_conflict_declaration_public_id"))
    )  # fmt: skip
    op.create_index(op.f("ix_conflict_declaration_seat_id"), "conflict_declaration", ["seat_id"])

    op.create_table(
        "recusal_end",
        sa.Column("recusal_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_by_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["noted_by_id"], ["user_account.id"], name=op.f("fk_recusal_end_noted_by_id_user_account"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["recusal_id"], ["recusal.id"], name=op.f("fk_recusal_end_recusal_id_recusal"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recusal_end")),
        sa.UniqueConstraint("public_id", name=op.f("uq_recusal_end_public_id")),
        sa.UniqueConstraint("recusal_id", name=op.f("uq_recusal_end_recusal_id"))
    )  # fmt: skip
    for table in FROZEN:
        _append_only(table)


def downgrade():
    for table in reversed(TABLES):
        op.drop_table(table)
