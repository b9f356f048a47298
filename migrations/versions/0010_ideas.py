"""Ideas are grouped and merged, topics keep their products and proposers, councils settle what votes left open

Reversible: yes, unless ideas are merged: then their state has no place in the older table and the downgrade is refused.
Data kept: every row; the words by which ideas are found are written anew with number and final title. Stages touched:
ideas, calls (one trigger), councils (one column).

The CHECK on the state of an idea gets one more word. SQLite cannot change a CHECK in place, and a table that others
point to cannot be made anew while foreign keys are watched: so its text is changed, as SQLite's own manual does it.

Revision 0010, after 0007
"""

import sqlalchemy as sa
from alembic import op

from app.kernel.db import create_triggers
from app.kernel.text import fold

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

STATES = "'draft', 'submitted', 'returned', 'in_identification', 'approved', 'rejected', 'redirected', 'withdrawn'"
KINDS = "kind IN ('I', 'II', 'III')"
COLUMNS = {"group_id": "INTEGER", "merged_into_id": "INTEGER", "final_months": "INTEGER", "passed_to": "VARCHAR(300)"}
RULES = {
    "fk_idea_group_id_idea_group": "FOREIGN KEY(group_id) REFERENCES idea_group (id) ON DELETE RESTRICT",
    "fk_idea_merged_into_id_idea": "FOREIGN KEY(merged_into_id) REFERENCES idea (id) ON DELETE RESTRICT",
    "ck_idea_merged_points_to_one": "CHECK (state <> 'merged' OR merged_into_id IS NOT NULL)",
    "ck_idea_not_into_itself": "CHECK (merged_into_id IS NULL OR merged_into_id <> id)",
    "ck_idea_final_months_range": "CHECK (final_months IS NULL OR final_months BETWEEN 1 AND 120)",
    "ck_idea_redirected_has_target": "CHECK (state <> 'redirected' OR redirect_to IS NOT NULL)",
}
FROZEN = ("code, title, proposed_title, aim, products, mode, kind, ceiling, duration_months, year, item_id, idea_id, assigned_organisation_id, "
          "receiver_organisation_id, decision_number, decision_date, decision_body")  # fmt: skip
TWICE = ("EXISTS (SELECT 1 FROM call_topic mine JOIN call_topic other ON other.topic_id = mine.topic_id AND other.call_id <> mine.call_id "
         "JOIN call running ON running.id = other.call_id WHERE mine.call_id = NEW.id AND other.outcome IS NULL "
         "AND running.state IN ('published', 'closed', 'opened'))")  # fmt: skip


def upgrade():
    sqlite = op.get_bind().dialect.name == "sqlite"
    _groups()
    for name, kind in COLUMNS.items():
        op.execute(f"ALTER TABLE idea ADD COLUMN {name} {kind}")
    _rules(sqlite)
    op.create_index("ix_idea_group_id", "idea", ["group_id"])
    op.create_index("ix_idea_merged_into_id", "idea", ["merged_into_id"])
    _products("idea_product", "idea")
    _products("topic_product", "topic")
    _proposers()
    op.add_column("council", sa.Column("settled", sa.JSON(), nullable=True))
    create_triggers(op.get_bind(), {"topic_product", "topic_proposer"})
    _freeze(sqlite, f"{FROZEN}, commitment, field")
    _one_open_call(sqlite)
    _words_to_find()


def _groups():
    op.create_table(
        "idea_group",
        sa.Column("title", sa.String(length=300), nullable=False), sa.Column("note", sa.Text(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True), sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True), sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False), sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(title) <= 300 AND trim(title) <> ''", name=op.f("ck_idea_group_title_text")),
        sa.ForeignKeyConstraint(["created_by_id"], ["user_account.id"], name=op.f("fk_idea_group_created_by_id_user_account"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_group")), sa.UniqueConstraint("public_id", name=op.f("uq_idea_group_public_id")),
    )  # fmt: skip


def _products(table, owner):
    op.create_table(
        table,
        sa.Column(f"{owner}_id", sa.Integer(), nullable=False), sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False), sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=False), sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("quality", sa.Text(), nullable=True), sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f(f"ck_{table}_quantity_positive")),
        sa.CheckConstraint("length(name) <= 500 AND trim(name) <> ''", name=op.f(f"ck_{table}_name_text")),
        sa.CheckConstraint(KINDS, name=op.f(f"ck_{table}_kind_enum")),
        sa.ForeignKeyConstraint([f"{owner}_id"], [f"{owner}.id"], name=op.f(f"fk_{table}_{owner}_id_{owner}"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")), sa.UniqueConstraint("public_id", name=op.f(f"uq_{table}_public_id")),
        sa.UniqueConstraint(f"{owner}_id", "position", name=op.f(f"uq_{table}_{owner}_id_position")),
    )  # fmt: skip
    op.create_index(op.f(f"ix_{table}_{owner}_id"), table, [f"{owner}_id"])


def _proposers():
    op.create_table(
        "topic_proposer",
        sa.Column("topic_id", sa.Integer(), nullable=False), sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False), sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False), sa.Column("person", sa.String(length=200), nullable=False),
        sa.Column("body", sa.String(length=300), nullable=False), sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_topic_proposer_topic_id_topic"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_topic_proposer_idea_id_idea"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic_proposer")), sa.UniqueConstraint("public_id", name=op.f("uq_topic_proposer_public_id")),
        sa.UniqueConstraint("topic_id", "position", name=op.f("uq_topic_proposer_topic_id_position")),
    )  # fmt: skip
    op.create_index(op.f("ix_topic_proposer_topic_id"), "topic_proposer", ["topic_id"])
    op.create_index(op.f("ix_topic_proposer_idea_id"), "topic_proposer", ["idea_id"])


