"""Ballots are sealed with a key that lies outside the database; what opened boxes held has rows of its own

Ballots of opened boxes are copied as they are; those of closed boxes are sealed now, with the newest key of the settings.
On SQLite what the old table held is overwritten. A council names a counting team; a ranking line says its outcome.

Reversible: yes, unless a ballot lies in a closed box or is not valid: the older table has no place for it, and the downgrade
is refused. Drafts of sheets go. Data kept: every ballot, with its seal. Services touched: councils; stage selection.

Revision 0027, after 0026
"""

import json
import secrets
from hashlib import sha256

import sqlalchemy as sa
from alembic import op
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

OUTCOMES = "outcome IN ('approve', 'revise', 'reserve', 'reject')"
DATED = "(outcome = 'revise') = (revise_by IS NOT NULL)"


def _box_trigger(name, table, state, words):
    asked = f"(SELECT opened_at FROM agenda_item WHERE id = NEW.agenda_item_id) IS {state}"
    return {
        "sqlite": [f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN {asked} BEGIN SELECT RAISE(ABORT, '{words}'); END"],
        "postgresql": [
            (f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {asked} THEN RAISE EXCEPTION '{words}' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$"),
            f"CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
        ],
    }


def _append_only(table):
    made = [(verb, f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table}") for verb in ("update", "delete")]
    return {
        "sqlite": [f"{text} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END" for _verb, text in made],
        "postgresql": [*(f"{text} FOR EACH ROW EXECUTE FUNCTION refuse_change()" for _verb, text in made),
                       f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"],
    }  # fmt: skip


CLOSED = _box_trigger("ballot_box_closed", "ballot", "NOT NULL", "the box is opened")
OPEN = _box_trigger("opened_ballot_box_open", "opened_ballot", "NULL", "the box is closed")


def upgrade():
    bind = op.get_bind()
    sqlite = bind.dialect.name == "sqlite"
    if sqlite:
        bind.exec_driver_sql("PRAGMA secure_delete=ON")
    rows = [dict(r._mapping) for r in bind.execute(sa.text(
        "SELECT b.*, i.public_id AS item_pid, i.opened_at AS box_opened_at, s.public_id AS seat_pid, c.public_id AS council_pid FROM ballot b "
        "JOIN agenda_item i ON i.id = b.agenda_item_id JOIN seat s ON s.id = b.seat_id JOIN council c ON c.id = i.council_id ORDER BY b.id"))]  # fmt: skip
    op.drop_table("ballot")
    _make_tables()
    for row in rows:
        _keep(bind, row)
    if not sqlite and rows:
        op.execute("SELECT setval(pg_get_serial_sequence('ballot', 'id'), (SELECT max(id) FROM ballot))")
    for text in (*_append_only("ballot")[bind.dialect.name], *CLOSED[bind.dialect.name], *_append_only("opened_ballot")[bind.dialect.name], *OPEN[bind.dialect.name]):
        bind.exec_driver_sql(text)
    op.add_column("council", sa.Column("tellers", sa.JSON(), nullable=True))
    _outcomes(bind, sqlite)


def _make_tables():
    op.create_table(
        "ballot", sa.Column("agenda_item_id", sa.Integer(), nullable=False), sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False), sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False), sa.Column("cast_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=True), sa.Column("checked_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False), sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.CheckConstraint("(entered_by_id IS NULL) = (checked_by_id IS NULL) AND (entered_by_id IS NULL OR entered_by_id <> checked_by_id)",
                           name=op.f("ck_ballot_two_persons")),
        *_keys("ballot", agenda_item_id="agenda_item", seat_id="seat", entered_by_id="user_account", checked_by_id="user_account"),
        sa.UniqueConstraint("agenda_item_id", "seat_id", name=op.f("uq_ballot_agenda_item_id_seat_id")))  # fmt: skip
    op.create_table(
        "opened_ballot", sa.Column("ballot_id", sa.Integer(), nullable=False), sa.Column("agenda_item_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False), sa.Column("word", sa.String(length=64), nullable=False), sa.Column("defect", sa.String(length=40), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False), sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False), *_keys("opened_ballot", ballot_id="ballot", agenda_item_id="agenda_item"),
        sa.UniqueConstraint("ballot_id", name=op.f("uq_opened_ballot_ballot_id")))  # fmt: skip
    op.create_table(
        "sheet_draft", sa.Column("agenda_item_id", sa.Integer(), nullable=False), sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("writer_id", sa.Integer(), nullable=False), sa.Column("text", sa.LargeBinary(), nullable=False), sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False), sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False), *_keys("sheet_draft", agenda_item_id="agenda_item", seat_id="seat", writer_id="user_account"),
        sa.UniqueConstraint("agenda_item_id", "seat_id", "writer_id", name=op.f("uq_sheet_draft_agenda_item_id_seat_id_writer_id")))  # fmt: skip
    for table, columns in {"ballot": ("agenda_item_id", "seat_id"), "opened_ballot": ("agenda_item_id",), "sheet_draft": ("agenda_item_id", "seat_id")}.items():
        for column in columns:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _keys(table, **targets):
    return (*(sa.ForeignKeyConstraint([c], [f"{to}.id"], name=op.f(f"fk_{table}_{c}_{to}"), ondelete="RESTRICT") for c, to in targets.items()),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")), sa.UniqueConstraint("public_id", name=op.f(f"uq_{table}_public_id")))  # fmt: skip


def _keep(bind, row):
    """One ballot of before: sealed, and opened again when its box is open."""
    content = json.loads(row["content"]) if isinstance(row["content"], str) else row["content"]
    key_id, sealed = _sealed({"answers": content, "word": row["salt"]}, row["council_pid"], row["item_pid"], row["seat_pid"])
    kept = {name: row[name] for name in ("id", "public_id", "agenda_item_id", "seat_id", "seal", "cast_at")}
    bind.execute(sa.text("INSERT INTO ballot (id, public_id, agenda_item_id, seat_id, seal, cast_at, text, key_id) "
                         "VALUES (:id, :public_id, :agenda_item_id, :seat_id, :seal, :cast_at, :text, :key_id)"), kept | {"text": sealed, "key_id": key_id})  # fmt: skip
    if row["box_opened_at"] is not None:
        bind.execute(sa.text("INSERT INTO opened_ballot (public_id, ballot_id, agenda_item_id, content, word, opened_at) VALUES (:pid, :id, :item, " + _json(bind) + ", :word, :at)"),
                     {"pid": _public_id(), "id": row["id"], "item": row["agenda_item_id"], "content": json.dumps(content), "word": row["salt"], "at": row["box_opened_at"]})


def _sealed(content, *bound):
    """(key id, nonce and ciphertext), in the form of version 1."""
    secret = current_app.config["BALLOT_KEYS"][0]
    key = HKDF(SHA256(), 32, salt=None, info=b"vamco ballot v1:seal").derive(secret.encode())
    text = json.dumps(content, sort_keys=True, ensure_ascii=False).encode()
    nonce = secrets.token_bytes(12)
    return sha256(f"vamco ballot key id:{secret}".encode()).hexdigest()[:16], nonce + AESGCM(key).encrypt(
        nonce, text.ljust(-(-len(text) // 4096) * 4096), "\n".join(("vamco ballot v1", *bound)).encode())


def _json(bind):
    return ":content" if bind.dialect.name == "sqlite" else "CAST(:content AS JSON)"


def _public_id():
    number = secrets.randbits(128)
    return "".join("0123456789abcdefghjkmnpqrstvwxyz"[(number >> 5 * i) & 31] for i in range(26))


def _outcomes(bind, sqlite):
    if sqlite:
        bind.exec_driver_sql(f"ALTER TABLE ranking_line ADD COLUMN outcome VARCHAR(32) CONSTRAINT ck_ranking_line_outcome_enum CHECK ({OUTCOMES})")
        bind.exec_driver_sql(f"ALTER TABLE ranking_line ADD COLUMN revise_by DATE CONSTRAINT ck_ranking_line_revise_by_date CHECK ({DATED})")
    else:
        op.execute(f"ALTER TABLE ranking_line ADD COLUMN outcome VARCHAR(32) CONSTRAINT ck_ranking_line_outcome_enum CHECK ({OUTCOMES})")
        op.add_column("ranking_line", sa.Column("revise_by", sa.Date(), nullable=True))
        op.execute(f"ALTER TABLE ranking_line ADD CONSTRAINT ck_ranking_line_revise_by_date CHECK ({DATED})")
    op.add_column("ranking_line", sa.Column("changes", sa.Text(), nullable=True))


def downgrade():
    bind = op.get_bind()
    left = bind.execute(sa.text("SELECT count(*) FROM ballot b LEFT JOIN opened_ballot o ON o.ballot_id = b.id WHERE o.id IS NULL OR o.defect IS NOT NULL")).scalar()
    if left:
        raise RuntimeError("sealed ballots lie in closed boxes, or ballots are not valid: open the boxes or give the items back first; invalid ones have no place before 0027")
    for column in ("changes", "revise_by", "outcome"):
        if column == "revise_by" and bind.dialect.name != "sqlite":
            op.execute("ALTER TABLE ranking_line DROP CONSTRAINT ck_ranking_line_revise_by_date")
        op.execute(f"ALTER TABLE ranking_line DROP COLUMN {column}")
    op.execute("ALTER TABLE council DROP COLUMN tellers")
    rows = [dict(r._mapping) for r in bind.execute(sa.text("SELECT b.*, o.content, o.word FROM ballot b JOIN opened_ballot o ON o.ballot_id = b.id ORDER BY b.id"))]
    for table in ("sheet_draft", "opened_ballot", "ballot"):
        op.drop_table(table)
    if bind.dialect.name != "sqlite":
        op.execute("DROP FUNCTION opened_ballot_box_open()")
    _make_old_table()
    for row in rows:
        content = row["content"] if isinstance(row["content"], str) else json.dumps(row["content"])
        bind.execute(sa.text("INSERT INTO ballot (id, public_id, agenda_item_id, seat_id, content, salt, seal, cast_at) "
                             "VALUES (:id, :public_id, :agenda_item_id, :seat_id, " + _json(bind) + ", :word, :seal, :cast_at)"),
                     {n: row[n] for n in ("id", "public_id", "agenda_item_id", "seat_id", "word", "seal", "cast_at")} | {"content": content})  # fmt: skip
    for text in (*_append_only("ballot")[bind.dialect.name], *CLOSED[bind.dialect.name]):
        bind.exec_driver_sql(text)


def _make_old_table():
    op.create_table(
        "ballot", sa.Column("agenda_item_id", sa.Integer(), nullable=False), sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False), sa.Column("salt", sa.String(length=32), nullable=False), sa.Column("seal", sa.String(length=64), nullable=False),
        sa.Column("cast_at", sa.DateTime(timezone=True), nullable=False), sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False), *_keys("ballot", agenda_item_id="agenda_item", seat_id="seat"),
        sa.UniqueConstraint("agenda_item_id", "seat_id", name=op.f("uq_ballot_agenda_item_id_seat_id")))  # fmt: skip
    for column in ("agenda_item_id", "seat_id"):
        op.create_index(op.f(f"ix_ballot_{column}"), "ballot", [column])
