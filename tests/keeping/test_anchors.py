"""Whoever can write the database, but not the anchors, is found: the first bad line is named."""

from __future__ import annotations

import os
import random
from datetime import timedelta

import pytest
from sqlalchemy import text

from app.across.keeping import actions, anchors
from app.across.keeping.models import JournalAnchor
from app.cli import work
from app.kernel import journal
from app.kernel.db import reading_only
from app.kernel.journal import GENESIS, JournalEntry
from app.kernel.outbox import MailState

MUTATIONS = 500 if os.environ.get("DEEP") else 50
TEXTS = ("verb", "subject_type", "subject_pid", "before", "after", "reason", "hash", "prev_hash")


@pytest.fixture
def anchored(db, user, at, tmp_path):
    """A journal of at least forty lines whose end is anchored; the file of anchors."""
    for n in range(40):
        journal.record(user("pi1"), f"test_{n % 7}", by=user("admin"), at=at, reason=f"vì {n}", detail={"n": n})
    file = tmp_path / "outside" / "anchors"
    actions.anchor(at, file, None)
    db.session.commit()
    return file


def open_up(db):
    """As someone who owns the database can."""
    if db.engine.dialect.name == "sqlite":
        for table in ("journal_entry", "access_note"):
            for verb in ("update", "delete"):
                db.session.execute(text(f"DROP TRIGGER {table}_no_{verb}"))
    else:
        for table in ("journal_entry", "access_note"):
            db.session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))


def edit(db, chance, last):
    seq = chance.randint(1, last)
    column = chance.choice(TEXTS)
    db.session.execute(text(f"UPDATE journal_entry SET {column} = :v WHERE seq = :s"), {"v": f"{chance.getrandbits(64):x}", "s": seq})
    return seq


def edit_person_or_time(db, chance, last):
    seq = chance.randint(1, last)
    what = chance.choice(("actor_id = coalesce(actor_id, 0) + 1", "on_behalf_of_id = coalesce(on_behalf_of_id, 0) + 1", "at = '2020-01-01 00:00:00.000000'"))
    db.session.execute(text(f"UPDATE journal_entry SET {what} WHERE seq = :s"), {"s": seq})
    return seq


def delete(db, chance, last):
    seq = chance.randint(1, last - 1)
    db.session.execute(text("DELETE FROM journal_entry WHERE seq = :s"), {"s": seq})
    return seq


def swap(db, chance, last):
    one, two = sorted(chance.sample(range(1, last + 1), 2))
    for old, new in ((one, -1), (two, one), (-1, two)):
        db.session.execute(text("UPDATE journal_entry SET seq = :n WHERE seq = :o"), {"n": new, "o": old})
    return one


def close_the_gap(db, chance, last):
    """A line is taken out and those after it are numbered anew."""
    seq = chance.randint(1, last - 1)
    db.session.execute(text("DELETE FROM journal_entry WHERE seq = :s"), {"s": seq})
    for n in range(seq + 1, last + 1):
        db.session.execute(text("UPDATE journal_entry SET seq = :n WHERE seq = :o"), {"n": n - 1, "o": n})
    return seq


def cut(db, chance, last):
    seq = chance.randint(1, last)
    db.session.execute(text("DELETE FROM journal_entry WHERE seq >= :s"), {"s": seq})
    return seq


def chain_anew(db, chance, last, key=b"a key that somebody guessed"):
    """From one line on everything is told differently, in a chain that holds in itself."""
    seq = chance.randint(1, last)
    own, journal._key[0] = journal._key[0], key or journal._key[0]
    entries = db.session.query(JournalEntry).filter(JournalEntry.seq >= seq).order_by(JournalEntry.seq).all()
    before = db.session.query(JournalEntry.hash).filter(JournalEntry.seq == seq - 1).scalar() or GENESIS
    for entry in entries:
        entry.reason, entry.prev_hash = "forged", before
        before = journal.digest(entry)
        db.session.execute(text("UPDATE journal_entry SET reason = 'forged', prev_hash = :p, hash = :h WHERE seq = :s"), {"p": entry.prev_hash, "h": before, "s": entry.seq})
        db.session.expunge(entry)
    journal._key[0] = own
    return seq


def chain_from(db, seq):
    class Fixed:
        def randint(self, _low, _high):
            return seq

    return chain_anew(db, Fixed(), seq, key=b"")


def replace_all(db, chance, last):
    """The whole journal is another one, of the same length, made with the true key."""
    return chain_from(db, 1)


