"""Outcomes are released on a set day; a complaint may lead to another session, whose ranking lines stand beside those of the first

Reversible: yes, as long as no round has had another session. Data kept: every round and line is of session 1. Stages touched: selection.

SQLite cannot change a UNIQUE in place, and a table that others point to cannot be made anew while foreign keys are watched: so its
text is changed, as SQLite's own manual does it, and its indexes are built again.

Revision 0036, after 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0034"
branch_labels = None
depends_on = None

OLD = (("uq_ranking_line_proposal_id", "proposal_id"), ("uq_ranking_line_round_id_position", "round_id, position"))
NEW = (("uq_ranking_line_proposal_id_session", "proposal_id, session"), ("uq_ranking_line_round_id_session_position", "round_id, session, position"))
TO_USER = "CONSTRAINT fk_selection_round_release_by_id_user_account FOREIGN KEY(release_by_id) REFERENCES user_account (id) ON DELETE RESTRICT"
T = "complaint"


def upgrade():
    op.execute("ALTER TABLE selection_round ADD COLUMN session INTEGER NOT NULL DEFAULT 1")
    op.add_column("selection_round", sa.Column("release_on", sa.Date(), nullable=True))
    op.execute("ALTER TABLE selection_round ADD COLUMN release_by_id INTEGER")
    if op.get_bind().dialect.name == "sqlite":
        _rewrite("selection_round", lambda text: text.rstrip().removesuffix(")") + f", {TO_USER})")
    else:
        op.execute(f"ALTER TABLE selection_round ADD {TO_USER}")
    op.execute("ALTER TABLE ranking_line ADD COLUMN session INTEGER NOT NULL DEFAULT 1")
    _unique(OLD, NEW)
    op.execute("DROP INDEX uq_ranking_line_recommended")
    op.execute("CREATE UNIQUE INDEX uq_ranking_line_recommended ON ranking_line (round_id, session) WHERE recommended")
    op.create_table(
        T,
        sa.Column("state", sa.String(length=32), nullable=False), sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("ranking_line_id", sa.Integer(), nullable=False), sa.Column("text", sa.Text(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False), sa.Column("filed_by_id", sa.Integer(), nullable=False),
        sa.Column("answer_due", sa.Date(), nullable=False), sa.Column("answer", sa.Text(), nullable=True), sa.Column("number", sa.String(length=60), nullable=True),
        sa.Column("dated", sa.Date(), nullable=True), sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True), sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False), sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state NOT IN ('upheld', 'dismissed') OR (answer IS NOT NULL AND number IS NOT NULL AND dated IS NOT NULL)",
                           name=op.f(f"ck_{T}_decided_by_document")),
        sa.CheckConstraint("state IN ('filed', 'upheld', 'dismissed', 'taken_back')", name=op.f(f"ck_{T}_state_enum")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f(f"fk_{T}_proposal_id_proposal"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["ranking_line_id"], ["ranking_line.id"], name=op.f(f"fk_{T}_ranking_line_id_ranking_line"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["filed_by_id"], ["user_account.id"], name=op.f(f"fk_{T}_filed_by_id_user_account"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["answered_by_id"], ["user_account.id"], name=op.f(f"fk_{T}_answered_by_id_user_account"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{T}")), sa.UniqueConstraint("public_id", name=op.f(f"uq_{T}_public_id")),
        sa.UniqueConstraint("ranking_line_id", name=op.f(f"uq_{T}_ranking_line_id")),
    )  # fmt: skip
    op.create_index(op.f(f"ix_{T}_state"), T, ["state"])
    op.create_index(op.f(f"ix_{T}_proposal_id"), T, ["proposal_id"])


def _unique(old, new):
    bind = op.get_bind()
    if bind.dialect.name != "sqlite":
        for name, _columns in old:
            op.execute(f"ALTER TABLE ranking_line DROP CONSTRAINT {name}")
        for name, columns in new:
            op.execute(f"ALTER TABLE ranking_line ADD CONSTRAINT {name} UNIQUE ({columns})")
        return
    for (was, these), (name, columns) in zip(old, new, strict=True):
        before, after = f"CONSTRAINT {was} UNIQUE ({these})", f"CONSTRAINT {name} UNIQUE ({columns})"
        _rewrite("ranking_line", lambda text, before=before, after=after: text.replace(before, after))
    bind.exec_driver_sql("REINDEX ranking_line")


def _rewrite(table, change):
    bind = op.get_bind()
    version = bind.exec_driver_sql("PRAGMA schema_version").scalar()
    text = bind.exec_driver_sql("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)).scalar()
    if change(text) == text:
        raise RuntimeError(f"the text of {table} is not what this migration knows")
    bind.exec_driver_sql("PRAGMA writable_schema=ON")
    bind.exec_driver_sql("UPDATE sqlite_master SET sql = ? WHERE type = 'table' AND name = ?", (change(text), table))
    bind.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    bind.exec_driver_sql("PRAGMA writable_schema=RESET")


def downgrade():
    bind = op.get_bind()
    if bind.execute(sa.text("SELECT count(*) FROM ranking_line WHERE session > 1")).scalar():
        raise RuntimeError("a round has had another session: its lines have no place before 0036")
    op.drop_table(T)
    op.execute("DROP INDEX uq_ranking_line_recommended")
    op.execute("CREATE UNIQUE INDEX uq_ranking_line_recommended ON ranking_line (round_id) WHERE recommended")
    _unique(NEW, OLD)
    op.execute("ALTER TABLE ranking_line DROP COLUMN session")
    if bind.dialect.name == "sqlite":
        _rewrite("selection_round", lambda text: text.replace(f", {TO_USER}", ""))
    for column in ("release_by_id", "release_on", "session"):
        op.execute(f"ALTER TABLE selection_round DROP COLUMN {column}")
