"""The index: one entry a thing and an audience, its words for the database's own text search, and the words of all titles."""

from __future__ import annotations

from datetime import date

from sqlalchemy import DDL, Index, String, Text, UniqueConstraint, event
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Model, trigger


class SearchEntry(Model):
    """One thing as words. `title_words` and `body_words` are what SQLite's text index reads; `vector` is PostgreSQL's and empty elsewhere.

    `codes`: numbers and codes, each between blanks; `code_key` the first of them.
    """

    __tablename__ = "search_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    is_public: Mapped[bool]
    subject_pid: Mapped[str] = mapped_column(String(26))
    code: Mapped[str | None] = mapped_column(String(100))
    code_key: Mapped[str | None] = mapped_column(String(100), index=True)
    codes: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    year: Mapped[int | None]
    sector: Mapped[str | None] = mapped_column(String(60))
    day: Mapped[date | None]
    title_words: Mapped[str] = mapped_column(Text)
    body_words: Mapped[str] = mapped_column(Text)
    vector: Mapped[str | None] = mapped_column(Text().with_variant(TSVECTOR(), "postgresql"))

    __table_args__ = (
        UniqueConstraint("kind", "is_public", "subject_pid"),
        Index("ix_search_entry_vector", "vector", postgresql_using="gin"),
    )


class SearchWord(Model):
    """A word that stands in a title or name: what a misspelt word may have been. Whether somebody may know of it is asked when it is offered."""

    __tablename__ = "search_word"

    word: Mapped[str] = mapped_column(String(60), primary_key=True)


FTS = ("CREATE VIRTUAL TABLE search_text USING fts5(title_words, body_words, content='search_entry', content_rowid='id', "
       "tokenize='unicode61 remove_diacritics 0')")  # fmt: skip
event.listen(SearchEntry.__table__, "after_create", DDL(FTS).execute_if(dialect="sqlite"))
event.listen(SearchEntry.__table__, "before_drop", DDL("DROP TABLE IF EXISTS search_text").execute_if(dialect="sqlite"))

_OLD = "INSERT INTO search_text(search_text, rowid, title_words, body_words) VALUES ('delete', old.id, old.title_words, old.body_words);"
_NEW = "INSERT INTO search_text(rowid, title_words, body_words) VALUES (new.id, new.title_words, new.body_words);"
for _verb, _body in (("insert", _NEW), ("delete", _OLD), ("update", f"{_OLD} {_NEW}")):
    _columns = " OF title_words, body_words" if _verb == "update" else ""
    trigger(f"search_entry_{_verb}", "search_entry", sqlite=f"CREATE TRIGGER search_entry_{_verb} AFTER {_verb.upper()}{_columns} ON search_entry BEGIN {_body} END", postgresql="")
