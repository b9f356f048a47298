"""A cast ballot is unreadable to everybody, the database included, until who presides opens the box; then each can be checked."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app import config
from app.across.demo.plays import councils as plays
from app.across.demo.plays import ideas as idea_plays
from app.kernel.errors import NotAllowed, WrongState
from app.services.councils import actions, queries, recount, sealing
from app.services.councils.models import Ballot, OpenedBallot, SheetDraft
from app.stages.ideas import council as identification
from tests.councils.test_actions import DAY, NO, YES, refused

APP = Path(__file__).parent.parent.parent / "app"
READERS = {"actions/box.py", "actions/ballots.py"}


@pytest.fixture
def convened(cast, at, db):
    idea = idea_plays.submitted_idea(cast, item="1.8", title="Hệ thống tưới tự động cho thanh long", at=at)
    council = identification.prepare([idea], title="Hội đồng xác định nhiệm vụ 2026", by=cast["officer"], at=at + DAY)
    return plays.voting(cast, council=plays.established(cast, council=council, at=at + DAY))


@pytest.fixture
def keys():
    """Whatever a test does to the keys, they are as before afterwards."""
    before = dict(sealing._keys)
    yield before
    sealing._keys.clear()
    sealing._keys.update(before)


# --- the seal itself ------------------------------------------------------------------------------------------


@pytest.mark.nodb
@given(st.dictionaries(st.text(max_size=20), st.one_of(st.integers(), st.text(max_size=3000), st.none()), max_size=5))
def test_what_is_sealed_comes_back_and_nowhere_else(content):
    sealing.configure(["k" * 40])
    sealed = sealing.seal(content, "council", "item", "seat")
    assert sealing.unseal(sealed, "council", "item", "seat") == content
    with pytest.raises(WrongState):
        sealing.unseal(sealed, "council", "item", "another")
    with pytest.raises(WrongState):
        sealing.unseal(sealing.Sealed(sealed.key_id, sealed.text[:-1] + bytes([sealed.text[-1] ^ 1])), "council", "item", "seat")


@pytest.mark.nodb
def test_the_length_tells_nothing(keys):
    sealing.configure(["k" * 40])
    short, long = sealing.seal({"a": 1}, "x"), sealing.seal({"a": 1, "remark": "Nhận xét " * 100}, "x")
    assert len(short.text) == len(long.text) and short.text != sealing.seal({"a": 1}, "x").text


@pytest.mark.nodb
def test_keys_are_changed_and_a_lost_one_is_named(keys):
    sealing.configure(["old" * 15])
    before = sealing.seal({"a": 1}, "x")
    sealing.configure(["new" * 15, "old" * 15])
    assert sealing.unseal(before, "x") == {"a": 1} and sealing.seal({}, "x").key_id == sealing.key_id("new" * 15) != before.key_id
    sealing.configure(["new" * 15])
    with pytest.raises(sealing.KeyMissing) as found:
        sealing.unseal(before, "x")
    assert found.value.params["key"] == before.key_id and "VAMCO_BALLOT_KEY" in str(found.value)


@pytest.mark.nodb
def test_only_the_box_and_a_draft_s_writer_unseal():
    """Nothing else in the application can read a sealed text: no page, no command, no export."""
    callers = {}
    for path in APP.rglob("*.py"):
        names = {n.attr if isinstance(n, ast.Attribute) else n.id for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, (ast.Attribute, ast.Name))}
        if names & {"unseal", "AESGCM", "cipher"} and path.name not in {"sealing.py", "cipher.py", "later.py"} and path.parent.name != "entry":  # there: secrets of authenticator apps
            callers[str(path.relative_to(APP / "services/councils"))] = names
    assert set(callers) == READERS


@pytest.mark.nodb
def test_production_has_a_key_that_nobody_else_reads(monkeypatch, tmp_path):
    for name, value in {"VAMCO_INSTANCE": tmp_path, "VAMCO_SECRET_KEY": "s" * 40, "VAMCO_AUDIT_KEY": "a" * 40, "VAMCO_PUBLIC_BASE_URL": "https://x.vn", "VAMCO_HOSTS": "x.vn"}.items():
        monkeypatch.setenv(name, str(value))
    for name in ("VAMCO_BALLOT_KEY", "VAMCO_DEMO_PASSWORD", "VAMCO_CLOCK_OFFSET"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(RuntimeError, match="VAMCO_BALLOT_KEY"):
        config.load("production")
    monkeypatch.setenv("VAMCO_BALLOT_KEY", "short")
    with pytest.raises(RuntimeError, match="VAMCO_BALLOT_KEY"):
        config.load("production")
    monkeypatch.delenv("VAMCO_BALLOT_KEY")
    made = config.load("development")["BALLOT_KEYS"]
    path = tmp_path / "ballot-key"
    assert path.stat().st_mode & 0o777 == 0o600 and config.load("production")["BALLOT_KEYS"] == made
    path.chmod(0o644)
    with pytest.raises(RuntimeError, match="chmod 600"):
        config.load("production")
    monkeypatch.setenv("VAMCO_BALLOT_KEY", f"{'n' * 40},{'o' * 40}")
    assert config.load("production")["BALLOT_KEYS"] == ["n" * 40, "o" * 40]


# --- ballots --------------------------------------------------------------------------------------------------


def _rows(db):
    return json.dumps([[str(v) for v in row] for table in ("ballot", "sheet_draft", "journal_entry", "outbox_mail") for row in db.session.execute(text(f"SELECT * FROM {table}"))])


def test_no_table_tells_what_was_cast(cast, convened, db):
    item = convened.agenda[0]
    secret = {**NO, "reason": "Chim hoàng yến trong phiếu kín"}
    actions.keep_draft(convened, item, secret, by=cast["member1"], at=convened.meets_at)
    assert "hoàng yến" not in _rows(db) and "fail" not in _rows(db)
    ballot = actions.cast(convened, item, secret, by=cast["member1"], at=convened.meets_at)
    assert "hoàng yến" not in _rows(db) and actions.word_of(ballot) not in _rows(db)
    assert db.session.scalars(select(SheetDraft)).all() == []  # what is in the box is nowhere else


def test_who_holds_the_hash_alone_cannot_try_what_was_voted(cast, convened):
    """The word is not in the database: without it every sheet fits as well as another."""
    ballot = actions.cast(convened, convened.agenda[0], YES, by=cast["member1"], at=convened.meets_at)
    assert ballot.seal != sealing.receipt(YES, "") and ballot.seal == sealing.receipt(YES, actions.word_of(ballot))


def test_a_draft_is_its_writer_s_alone(cast, convened):
    item, seat = convened.agenda[0], convened.seats[0]
    actions.keep_draft(convened, item, {"urgency": "pass"}, by=cast["member1"], at=convened.meets_at)
    assert actions.own_draft(convened, item, seat, by=cast["member1"]) == {"urgency": "pass"}
    assert actions.own_draft(convened, item, seat, by=cast["officer"]) is None
    assert actions.own_draft(convened, item, convened.seats[1], by=cast["member2"]) is None
    refused(NotAllowed, actions.keep_draft, convened, item, {}, by=cast["officer"], at=convened.meets_at)


def test_the_box_is_opened_by_who_presides_and_every_ballot_can_be_checked(cast, convened, db):
    council = plays.voted(cast, council=convened, answers=lambda _i, n: YES if n else {**NO, "reason": "Chim hoàng yến"})
    item = council.agenda[0]
    opened = queries.ballots_of(item)
    assert [b.opened.content["conclusion"] for b in opened].count("refuse") == 1
    assert all(sealing.receipt(b.opened.content, b.opened.word) == b.seal for b in opened)
    assert recount.wrong_with(council, council.meets_at) == []
    with pytest.raises(IntegrityError):
        db.session.execute(text("UPDATE opened_ballot SET content = '{}'"))


def test_nothing_is_written_down_while_the_box_is_closed(cast, convened, db):
    ballot = actions.cast(convened, convened.agenda[0], YES, by=cast["member1"], at=convened.meets_at)
    with pytest.raises(IntegrityError):
        db.session.execute(OpenedBallot.__table__.insert().values(public_id="x" * 22, ballot_id=ballot.id, agenda_item_id=ballot.agenda_item_id, content={}, word="x",
                                                                  opened_at=convened.meets_at))  # fmt: skip


def _without_guards(db, statement):
    """What somebody with the database in hand can do."""
    if db.engine.dialect.name == "sqlite":
        for name in ("ballot_no_update", "opened_ballot_no_update", "ballot_count_no_update"):
            db.session.execute(text(f"DROP TRIGGER {name}"))
    else:
        db.session.execute(text("SET LOCAL session_replication_role = replica"))  # until the commit: the database itself goes on to the next test
    db.session.execute(text(statement))
    db.session.commit()


def test_a_ballot_put_in_another_s_place_opens_no_box(cast, convened, db):
    item = convened.agenda[0]
    for seat in convened.seats:
        actions.cast(convened, item, YES, by=seat.user, at=convened.meets_at)
    plays.to_step(cast, council=convened, opens="box", at=convened.meets_at)
    db.session.commit()
    _without_guards(db, "UPDATE ballot SET text = (SELECT b.text FROM ballot b WHERE b.id = 1) WHERE id = 2")
    db.session.expire_all()
    council = queries.council_by_pid(convened.public_id)
    assert [line for line in recount.wrong_with(council, council.meets_at) if "journal does not know" in line]
    refused(WrongState, actions.open_box, council, council.agenda[0], by=cast["member1"], at=council.meets_at)


@pytest.mark.parametrize(("statement", "said"), [
    ("UPDATE opened_ballot SET content = replace(CAST(content AS TEXT), 'selection', 'direct') WHERE id = 1", "does not make the hash"),
    ("UPDATE ballot_count SET result = replace(CAST(result AS TEXT), '\"do\": 7', '\"do\": 6')", "the count says votes"),
])  # fmt: skip
def test_a_recount_finds_what_was_changed(cast, convened, db, statement, said):
    council = plays.voted(cast, council=convened, answers=lambda _i, _n: YES)
    db.session.commit()
    if db.engine.dialect.name != "sqlite":
        change, found, where = statement.partition(" WHERE")
        statement = change.replace("= replace(", "= CAST(replace(") + " AS JSON)" + found + where
    _without_guards(db, statement)
    db.session.expire_all()
    told = recount.wrong_with(queries.council_by_pid(council.public_id), council.meets_at)
    assert any(said in line for line in told), told


def test_the_command_recounts_and_names_a_missing_key(app, cast, convened, db, keys):
    runner = app.test_cli_runner()
    actions.cast(convened, convened.agenda[0], YES, by=cast["member1"], at=convened.meets_at)
    db.session.commit()
    told = runner.invoke(args=["councils", "verify"])
    assert told.exit_code == 0 and "1 councils recounted, 0 differences" in told.output
    key = db.session.scalar(select(Ballot.key_id))
    sealing.configure(["another" * 8])
    told = runner.invoke(args=["councils", "verify"])
    assert told.exit_code == 1 and f"MISSING KEY {key}: 1 ballots" in told.output
    assert "MISSING" in runner.invoke(args=["councils", "keys"]).output


def test_without_the_key_the_box_stays_closed_and_says_why(cast, convened, keys):
    item = convened.agenda[0]
    for seat in convened.seats:
        actions.cast(convened, item, YES, by=seat.user, at=convened.meets_at)
    plays.to_step(cast, council=convened, opens="box", at=convened.meets_at)
    sealing.configure(["another" * 8])
    said = refused(sealing.KeyMissing, actions.open_box, convened, item, by=cast["member1"], at=convened.meets_at)
    assert "VAMCO_BALLOT_KEY" in said.message


def test_a_new_key_is_written_before_the_old_ones(app, tmp_path, keys):
    told = app.test_cli_runner().invoke(args=["councils", "new-key"])
    path = Path(app.config["INSTANCE_FOLDER"]) / "ballot-key"
    assert told.exit_code == 0 and path.stat().st_mode & 0o777 == 0o600
    assert sealing.key_id(path.read_text().split()[0]) in told.output
