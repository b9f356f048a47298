"""The room of a session: steps of the order of work, who was there from when to when, what members discussed, questions to applicants; written remarks

Reversible: yes; what was written goes with its tables. Data kept: councils as they are; their way of meeting is not known. Services touched: councils.

Revision 0034, after 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0032"
branch_labels = None
depends_on = None

FINAL = "a remark that is handed in stays as it is"
TABLES = ("session_step", "presence", "discussion_note", "asking", "remark")


def _id(*more):
    return (sa.Column("id", sa.Integer(), nullable=False), sa.Column("public_id", sa.String(length=26), nullable=False), *more)


def _keys(table, **to):
    return (
        *(sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"), ondelete="RESTRICT") for column, other in to.items()),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")), sa.UniqueConstraint("public_id", name=op.f(f"uq_{table}_public_id")))  # fmt: skip


def _append_only(table):
    made = [(verb, f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table}") for verb in ("update", "delete")]
    return {
        "sqlite": [f"{text} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END" for _verb, text in made],
        "postgresql": [*(f"{text} FOR EACH ROW EXECUTE FUNCTION refuse_change()" for _verb, text in made),
                       f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"],
    }  # fmt: skip


def _final():
    sqlite = [f"CREATE TRIGGER remark_final_{v.lower()} BEFORE {v} ON remark WHEN OLD.submitted_at IS NOT NULL BEGIN SELECT RAISE(ABORT, '{FINAL}'); END" for v in ("UPDATE", "DELETE")]
    function = ("CREATE OR REPLACE FUNCTION remark_final() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF OLD.submitted_at IS NOT NULL THEN RAISE EXCEPTION '{FINAL}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
                "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$")  # fmt: skip
    made = [f"CREATE TRIGGER remark_final_{v.lower()} BEFORE {v} ON remark FOR EACH ROW EXECUTE FUNCTION remark_final()" for v in ("UPDATE", "DELETE")]
    return {"sqlite": sqlite, "postgresql": [function, *made]}


def upgrade():
    op.add_column("council", sa.Column("meeting_mode", sa.String(length=32), nullable=True))
    op.create_table(
        "session_step", sa.Column("council_id", sa.Integer(), nullable=False), sa.Column("session", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False), sa.Column("agenda_item_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False), sa.Column("by_id", sa.Integer(), nullable=False), sa.Column("back", sa.Text(), nullable=True),
        *_id(*_keys("session_step", council_id="council", agenda_item_id="agenda_item", by_id="user_account")))  # fmt: skip
    op.create_index(op.f("ix_session_step_council_id"), "session_step", ["council_id"])
    op.create_table(
        "presence", sa.Column("council_id", sa.Integer(), nullable=False), sa.Column("session", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=True), sa.Column("agenda_item_id", sa.Integer(), nullable=True), sa.Column("person", sa.String(length=200), nullable=True),
        sa.Column("how", sa.String(length=32), nullable=False), sa.Column("came_at", sa.DateTime(timezone=True), nullable=False), sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(seat_id IS NULL) = (person IS NOT NULL) AND (seat_id IS NULL) = (agenda_item_id IS NOT NULL)", name=op.f("ck_presence_member_or_applicant")),
        sa.CheckConstraint("left_at IS NULL OR left_at >= came_at", name=op.f("ck_presence_leaves_after")),
        sa.CheckConstraint("how IN ('in_person', 'online')", name=op.f("ck_presence_how_enum")),
        *_id(*_keys("presence", council_id="council", seat_id="seat", agenda_item_id="agenda_item")))  # fmt: skip
    op.create_index(op.f("ix_presence_council_id"), "presence", ["council_id"])
    op.create_index(op.f("ix_presence_seat_id"), "presence", ["seat_id"])
    there = sa.text("left_at IS NULL")
    op.create_index("uq_presence_there", "presence", ["seat_id"], unique=True, sqlite_where=there, postgresql_where=there)
    op.create_table(
        "discussion_note", sa.Column("agenda_item_id", sa.Integer(), nullable=False), sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False), sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(text) <= 4000 AND trim(text) <> ''", name=op.f("ck_discussion_note_text_text")),
        *_id(*_keys("discussion_note", agenda_item_id="agenda_item", seat_id="seat")))  # fmt: skip
    op.create_table(
        "asking", sa.Column("agenda_item_id", sa.Integer(), nullable=False), sa.Column("text", sa.Text(), nullable=False), sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False), sa.Column("asked_by_id", sa.Integer(), nullable=False), sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True), sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("length(text) <= 4000 AND trim(text) <> ''", name=op.f("ck_asking_text_text")),
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_asking_answered_has_time")),
        *_id(*_keys("asking", agenda_item_id="agenda_item", asked_by_id="user_account", answered_by_id="user_account")))  # fmt: skip
    op.create_table(
        "remark", sa.Column("agenda_item_id", sa.Integer(), nullable=False), sa.Column("seat_id", sa.Integer(), nullable=False), sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False), sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("submitted_at IS NULL OR submitted_at >= saved_at", name=op.f("ck_remark_submitted_after_saved")),
        *_id(*_keys("remark", agenda_item_id="agenda_item", seat_id="seat")),
        sa.UniqueConstraint("agenda_item_id", "seat_id", name=op.f("uq_remark_agenda_item_id_seat_id")))  # fmt: skip
    for table in ("discussion_note", "remark"):
        for column in ("agenda_item_id", "seat_id"):
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    op.create_index(op.f("ix_asking_agenda_item_id"), "asking", ["agenda_item_id"])
    bind = op.get_bind()
    for text in (*_append_only("session_step")[bind.dialect.name], *_append_only("discussion_note")[bind.dialect.name], *_final()[bind.dialect.name]):
        bind.exec_driver_sql(text)


def downgrade():
    for table in reversed(TABLES):
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION remark_final()")
    op.execute("ALTER TABLE council DROP COLUMN meeting_mode")
