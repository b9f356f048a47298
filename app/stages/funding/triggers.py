"""Triggers that keep sums of money true in both databases, whatever the program does.

ledger_entry → project.paid_total, tranche.paid: grow with payments, shrink with reversals and refunds; the CHECKs
`paid_total BETWEEN 0 AND approved_state` and `paid BETWEEN 0 AND amount` then refuse an overspending row.
budget_commitment → year_budget.committed in the same way. And a counter can be written by nothing else: a value that
is not the sum of its rows is refused.
"""

from __future__ import annotations

from app.kernel.db import trigger

_SIGNED = "CASE WHEN {row}kind = 'payment' THEN {row}amount ELSE -{row}amount END"
_PROMISED = "CASE WHEN {row}kind = 'commit' THEN {row}amount ELSE -{row}amount END"


def guard_money() -> None:
    """Register all triggers of this room."""
    _before_entry()
    _counter("ledger_entry_counts", "ledger_entry", _SIGNED.format(row="NEW."),
             {"project": ("paid_total", "project_id"), "tranche": ("paid", "tranche_id")})  # fmt: skip
    _counter("budget_commitment_counts", "budget_commitment", _PROMISED.format(row="NEW."), {"year_budget": ("committed", "year_budget_id")})
    for table, column, rows, key, signed in (
        ("project", "paid_total", "ledger_entry", "project_id", _SIGNED),
        ("tranche", "paid", "ledger_entry", "tranche_id", _SIGNED),
        ("year_budget", "committed", "budget_commitment", "year_budget_id", _PROMISED),
    ):
        _true_sum(table, column, f"(SELECT coalesce(sum({signed.format(row='')}), 0) FROM {rows} WHERE {key} = NEW.id)")


def _function(name: str, table: str, when: str, body: str) -> str:
    # asyncpg and psycopg take several statements in one string when there are no parameters
    return (f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NEW; END $$; "
            f"CREATE TRIGGER {name} {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")  # fmt: skip


def _counter(name: str, table: str, signed: str, counters: dict[str, tuple[str, str]]) -> None:
    updates = " ".join(f"UPDATE {owner} SET {column} = {column} + ({signed}) WHERE id = NEW.{key};"
                       for owner, (column, key) in counters.items())  # fmt: skip
    trigger(name, table, sqlite=f"CREATE TRIGGER {name} AFTER INSERT ON {table} BEGIN {updates} END",
            postgresql=_function(name, table, "AFTER INSERT", updates))  # fmt: skip


def _true_sum(table: str, column: str, total: str) -> None:
    words = f"{table}.{column} is kept by its rows"
    trigger(
        f"{table}_{column}_true", table,
        sqlite=f"CREATE TRIGGER {table}_{column}_true BEFORE UPDATE OF {column} ON {table} WHEN NEW.{column} <> {total} "
               f"BEGIN SELECT RAISE(ABORT, '{words}'); END",
        postgresql=_function(f"{table}_{column}_true", table, f"BEFORE UPDATE OF {column}", _raise_if(f"NEW.{column} <> {total}", words)),
    )  # fmt: skip
    trigger(
        f"{table}_{column}_zero", table,
        sqlite=f"CREATE TRIGGER {table}_{column}_zero BEFORE INSERT ON {table} WHEN NEW.{column} <> 0 "
               f"BEGIN SELECT RAISE(ABORT, '{words}'); END",
        postgresql=_function(f"{table}_{column}_zero", table, "BEFORE INSERT", _raise_if(f"NEW.{column} <> 0", words)),
    )  # fmt: skip


def _before_entry() -> None:
    """A payment of a stopped project, of a tranche that is not approved, or of another project's tranche is refused."""
    frozen = "NEW.kind = 'payment' AND EXISTS (SELECT 1 FROM project WHERE id = NEW.project_id AND frozen_since IS NOT NULL)"
    unready = ("NEW.kind = 'payment' AND NEW.tranche_id IS NOT NULL AND NOT EXISTS "
               "(SELECT 1 FROM tranche WHERE id = NEW.tranche_id AND project_id = NEW.project_id AND state = 'approved')")  # fmt: skip
    loose = ("NEW.kind = 'payment' AND NEW.tranche_id IS NULL AND NOT EXISTS "
             "(SELECT 1 FROM project WHERE id = NEW.project_id AND historic)")  # fmt: skip
    unlike = ("NEW.kind = 'reversal' AND NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.id = NEW.reverses_id AND e.kind = 'payment' "
              "AND e.amount = NEW.amount AND e.project_id = NEW.project_id AND coalesce(e.tranche_id, 0) = coalesce(NEW.tranche_id, 0))")  # fmt: skip
    refusals = {
        frozen: "payments of this project are stopped", unready: "this tranche is not approved for payment",
        loose: "a payment needs its tranche", unlike: "a reversal mirrors the payment it takes back",
    }  # fmt: skip
    selects = " ".join(f"SELECT RAISE(ABORT, '{words}') WHERE {case};" for case, words in refusals.items())
    checks = " ".join(_raise_if(case, words) for case, words in refusals.items())
    # the row lock makes a second payment wait for the first, so that it sees the tranche as the first left it
    lock = "PERFORM 1 FROM project WHERE id = NEW.project_id FOR UPDATE; "
    trigger("ledger_entry_guard", "ledger_entry",
            sqlite=f"CREATE TRIGGER ledger_entry_guard BEFORE INSERT ON ledger_entry BEGIN {selects} END",
            postgresql=_function("ledger_entry_guard", "ledger_entry", "BEFORE INSERT", lock + checks))  # fmt: skip


def _raise_if(case: str, words: str) -> str:
    return f"IF {case} THEN RAISE EXCEPTION '{words}' USING ERRCODE = 'integrity_constraint_violation'; END IF;"
