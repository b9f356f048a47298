"""Another account for a contract: asked for, agreed to by another person, on hold; nothing is paid to an account on hold

Reversible: yes; the changes are lost, the accounts stay as they are. Data kept: all else. Touched: contract, ledger_entry (guards), a new table.

Revision 0053, after 0052
"""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

T = "account_change"
HOLD, ON_HOLD = "ledger_entry_hold", "the account is on hold"
HELD = "NEW.kind = 'payment' AND EXISTS (SELECT 1 FROM account_change c WHERE c.project_id = NEW.project_id AND c.state = 'held' AND c.held_until >= NEW.booked_on)"
NAME, WORDS = "contract_account_agreed", "an account changes by a change that is agreed to"
UNAGREED = ("OLD.state <> 'draft' AND NEW.account IS DISTINCT FROM OLD.account AND NOT EXISTS (SELECT 1 FROM account_change c WHERE c.contract_id = OLD.id "
            "AND ((c.state = 'held' AND c.new_account = NEW.account) OR (c.state = 'stopped' AND c.old_account IS NOT DISTINCT FROM NEW.account)))")  # fmt: skip


def upgrade():
    op.create_table(
        T,
        sa.Column("project_id", sa.Integer(), nullable=False), sa.Column("contract_id", sa.Integer(), nullable=False), sa.Column("state", sa.String(32), nullable=False),
        sa.Column("old_account", sa.String(300)), sa.Column("new_account", sa.String(300), nullable=False), sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requested_by_id", sa.Integer(), nullable=False), sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer()), sa.Column("decided_at", sa.DateTime(timezone=True)), sa.Column("held_until", sa.Date()), sa.Column("remark", sa.Text()),
        sa.Column("id", sa.Integer(), nullable=False), sa.Column("public_id", sa.String(26), nullable=False), sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(new_account) <= 300 AND trim(new_account) <> ''", name=op.f(f"ck_{T}_new_account_text")),
        sa.CheckConstraint("length(reason) <= 10000 AND trim(reason) <> ''", name=op.f(f"ck_{T}_reason_text")),
        sa.CheckConstraint("decided_by_id IS NULL OR decided_by_id <> requested_by_id", name=op.f(f"ck_{T}_four_eyes")),
        sa.CheckConstraint("state NOT IN ('held', 'stopped') OR (held_until IS NOT NULL AND decided_by_id IS NOT NULL)", name=op.f(f"ck_{T}_held_until_a_day")),
        sa.CheckConstraint("old_account IS NULL OR old_account <> new_account", name=op.f(f"ck_{T}_another_account")),
        sa.CheckConstraint("state IN ('requested', 'held', 'refused', 'withdrawn', 'stopped')", name=op.f(f"ck_{T}_state_enum")),
        *(sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_{T}_{column}_{table}"), ondelete="RESTRICT")
          for column, table in (("project_id", "project"), ("contract_id", "contract"), ("requested_by_id", "user_account"), ("decided_by_id", "user_account"))),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{T}")), sa.UniqueConstraint("public_id", name=op.f(f"uq_{T}_public_id")),
    )  # fmt: skip
    for column in ("project_id", "contract_id", "state"):
        op.create_index(op.f(f"ix_{T}_{column}"), T, [column])
    op.execute(f"CREATE UNIQUE INDEX uq_{T}_one_open ON {T} (contract_id) WHERE state = 'requested'")
    _refuse(HOLD, "ledger_entry", "BEFORE INSERT", HELD, ON_HOLD)
    _refuse(NAME, "contract", "BEFORE UPDATE OF account", UNAGREED, WORDS)


def downgrade():
    for name, table in ((HOLD, "ledger_entry"), (NAME, "contract")):
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"DROP TRIGGER {name}")
        else:
            op.execute(f"DROP TRIGGER {name} ON {table}")
            op.execute(f"DROP FUNCTION {name}()")
    op.drop_table(T)


def _refuse(name, table, when, case, words):
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER {name} {when} ON {table} WHEN {case} BEGIN SELECT RAISE(ABORT, '{words}'); END")
        return
    op.execute(f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {case} THEN "
               f"RAISE EXCEPTION '{words}' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$")  # fmt: skip
    op.execute(f"CREATE TRIGGER {name} {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
