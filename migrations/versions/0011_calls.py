"""Calls: a full calendar, corrections, questions, followers, kept searches; the deadline of a published call moves by two people only

Reversible: yes. Data kept: no row is touched; new columns are empty. Stage touched: calls.

Revision 0011, after 0007
"""

import sqlalchemy as sa
from alembic import op

from app.kernel.db import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

COLUMNS = (
    ("questions_until", UtcDateTime(timezone=True)), ("briefing_at", UtcDateTime(timezone=True)), ("briefing_place", sa.String(500)),
    ("opening_at", UtcDateTime(timezone=True)), ("council_on", sa.Date()), ("notify_on", sa.Date()), ("cancelled_at", UtcDateTime(timezone=True)),
    ("cancel_reason", sa.Text()), ("cancel_document", sa.String(200)), ("announced_at", UtcDateTime(timezone=True)),
)  # fmt: skip
OUT = "OLD.state <> 'draft' AND OLD.opens_at IS NOT NULL"
BY_TWO = ("NOT EXISTS (SELECT 1 FROM call_extension e WHERE e.call_id = OLD.id AND e.confirmed_by_id IS NOT NULL "
          "AND e.confirmed_by_id <> e.proposed_by_id AND e.old_deadline = OLD.deadline AND e.new_deadline = NEW.deadline)")  # fmt: skip
GUARDS = (
    ("call_notice_frozen", "call", "UPDATE OF mode, year, round, number, dated, opens_at, rules, title", OUT, "a published notice is frozen"),
    ("call_deadline_kept", "call", "UPDATE OF deadline", f"{OUT} AND NEW.deadline <> OLD.deadline AND {BY_TWO}",
     "the deadline of a published call moves by two people"),
    ("call_extension_answered", "call_extension", "UPDATE", "OLD.confirmed_at IS NOT NULL OR OLD.refused_at IS NOT NULL", "an answered extension is kept"),
    ("call_extension_kept", "call_extension", "DELETE", "OLD.id IS NOT NULL", "an extension is kept"),
)  # fmt: skip


def upgrade():
    for name, kind in COLUMNS:
        op.add_column("call", sa.Column(name, kind, nullable=True))
    op.add_column("call_extension", sa.Column("moved", sa.JSON(), nullable=True))
    _tables()
    _drop_guards()  # a fresh database has them from its first migrations on
    for name, table, event, when, sentence in GUARDS:
        _guard(name, table, event, when, sentence)
    _append_only("call_correction")


def _tables():
    moment = UtcDateTime(timezone=True)
    op.create_table(
        "call_correction",
        sa.Column("call_id", sa.Integer(), nullable=False), sa.Column("at", moment, nullable=False), sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("document", sa.String(200), nullable=False), sa.Column("reason", sa.Text(), nullable=False), sa.Column("changes", sa.JSON(), nullable=False),
        *_identified("call_correction"), *_references("call_correction", call_id="call", by_id="user_account"),
        sa.CheckConstraint("length(document) <= 200 AND trim(document) <> ''", name=op.f("ck_call_correction_document_text")),
    )  # fmt: skip
    op.create_index("ix_call_correction_call_id", "call_correction", ["call_id"])
    op.create_table(
        "call_question",
        sa.Column("state", sa.String(32), nullable=False), sa.Column("call_id", sa.Integer(), nullable=False), sa.Column("call_topic_id", sa.Integer()),
        sa.Column("text", sa.Text(), nullable=False), sa.Column("asker_id", sa.Integer()), sa.Column("email", sa.String(320)),
        sa.Column("locale", sa.String(5), nullable=False), sa.Column("address", sa.String(64)), sa.Column("asked_at", moment, nullable=False),
        sa.Column("wording", sa.Text()), sa.Column("answer", sa.Text()), sa.Column("answered_at", moment), sa.Column("answered_by_id", sa.Integer()),
        sa.Column("set_aside_reason", sa.Text()), sa.Column("version", sa.Integer(), nullable=False),
        *_identified("call_question"),
        *_references("call_question", call_id="call", call_topic_id="call_topic", asker_id="user_account", answered_by_id="user_account"),
        sa.CheckConstraint("length(text) <= 2000 AND trim(text) <> ''", name=op.f("ck_call_question_text_text")),
        sa.CheckConstraint("(asker_id IS NULL) <> (email IS NULL)", name=op.f("ck_call_question_one_asker")),
        sa.CheckConstraint("state <> 'answered' OR (answer IS NOT NULL AND wording IS NOT NULL AND answered_at IS NOT NULL)",
                           name=op.f("ck_call_question_answered_has_answer")),
        sa.CheckConstraint("state IN ('asked', 'answered', 'set_aside')", name=op.f("ck_call_question_state_enum")),
    )  # fmt: skip
    op.create_index("ix_call_question_call_id", "call_question", ["call_id"])
    op.create_index("ix_call_question_state", "call_question", ["state"])
    op.create_index("ix_call_question_address", "call_question", ["address", "asked_at"])
    op.create_table(
        "call_follower",
        sa.Column("id", sa.Integer(), nullable=False), sa.Column("call_id", sa.Integer(), nullable=False), sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", moment, nullable=False), sa.PrimaryKeyConstraint("id", name=op.f("pk_call_follower")),
        *_references("call_follower", call_id="call", user_id="user_account"),
        sa.UniqueConstraint("call_id", "user_id", name=op.f("uq_call_follower_call_id_user_id")),
    )  # fmt: skip
    op.create_index("ix_call_follower_user_id", "call_follower", ["user_id"])
    op.create_table(
        "saved_search",
        sa.Column("user_id", sa.Integer(), nullable=False), sa.Column("query", sa.String(500), nullable=False), sa.Column("created_at", moment, nullable=False),
        *_identified("saved_search"), *_references("saved_search", user_id="user_account"),
        sa.UniqueConstraint("user_id", "query", name=op.f("uq_saved_search_user_id_query")),
    )  # fmt: skip


def _identified(table):
    return (sa.Column("id", sa.Integer(), nullable=False), sa.Column("public_id", sa.String(26), nullable=False),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")), sa.UniqueConstraint("public_id", name=op.f(f"uq_{table}_public_id")))  # fmt: skip


def _references(table, **targets):
    return [sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"), ondelete="RESTRICT")
            for column, target in targets.items()]  # fmt: skip


def _sqlite():
    return op.get_bind().dialect.name == "sqlite"


def _run(text):
    op.get_bind().exec_driver_sql(text.replace("%", "%%"))


def _guard(name, table, event, when, sentence):
    if _sqlite():
        _run(f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {when} BEGIN SELECT RAISE(ABORT, '{sentence}'); END")
        return
    _run(f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {when} THEN "
         f"RAISE EXCEPTION '{sentence}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
         f"IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$")  # fmt: skip
    _run(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def _append_only(table):
    for verb in ("update", "delete"):
        does = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END" if _sqlite() else "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        _run(f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} {does}")
    if not _sqlite():
        _run(f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")


def _drop_guards():
    for name, table, *_rest in GUARDS:
        _run(f"DROP TRIGGER IF EXISTS {name}" + ("" if _sqlite() else f" ON {table}"))


def downgrade():
    _drop_guards()
    if not _sqlite():
        for name, *_rest in GUARDS:
            _run(f"DROP FUNCTION IF EXISTS {name}()")
    for table in ("saved_search", "call_follower", "call_question", "call_correction"):
        op.drop_table(table)
    op.drop_column("call_extension", "moved")
    for name, _kind in reversed(COLUMNS):
        op.drop_column("call", name)
