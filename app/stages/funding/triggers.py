"""Triggers that keep sums of money true in both databases, whatever the program does.

ledger_entry → project.paid_total, tranche.paid: the sum of payments less reversals and refunds that stand; the CHECKs
`paid_total BETWEEN 0 AND approved_state` and `paid BETWEEN 0 AND amount` then refuse an overspending row.
budget_commitment → year_budget.committed in the same way. And a counter can be written by nothing else: a value that
is not the sum of its rows is refused.
"""

from __future__ import annotations

from app.kernel.db import trigger

_PAID = "(SELECT coalesce(sum(CASE WHEN kind IN ('payment', 'refund_reversal') THEN amount ELSE -amount END), 0) FROM ledger_entry WHERE {key} = {owner})"
_PROMISED = "(SELECT coalesce(sum(CASE WHEN kind = 'commit' THEN amount ELSE -amount END), 0) FROM budget_commitment WHERE {key} = {owner})"
# table that keeps a sum, its column, the rows it sums, the column of those rows that points back, the sum
COUNTERS = (
    ("project", "paid_total", "ledger_entry", "project_id", _PAID),
    ("tranche", "paid", "ledger_entry", "tranche_id", _PAID),
    ("year_budget", "committed", "budget_commitment", "year_budget_id", _PROMISED),
)


_SPENT = "(SELECT coalesce(sum(CASE WHEN kind = 'spending' THEN amount ELSE -amount END), 0) FROM management_cost WHERE {key} = {owner})"


def guard_costs() -> None:
    """Register the triggers of the ledger of management costs: the year's counter is the sum of its rows, never more than its budget."""
    total = _SPENT.format(key="budget_id", owner="NEW.budget_id")
    _count("management_budget", "spent", "management_cost", "budget_id", total)
    _only_true("management_budget", "spent", _SPENT.format(key="budget_id", owner="NEW.id"))


def guard_money() -> None:
    """Register all triggers of this room."""
    _before_entry()
    for owner, column, rows, key, total in COUNTERS:
        _count(owner, column, rows, key, total.format(key=key, owner=f"NEW.{key}"))
        _only_true(owner, column, total.format(key=key, owner="NEW.id"))


def _function(name: str, table: str, when: str, body: str) -> str:
    return (f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NEW; END $$; "
            f"CREATE TRIGGER {name} {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")  # fmt: skip


def _count(owner: str, column: str, rows: str, key: str, total: str) -> None:
    name = f"{rows}_counts_{owner}"
    update = f"UPDATE {owner} SET {column} = {total} WHERE id = NEW.{key};"
    # the lock first: a statement after it sees the rows of everybody who held it before (foreign keys only share the key)
    lock = f"PERFORM 1 FROM {owner} WHERE id = NEW.{key} FOR NO KEY UPDATE; "
    trigger(name, rows, sqlite=f"CREATE TRIGGER {name} AFTER INSERT ON {rows} BEGIN {update} END",
            postgresql=_function(name, rows, "AFTER INSERT", lock + update))  # fmt: skip


def _only_true(table: str, column: str, total: str) -> None:
    words = f"{table}.{column} is kept by its rows"
    for name, when, case in (
        (f"{table}_{column}_true", f"BEFORE UPDATE OF {column}", f"NEW.{column} <> {total}"),
        (f"{table}_{column}_zero", "BEFORE INSERT", f"NEW.{column} <> 0"),
    ):
        trigger(name, table, sqlite=f"CREATE TRIGGER {name} {when} ON {table} WHEN {case} BEGIN SELECT RAISE(ABORT, '{words}'); END",
                postgresql=_function(name, table, when, _raise_if(case, words)))  # fmt: skip