def _rules(sqlite):
    old, new = f"state IN ({STATES})", f"state IN ({STATES}, 'merged')"
    if not sqlite:
        op.execute("ALTER TABLE idea DROP CONSTRAINT ck_idea_state_enum")
        for name, rule in {"ck_idea_state_enum": f"CHECK ({new})", **RULES}.items():
            op.execute(f"ALTER TABLE idea ADD CONSTRAINT {name} {rule}")
        return
    added = "".join(f", CONSTRAINT {name} {rule}" for name, rule in RULES.items())
    _rewrite(lambda text: text.replace(old, new).rstrip().removesuffix(")") + added + ")")


def _rewrite(change):
    """Change the text of SQLite's table: only CHECKs and foreign keys, which leave what is on disk as it is."""
    bind = op.get_bind()
    version = bind.exec_driver_sql("PRAGMA schema_version").scalar()
    text = bind.exec_driver_sql("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'idea'").scalar()
    bind.exec_driver_sql("PRAGMA writable_schema=ON")
    bind.exec_driver_sql("UPDATE sqlite_master SET sql = ? WHERE type = 'table' AND name = 'idea'", (change(text),))
    bind.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    bind.exec_driver_sql("PRAGMA writable_schema=RESET")


def _freeze(sqlite, columns):
    if sqlite:
        op.execute("DROP TRIGGER IF EXISTS topic_frozen")
        op.execute(f"CREATE TRIGGER topic_frozen BEFORE UPDATE OF {columns} ON topic BEGIN SELECT RAISE(ABORT, 'an approved topic is frozen'); END")
    else:
        op.execute("DROP TRIGGER IF EXISTS topic_frozen ON topic")
        op.execute(f"CREATE TRIGGER topic_frozen BEFORE UPDATE OF {columns} ON topic FOR EACH ROW EXECUTE FUNCTION topic_frozen()")


def _one_open_call(sqlite):
    if sqlite:
        op.execute("DROP TRIGGER IF EXISTS call_topic_once")
        op.execute(f"CREATE TRIGGER call_topic_once BEFORE UPDATE OF state ON call WHEN NEW.state = 'published' AND OLD.state = 'draft' AND {TWICE} "
                   "BEGIN SELECT RAISE(ABORT, 'a topic is in one open call'); END")  # fmt: skip
        return
    op.execute("DROP TRIGGER IF EXISTS call_topic_once ON call")
    op.execute("CREATE OR REPLACE FUNCTION call_topic_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
               f"IF NEW.state = 'published' AND OLD.state = 'draft' AND {TWICE} THEN "
               "RAISE EXCEPTION 'a topic is in one open call' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$")  # fmt: skip
    op.execute("CREATE TRIGGER call_topic_once BEFORE UPDATE OF state ON call FOR EACH ROW EXECUTE FUNCTION call_topic_once()")


def _words_to_find():
    bind = op.get_bind()
    for row in bind.execute(sa.text("SELECT id, code, title, final_title, need, aim FROM idea")).all():
        words = fold(" ".join(filter(None, row[1:])))
        bind.execute(sa.text("UPDATE idea SET folded = :words WHERE id = :id"), {"words": words, "id": row.id})


def downgrade():
    sqlite = op.get_bind().dialect.name == "sqlite"
    if op.get_bind().execute(sa.text("SELECT count(*) FROM idea WHERE state = 'merged'")).scalar():
        raise RuntimeError("ideas are merged: undo the mergers first")
    op.execute("DROP TRIGGER call_topic_once" + ("" if sqlite else " ON call"))
    _freeze(sqlite, FROZEN)
    with op.batch_alter_table("council") as council:
        council.drop_column("settled")
    for table in ("topic_proposer", "topic_product", "idea_product"):
        op.drop_table(table)
    if sqlite:
        _rewrite(_without_rules)
    for name in ("ck_idea_state_enum", *RULES) if not sqlite else ():
        op.execute(f"ALTER TABLE idea DROP CONSTRAINT {name}")
    if not sqlite:
        op.execute(f"ALTER TABLE idea ADD CONSTRAINT ck_idea_state_enum CHECK (state IN ({STATES}))")
    op.drop_index("ix_idea_merged_into_id", "idea")
    op.drop_index("ix_idea_group_id", "idea")
    for name in COLUMNS:
        op.execute(f"ALTER TABLE idea DROP COLUMN {name}")
    op.drop_table("idea_group")


def _without_rules(text):
    for name, rule in RULES.items():
        text = text.replace(f", CONSTRAINT {name} {rule}", "")
    return text.replace(f"state IN ({STATES}, 'merged')", f"state IN ({STATES})")
