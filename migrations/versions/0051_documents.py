"""A voucher is booked once (kind, number and year), again only after its booking was reversed; a tranche is never paid before an earlier one

Reversible: yes. Data kept: all. Vouchers that were booked more than once are kept and numbered in their order. Touched: ledger_entry.

Revision 0051, after 0042
"""

from alembic import op
from sqlalchemy import text

revision = "0051"
down_revision = "0048"
branch_labels = None
depends_on = None

LEDGER = "SELECT 1 FROM ledger_entry e WHERE e.id = NEW.reverses_id AND e.kind = 'payment' AND e.amount = NEW.amount AND e.project_id = NEW.project_id AND coalesce(e.tranche_id, 0) = coalesce(NEW.tranche_id, 0)"
BEFORE = [
    ("NEW.kind = 'payment' AND EXISTS (SELECT 1 FROM project WHERE id = NEW.project_id AND frozen_since IS NOT NULL)", "payments of this project are stopped"),
    ("NEW.kind = 'payment' AND NEW.tranche_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM tranche WHERE id = NEW.tranche_id AND project_id = NEW.project_id AND state = 'approved')",
     "this tranche is not approved for payment"),
    ("NEW.kind = 'payment' AND NEW.tranche_id IS NULL AND NOT EXISTS (SELECT 1 FROM project WHERE id = NEW.project_id AND historic)", "a payment needs its tranche"),
    (f"NEW.kind = 'reversal' AND NOT EXISTS ({LEDGER})", "a reversal mirrors the payment it takes back"),
]  # fmt: skip
EARLY = ("NEW.kind = 'payment' AND EXISTS (SELECT 1 FROM tranche t JOIN tranche mine ON mine.contract_id = t.contract_id WHERE mine.id = NEW.tranche_id "
         "AND t.position < mine.position AND t.state NOT IN ('paid', 'settled', 'cancelled'))", "an earlier tranche is not paid")  # fmt: skip
KNOWN = "voucher IS NULL OR kind = 'reversal' OR document IS NOT NULL"
NAME = "ck_ledger_entry_voucher_is_known"
LAST = "CONSTRAINT ck_ledger_entry_amount_positive CHECK"


def upgrade():
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute("ALTER TABLE ledger_entry ADD COLUMN document VARCHAR(160)")
    op.execute("DROP TRIGGER ledger_entry_no_update" if sqlite else "ALTER TABLE ledger_entry DISABLE TRIGGER ledger_entry_no_update")
    _number()
    if sqlite:
        op.execute("CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only'); END")
    else:
        op.execute("ALTER TABLE ledger_entry ENABLE TRIGGER ledger_entry_no_update")
    op.execute("CREATE UNIQUE INDEX uq_ledger_entry_document ON ledger_entry (document)")
    if sqlite:
        _rewrite([(LAST, f"CONSTRAINT {NAME} CHECK ({KNOWN}), \n\t{LAST}")])
    else:
        op.execute(f"ALTER TABLE ledger_entry ADD CONSTRAINT {NAME} CHECK ({KNOWN})")
    _guard([*BEFORE[:2], EARLY, *BEFORE[2:]])


def downgrade():
    _guard(BEFORE)
    op.execute("DROP INDEX uq_ledger_entry_document")
    if op.get_bind().dialect.name == "sqlite":
        _rewrite([(f"CONSTRAINT {NAME} CHECK ({KNOWN}), \n\t{LAST}", LAST)])
    else:
        op.execute(f"ALTER TABLE ledger_entry DROP CONSTRAINT {NAME}")
    op.execute("ALTER TABLE ledger_entry DROP COLUMN document")


def _number():
    """What is booked already gets its key; a voucher that was booked before gets its turn."""
    bind, turns = op.get_bind(), {}
    rows = bind.execute(text("SELECT id, kind, voucher, booked_on FROM ledger_entry WHERE voucher IS NOT NULL AND kind <> 'reversal' ORDER BY id")).all()
    for row in rows:
        key = f"{row.kind}:{''.join(row.voucher.split()).casefold()}:{str(row.booked_on)[:4]}"
        turns[key] = turns.get(key, 0) + 1
        bind.execute(text("UPDATE ledger_entry SET document = :key WHERE id = :id"), {"id": row.id, "key": key + (f"#{turns[key]}" if turns[key] > 1 else "")})


def _guard(cases):
    if op.get_bind().dialect.name == "sqlite":
        selects = " ".join(f"SELECT RAISE(ABORT, '{words}') WHERE {case};" for case, words in cases)
        op.execute("DROP TRIGGER ledger_entry_guard")
        op.execute(f"CREATE TRIGGER ledger_entry_guard BEFORE INSERT ON ledger_entry BEGIN {selects} END")
        return
    checks = " ".join(f"IF {case} THEN RAISE EXCEPTION '{words}' USING ERRCODE = 'integrity_constraint_violation'; END IF;" for case, words in cases)
    op.execute("CREATE OR REPLACE FUNCTION ledger_entry_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
               f"PERFORM 1 FROM project WHERE id = NEW.project_id FOR NO KEY UPDATE; {checks} RETURN NEW; END $$")  # fmt: skip


def _rewrite(replacements):
    bind = op.get_bind()
    version = bind.exec_driver_sql("PRAGMA schema_version").scalar()  # only what is allowed changes: what is on disk stays as it is
    said = bind.exec_driver_sql("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'ledger_entry'").scalar()
    for before, after in replacements:
        assert before in said, before
        said = said.replace(before, after, 1)
    bind.exec_driver_sql("PRAGMA writable_schema=ON")
    bind.exec_driver_sql("UPDATE sqlite_master SET sql = ? WHERE type = 'table' AND name = 'ledger_entry'", (said,))
    bind.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    bind.exec_driver_sql("PRAGMA writable_schema=RESET")
