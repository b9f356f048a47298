"""A refund booked by mistake is taken back by a row of its own, as a payment is

Reversible: yes. Data kept: all. Stops on the way down where a refund was taken back: that row has no place there. Touched: ledger_entry (checks, triggers).

Revision 0063, after 0061
"""

from alembic import op
from sqlalchemy import text

revision = "0063"
down_revision = "0061"
branch_labels = None
depends_on = None

T = "ledger_entry"
# name → before, after
CHECKS = {
    f"ck_{T}_kind_enum": ("kind IN ('payment', 'reversal', 'refund')", "kind IN ('payment', 'reversal', 'refund', 'refund_reversal')"),
    f"ck_{T}_reversal_names_entry": ("(kind = 'reversal') = (reverses_id IS NOT NULL)", "(kind IN ('reversal', 'refund_reversal')) = (reverses_id IS NOT NULL)"),
    f"ck_{T}_voucher_is_known": ("voucher IS NULL OR kind = 'reversal' OR document IS NOT NULL",
                                 "voucher IS NULL OR kind IN ('reversal', 'refund_reversal') OR document IS NOT NULL"),
}  # fmt: skip
PAID = ("(SELECT coalesce(sum(CASE WHEN kind = 'payment' THEN amount ELSE -amount END), 0) FROM ledger_entry WHERE {key} = {owner})",
        "(SELECT coalesce(sum(CASE WHEN kind IN ('payment', 'refund_reversal') THEN amount ELSE -amount END), 0) FROM ledger_entry WHERE {key} = {owner})")  # fmt: skip
COUNTERS = (("project", "paid_total", "project_id"), ("tranche", "paid", "tranche_id"))
BEFORE = [
    ("NEW.kind = 'payment' AND EXISTS (SELECT 1 FROM project WHERE id = NEW.project_id AND frozen_since IS NOT NULL)", "payments of this project are stopped"),
    ("NEW.kind = 'payment' AND NEW.tranche_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM tranche WHERE id = NEW.tranche_id AND project_id = NEW.project_id AND state = 'approved')",
     "this tranche is not approved for payment"),
    (("NEW.kind = 'payment' AND EXISTS (SELECT 1 FROM tranche t JOIN tranche mine ON mine.contract_id = t.contract_id WHERE mine.id = NEW.tranche_id "
     "AND t.position < mine.position AND t.state NOT IN ('paid', 'settled', 'cancelled'))"), "an earlier tranche is not paid"),
    ("NEW.kind = 'payment' AND NEW.tranche_id IS NULL AND NOT EXISTS (SELECT 1 FROM project WHERE id = NEW.project_id AND historic)", "a payment needs its tranche"),
]  # fmt: skip
SAME = "AND e.amount = NEW.amount AND e.project_id = NEW.project_id AND coalesce(e.tranche_id, 0) = coalesce(NEW.tranche_id, 0))"
MIRROR = (
    ("NEW.kind = 'reversal' AND NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.id = NEW.reverses_id AND e.kind = 'payment' " + SAME, "a reversal mirrors the payment it takes back"),
    (("NEW.kind IN ('reversal', 'refund_reversal') AND NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.id = NEW.reverses_id "
      "AND e.kind = CASE NEW.kind WHEN 'reversal' THEN 'payment' ELSE 'refund' END " + SAME), "a reversal mirrors the row it takes back"),
)  # fmt: skip


def upgrade():
    _checks(0, 1)
    _triggers(1)


def downgrade():
    if op.get_bind().execute(text("SELECT count(*) FROM ledger_entry WHERE kind = 'refund_reversal'")).scalar():
        raise RuntimeError("a refund that was taken back has no place in the older ledger")
    _triggers(0)
    _checks(1, 0)


def _checks(old, new):
    if op.get_bind().dialect.name == "sqlite":
        _rewrite([(f"CONSTRAINT {name} CHECK ({texts[old]})", f"CONSTRAINT {name} CHECK ({texts[new]})") for name, texts in CHECKS.items()])
        return
    for name, texts in CHECKS.items():
        op.execute(f"ALTER TABLE {T} DROP CONSTRAINT {name}")
        op.execute(f"ALTER TABLE {T} ADD CONSTRAINT {name} CHECK ({texts[new]})")


def _triggers(which):
    _guard([*BEFORE, MIRROR[which]])
    for owner, column, key in COUNTERS:
        _count(owner, f"UPDATE {owner} SET {column} = {PAID[which].format(key=key, owner=f'NEW.{key}')} WHERE id = NEW.{key};", key)
        _only_true(owner, column, f"NEW.{column} <> {PAID[which].format(key=key, owner='NEW.id')}")


def _guard(cases):
    if op.get_bind().dialect.name == "sqlite":
        selects = " ".join(f"SELECT RAISE(ABORT, '{words}') WHERE {case};" for case, words in cases)
        _anew(f"{T}_guard", f"BEFORE INSERT ON {T} BEGIN {selects} END")
        return
    checks = " ".join(_raise(case, words) for case, words in cases)
    _function(f"{T}_guard", f"PERFORM 1 FROM project WHERE id = NEW.project_id FOR NO KEY UPDATE; {checks}")


def _count(owner, update, key):
    name = f"{T}_counts_{owner}"
    if op.get_bind().dialect.name == "sqlite":
        _anew(name, f"AFTER INSERT ON {T} BEGIN {update} END")
    else:
        _function(name, f"PERFORM 1 FROM {owner} WHERE id = NEW.{key} FOR NO KEY UPDATE; {update}")


def _only_true(owner, column, case):
    name, words = f"{owner}_{column}_true", f"{owner}.{column} is kept by its rows"
    if op.get_bind().dialect.name == "sqlite":
        _anew(name, f"BEFORE UPDATE OF {column} ON {owner} WHEN {case} BEGIN SELECT RAISE(ABORT, '{words}'); END")
    else:
        _function(name, _raise(case, words))


def _anew(name, said):
    op.execute(f"DROP TRIGGER {name}")
    op.execute(f"CREATE TRIGGER {name} {said}")


def _function(name, body):
    op.execute(f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NEW; END $$")


def _raise(case, words):
    return f"IF {case} THEN RAISE EXCEPTION '{words}' USING ERRCODE = 'integrity_constraint_violation'; END IF;"


def _rewrite(replacements):
    bind = op.get_bind()
    version = bind.exec_driver_sql("PRAGMA schema_version").scalar()  # only what is allowed changes: what is on disk stays as it is
    said = bind.exec_driver_sql(f"SELECT sql FROM sqlite_master WHERE type = 'table' AND name = '{T}'").scalar()
    for before, after in replacements:
        assert before in said, before
        said = said.replace(before, after, 1)
    bind.exec_driver_sql("PRAGMA writable_schema=ON")
    bind.exec_driver_sql(f"UPDATE sqlite_master SET sql = ? WHERE type = 'table' AND name = '{T}'", (said,))
    bind.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    bind.exec_driver_sql("PRAGMA writable_schema=RESET")
