"""The index of the search over everything

Reversible: yes; the index is made again by `flask search rebuild`. Data kept: all. Touched: new tables; on SQLite a text index beside one.

Revision 0088, after 0086
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0088"
down_revision = "0086"
branch_labels = None
depends_on = None

E = "search_entry"
OLD = "INSERT INTO search_text(search_text, rowid, title_words, body_words) VALUES ('delete', old.id, old.title_words, old.body_words);"
NEW = "INSERT INTO search_text(rowid, title_words, body_words) VALUES (new.id, new.title_words, new.body_words);"


def upgrade():
    op.create_table(
        E, sa.Column("id", sa.Integer(), nullable=False), sa.Column("kind", sa.String(length=32), nullable=False), sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("subject_pid", sa.String(length=26), nullable=False), sa.Column("code", sa.String(length=100), nullable=True),
        sa.Column("code_key", sa.String(length=100), nullable=True), sa.Column("codes", sa.Text(), nullable=False), sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False), sa.Column("year", sa.Integer(), nullable=True), sa.Column("sector", sa.String(length=60), nullable=True),
        sa.Column("day", sa.Date(), nullable=True), sa.Column("title_words", sa.Text(), nullable=False), sa.Column("body_words", sa.Text(), nullable=False),
        sa.Column("vector", sa.Text().with_variant(TSVECTOR(), "postgresql"), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entry")),
        sa.UniqueConstraint("kind", "is_public", "subject_pid", name=op.f("uq_search_entry_kind_is_public_subject_pid")),
    )  # fmt: skip
    op.create_index(op.f("ix_search_entry_code_key"), E, ["code_key"])
    op.create_table("search_word", sa.Column("word", sa.String(length=60), nullable=False), sa.PrimaryKeyConstraint("word", name=op.f("pk_search_word")))
    op.create_index("ix_search_entry_vector", E, ["vector"], postgresql_using="gin")
    if op.get_bind().dialect.name == "postgresql":
        return
    op.execute("CREATE VIRTUAL TABLE search_text USING fts5(title_words, body_words, content='search_entry', content_rowid='id', tokenize='unicode61 remove_diacritics 0')")
    for verb, body in (("insert", NEW), ("delete", OLD), ("update", f"{OLD} {NEW}")):
        columns = " OF title_words, body_words" if verb == "update" else ""
        op.execute(f"CREATE TRIGGER search_entry_{verb} AFTER {verb.upper()}{columns} ON {E} BEGIN {body} END")


def downgrade():
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_text")
    op.drop_table("search_word")
    op.drop_table(E)