def first_bad(file):
    """(line, sentence) as the command names it."""
    _count, broken, why = journal.verify()
    if broken is not None:
        said = why.split()
        return (int(said[1]) if said[-1] == "missing" else broken.seq), why
    fault = anchors.compare(file)
    return (fault.line, fault.why) if fault else (None, "")


@pytest.mark.longer
def test_random_mutations(db, anchored):
    """Edited, deleted, swapped, cut, replaced, chained anew with a wrong key: all are found, at the first bad line."""
    chance = random.Random(9)
    kinds = (edit, edit_person_or_time, delete, swap, close_the_gap, cut, chain_anew, replace_all)
    last = anchors.end().lines
    assert first_bad(anchored) == (None, "")
    seen = {}
    for n in range(MUTATIONS):
        kind = kinds[n % len(kinds)]
        open_up(db)
        wrong = kind(db, chance, last)
        db.session.expire_all()
        line, why = first_bad(anchored)
        assert line == wrong, f"{kind.__name__} of line {wrong} was named {line}: {why}"
        seen[kind.__name__] = seen.get(kind.__name__, 0) + 1
        db.session.rollback()
        db.session.expunge_all()
    print(seen)
    assert first_bad(anchored) == (None, "")


def test_the_command_says_it(db, anchored, run):
    last = anchors.end().lines
    db.session.commit()
    code, said = run("audit", "verify", "--anchors", anchored)
    assert code == 0 and said.startswith(f"intact: {last} lines") and "1 anchors agree" in said
    open_up(db)
    db.session.execute(text("DELETE FROM journal_entry WHERE seq > :s"), {"s": last - 3})
    db.session.commit()
    assert run("audit", "verify")[0] == 0, "without an anchor an end that was cut is not seen"
    code, said = run("audit", "verify", "--anchors", anchored)
    assert code == 1 and said.startswith(f"BROKEN at line {last - 2}: the journal ends at line {last - 3}; there were {last} lines")


def test_a_chain_made_anew_with_the_true_key(db, anchored, user, at):
    """Whoever has the key can make the chain anew; the anchors say from which of them on."""
    for n in range(6):
        journal.record(user("pi1"), "later", by=None, at=at + timedelta(hours=2), reason=str(n))
    actions.anchor(at + timedelta(hours=2), anchored, None)
    first = anchors.read(anchored)[0]["lines"]
    db.session.commit()
    open_up(db)
    chain_from(db, first + 3)
    db.session.expire_all()
    assert journal.verify()[1] is None
    assert anchors.compare(anchored).line == first + 1


def test_a_forged_anchor_is_not_believed(anchored):
    anchored.write_text(anchored.read_text().replace('"lines": ', '"lines": 1'))
    assert "not signed" in anchors.compare(anchored).why
    anchored.write_text("nothing\n")
    assert "no anchor" in anchors.compare(anchored).why


def test_notes_of_access_are_summed(db, anchored, at):
    for n in range(3):
        with reading_only(False):
            journal.note_access("download", "files.download", at=at, actor_id=n, subject_pid="x", address="10.0.0.1")
    actions.anchor(at + timedelta(hours=1), anchored, None)
    db.session.commit()
    assert anchors.compare(anchored) is None
    later = anchored.with_name("begun-later")
    later.write_text(anchored.read_text().splitlines()[-1] + "\n")
    assert anchors.compare(later) is None, "a file that was begun later agrees too"
    open_up(db)
    db.session.execute(text("UPDATE access_note SET actor_id = 7 WHERE actor_id = 1"))
    fault = anchors.compare(anchored)
    assert fault.line is None and "notes of access" in fault.why


def test_once_an_hour_and_only_when_something_came(db, anchored, at, user, mails):
    assert actions.anchor(at + timedelta(minutes=59), anchored, None) is None
    assert actions.anchor(at + timedelta(hours=5), anchored, None) is None, "nothing happened"
    journal.record(user("pi1"), "test", by=None, at=at)
    assert actions.anchor(at + timedelta(hours=5), anchored, "thanhtra@example.vn").mailed
    mail = mails()[-1]
    assert mail.to_address == "thanhtra@example.vn" and mail.body.strip() == anchored.read_text().splitlines()[-1] and mail.mail_state == MailState.WAITING
    assert db.session.query(JournalAnchor).count() == len(anchors.read(anchored)) == 2


def test_the_worker_writes_them(app, db, at, tmp_path, user):
    app.config["ANCHOR_FILE"] = str(tmp_path / "elsewhere" / "anchors")
    work(at)
    assert len(anchors.read(tmp_path / "elsewhere" / "anchors")) == 1