def _before_entry() -> None:
    """A payment of a stopped project, of a tranche that is not approved, or of another project's tranche is refused."""
    frozen = "NEW.kind = 'payment' AND EXISTS (SELECT 1 FROM project WHERE id = NEW.project_id AND frozen_since IS NOT NULL)"
    unready = ("NEW.kind = 'payment' AND NEW.tranche_id IS NOT NULL AND NOT EXISTS "
               "(SELECT 1 FROM tranche WHERE id = NEW.tranche_id AND project_id = NEW.project_id AND state = 'approved')")  # fmt: skip
    loose = ("NEW.kind = 'payment' AND NEW.tranche_id IS NULL AND NOT EXISTS "
             "(SELECT 1 FROM project WHERE id = NEW.project_id AND historic)")  # fmt: skip
    unlike = ("NEW.kind IN ('reversal', 'refund_reversal') AND NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.id = NEW.reverses_id "
              "AND e.kind = CASE NEW.kind WHEN 'reversal' THEN 'payment' ELSE 'refund' END "
              "AND e.amount = NEW.amount AND e.project_id = NEW.project_id AND coalesce(e.tranche_id, 0) = coalesce(NEW.tranche_id, 0))")  # fmt: skip
    early = ("NEW.kind = 'payment' AND EXISTS (SELECT 1 FROM tranche t JOIN tranche mine ON mine.contract_id = t.contract_id WHERE mine.id = NEW.tranche_id "
             "AND t.position < mine.position AND t.state NOT IN ('paid', 'settled', 'cancelled'))")  # fmt: skip
    refusals = {
        frozen: "payments of this project are stopped", unready: "this tranche is not approved for payment",
        early: "an earlier tranche is not paid", loose: "a payment needs its tranche", unlike: "a reversal mirrors the row it takes back",
    }  # fmt: skip
    selects = " ".join(f"SELECT RAISE(ABORT, '{words}') WHERE {case};" for case, words in refusals.items())
    checks = " ".join(_raise_if(case, words) for case, words in refusals.items())
    # the row lock makes a second payment wait for the first, so that it sees the tranche as the first left it
    lock = "PERFORM 1 FROM project WHERE id = NEW.project_id FOR NO KEY UPDATE; "
    trigger("ledger_entry_guard", "ledger_entry",
            sqlite=f"CREATE TRIGGER ledger_entry_guard BEFORE INSERT ON ledger_entry BEGIN {selects} END",
            postgresql=_function("ledger_entry_guard", "ledger_entry", "BEFORE INSERT", lock + checks))  # fmt: skip


def guard_closings() -> None:
    """The end of a project is never taken back, but that of an imported one goes with it when its import is undone."""
    name, words = "project_closing_no_delete", "project_closing is append-only"
    case = "NOT EXISTS (SELECT 1 FROM project WHERE id = OLD.project_id AND historic)"
    function = (f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {_raise_if(case, words)} RETURN OLD; END $$; "
                f"CREATE TRIGGER {name} BEFORE DELETE ON project_closing FOR EACH ROW EXECUTE FUNCTION {name}()")  # fmt: skip
    trigger(name, "project_closing", sqlite=f"CREATE TRIGGER {name} BEFORE DELETE ON project_closing WHEN {case} BEGIN SELECT RAISE(ABORT, '{words}'); END", postgresql=function)


def guard_accounts() -> None:
    """The account of a contract in force changes only by a change that another person agreed to, or back when that was stopped (none at all stops payments); nothing is paid to one on hold.

    They are listed under the table they ask, which is younger than those they hang on.
    """
    hold, on_hold = "ledger_entry_hold", "the account is on hold"
    held = "NEW.kind = 'payment' AND EXISTS (SELECT 1 FROM account_change c WHERE c.project_id = NEW.project_id AND c.state = 'held' AND c.held_until >= NEW.booked_on)"
    trigger(hold, "account_change", sqlite=f"CREATE TRIGGER {hold} BEFORE INSERT ON ledger_entry WHEN {held} BEGIN SELECT RAISE(ABORT, '{on_hold}'); END",
            postgresql=_function(hold, "ledger_entry", "BEFORE INSERT", _raise_if(held, on_hold)))  # fmt: skip
    words = "an account changes by a change that is agreed to"
    agreed = ("SELECT 1 FROM account_change c WHERE c.contract_id = OLD.id AND ((c.state = 'held' AND c.new_account = NEW.account) "
              "OR (c.state = 'stopped' AND c.old_account IS NOT DISTINCT FROM NEW.account))")  # fmt: skip
    case = f"OLD.state <> 'draft' AND NEW.account IS NOT NULL AND NEW.account IS DISTINCT FROM OLD.account AND NOT EXISTS ({agreed})"
    name = "contract_account_agreed"
    trigger(name, "account_change", sqlite=f"CREATE TRIGGER {name} BEFORE UPDATE OF account ON contract WHEN {case} BEGIN SELECT RAISE(ABORT, '{words}'); END",
            postgresql=_function(name, "contract", "BEFORE UPDATE OF account", _raise_if(case, words)))  # fmt: skip


def _raise_if(case: str, words: str) -> str:
    return f"IF {case} THEN RAISE EXCEPTION '{words}' USING ERRCODE = 'integrity_constraint_violation'; END IF;"
