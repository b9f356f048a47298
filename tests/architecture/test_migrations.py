"""Migrations: numbered, one head, and what they make is what the models say, triggers included."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade
from sqlalchemy import make_url, text
from sqlalchemy.exc import IntegrityError

from app.kernel.db import TRIGGERS, Base, db
from app.services.councils import sealing

VERSIONS = Path(__file__).parent.parent.parent / "migrations"


@pytest.mark.nodb
def test_one_line_of_numbered_migrations():
    config = Config()
    config.set_main_option("script_location", str(VERSIONS))
    scripts = ScriptDirectory.from_config(config)
    assert len(scripts.get_heads()) == 1
    for script in scripts.walk_revisions():
        assert re.fullmatch(r"\d{4}_[a-z_]+\.py", Path(script.path).name), script.path
        assert Path(script.path).name.startswith(script.revision)


def triggers(connection):
    if connection.dialect.name == "sqlite":
        found = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
    else:
        found = connection.execute(text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"))
    return {row[0] for row in found}


def test_upgrade_makes_what_the_models_say(empty):
    upgrade()
    with db.engine.connect() as connection:
        difference = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata)
        sqlite = connection.dialect.name == "sqlite"
        # "search_text" and its parts are SQLite's own text index: no model has them
        assert [d for d in difference if "alembic_version" not in str(d) and "Table('search_text" not in str(d)] == []
        assert triggers(connection) == {name for name, (_t, for_sqlite, for_postgresql) in TRIGGERS.items() if (for_sqlite if sqlite else for_postgresql)}


def test_down_and_up_again(empty):
    upgrade()
    downgrade(revision="base")
    upgrade()
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM journal_entry")).scalar() == 0


def test_an_idea_from_before_mergers_is_kept_and_may_be_merged(empty):
    """0010 changes the CHECK on the state of a table that others point to, on SQLite without making the table anew."""
    upgrade(revision="0007")
    sqlite = db.engine.dialect.name == "sqlite"
    columns = "id, public_id, version, state, code, title, folded, year, state_keeps_ownership, owner_id, organisation_id, created_at, submitted_at, receiver_organisation_id, commitment, final_title"
    row = "1, 'a', 1, 'submitted', 'ĐX-1', 'Tên cũ', '', 2027, false, 1, 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 1, 'x', 'Tên mới'"
    loose = "PRAGMA foreign_keys=OFF" if sqlite else "SET session_replication_role = replica"
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        raw = connection.connection.cursor()
        raw.execute(loose)
        raw.execute(f"INSERT INTO idea ({columns}) VALUES ({row})")
        raw.execute(f"INSERT INTO idea ({columns}) VALUES ({row.replace('1, ', '2, ', 1).replace(repr('a'), repr('b')).replace('ĐX-1', 'ĐX-2')})")
    db.engine.dispose()
    upgrade()
    with db.engine.begin() as connection:
        assert connection.execute(text("SELECT folded FROM idea WHERE id = 1")).scalar() == "dx-1 ten cu ten moi"
        connection.execute(text("UPDATE idea SET state = 'merged', merged_into_id = 1 WHERE id = 2"))
        if sqlite:
            assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
    with pytest.raises(IntegrityError), db.engine.begin() as connection:
        connection.execute(text("UPDATE idea SET state = 'merged' WHERE id = 1"))
    with pytest.raises(SystemExit):  # said in words: undo the mergers first
        downgrade(revision="0007")


def test_an_outcome_of_its_own_is_not_lost_by_going_back(empty):
    """0019 widens a CHECK of a table that others point to; whoever goes back keeps no idea without a place."""
    upgrade(revision="0019")
    downgrade(revision="0018")
    with db.engine.connect() as connection:
        assert connection.dialect.name != "sqlite" or "not_adopted" not in connection.execute(text("SELECT sql FROM sqlite_master WHERE name = 'idea'")).scalar()
    upgrade()


def test_ballots_of_before_are_sealed_and_opened_ones_kept(empty):
    """0027: a ballot in a closed box is unreadable afterwards, also in the file; one of an opened box says what it said. Back only when nothing is sealed."""
    upgrade(revision="0026")
    sqlite = db.engine.dialect.name == "sqlite"
    loose = "PRAGMA foreign_keys=OFF" if sqlite else "SET session_replication_role = replica"
    day = "'2026-01-01 00:00:00'"
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        raw = connection.connection.cursor()
        raw.execute(loose)
        raw.execute(f"INSERT INTO council (id, public_id, version, kind, state, title, folded, vice_authorised, created_at) VALUES (1, 'c', 1, 'selection', 'convened', 'H', '', false, {day})")
        for n in (1, 2):
            raw.execute(f"INSERT INTO agenda_item (id, public_id, council_id, position, subject_type, subject_pid, title) VALUES ({n}, 'i{n}', 1, {n}, 'proposal', 'p', 'T')")
            raw.execute(f"INSERT INTO seat (id, public_id, council_id, user_id, role, present) VALUES ({n}, 's{n}', 1, {n}, 'member', true)")
            raw.execute(f"INSERT INTO ballot (id, public_id, agenda_item_id, seat_id, content, salt, seal, cast_at) VALUES ({n}, 'b{n}', {n}, {n}, "
                        f"'{{\"overview\": 4, \"remark\": \"hoang yen {n}\"}}', 'salt{n}', 'seal{n}', {day})")  # fmt: skip
        raw.execute(f"UPDATE agenda_item SET opened_at = {day} WHERE id = 1")
    db.engine.dispose()
    upgrade()
    with db.engine.connect() as connection:
        rows = connection.execute(text("SELECT b.id, b.seal, b.text, b.key_id, o.content, o.word FROM ballot b LEFT JOIN opened_ballot o ON o.ballot_id = b.id ORDER BY b.id")).all()
        opened, closed = rows
        content = json.loads(opened.content) if isinstance(opened.content, str) else opened.content
        assert (opened.seal, content, opened.word) == ("seal1", {"overview": 4, "remark": "hoang yen 1"}, "salt1")
        assert closed.content is None and sealing.unseal(sealing.Sealed(closed.key_id, bytes(closed.text)), "c", "i2", "s2")["answers"]["remark"] == "hoang yen 2"
    db.engine.dispose()
    if sqlite:
        path = Path(make_url(str(db.engine.url)).database)
        with db.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        assert b"hoang yen 2" not in path.read_bytes()
    with pytest.raises(SystemExit):  # said in words: a sealed ballot lies in a closed box
        downgrade(revision="0026")
