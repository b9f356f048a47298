"""The chain: what happened is there once, and any later change is found."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, IntegrityError

from app.kernel import journal
from app.kernel.journal import JournalEntry


def test_the_chain_of_the_template_is_intact(db):
    count, broken, _why = journal.verify()
    assert broken is None and count > 20


@pytest.mark.parametrize("statement", [
    "UPDATE journal_entry SET verb = 'x' WHERE seq = 3", "DELETE FROM journal_entry WHERE seq = 3",
])  # fmt: skip
def test_the_database_refuses_to_change_the_journal(db, statement):
    with pytest.raises((IntegrityError, DatabaseError), match="append-only"):
        db.session.execute(text(statement))


def test_replace_does_not_walk_round_the_trigger(db):
    if db.engine.dialect.name != "sqlite":
        pytest.skip("INSERT OR REPLACE is SQLite's")
    with pytest.raises(IntegrityError, match="append-only"):
        db.session.execute(text("INSERT OR REPLACE INTO journal_entry SELECT * FROM journal_entry WHERE seq = 3"))


@pytest.mark.parametrize(("change", "line"), [
    ("UPDATE journal_entry SET verb = 'x' WHERE seq = 5", 5),
    ("UPDATE journal_entry SET reason = 'y' WHERE seq = 9", 9),
    ("UPDATE journal_entry SET actor_id = 1 WHERE seq = 7", 7),
    ("DELETE FROM journal_entry WHERE seq = 4", 5),
])  # fmt: skip
def test_verify_names_the_first_broken_line(db, change, line):
    """As someone would who can switch the triggers off."""
    if db.engine.dialect.name == "sqlite":
        for verb in ("update", "delete"):
            db.session.execute(text(f"DROP TRIGGER journal_entry_no_{verb}"))
    else:
        db.session.execute(text("ALTER TABLE journal_entry DISABLE TRIGGER ALL"))
    db.session.execute(text(change))
    db.session.expire_all()
    _count, broken, why = journal.verify()
    assert broken.seq == line and why


def test_one_act_one_line(db, user, at):
    count = db.session.query(JournalEntry).count()
    journal.record(user("pi1"), "test", by=user("admin"), at=at, reason="vì thử")
    assert db.session.query(JournalEntry).count() == count + 1
    assert journal.timeline([journal.subject_key(user("pi1"))])[0].reason == "vì thử"
