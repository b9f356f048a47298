"""Versions of rules are guarded by triggers

Reversible: yes. Data kept: yes, no row is touched. Stage touched: rulebook.

0002 makes whatever triggers are registered when it runs, so a database that came to 0002 earlier lacks these, and a
fresh one has them already: both end the same here. The texts are frozen in this file.

Revision 0003, after 0002
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

FIXED = "id, public_id, key, value, unit, source, mark, valid_from, note_vi, note_en, created_at, created_by_id"
EVENTS = {"rule_no_update": f"UPDATE OF {FIXED}", "rule_no_delete": "DELETE"}


def drop(name, sqlite):
    op.execute(f"DROP TRIGGER IF EXISTS {name}" + ("" if sqlite else " ON rule"))


def upgrade():
    sqlite = op.get_bind().dialect.name == "sqlite"
    body = "BEGIN SELECT RAISE(ABORT, 'rule is append-only'); END" if sqlite else "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    for name, event in EVENTS.items():
        drop(name, sqlite)
        op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON rule {body}")


def downgrade():
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name in EVENTS:
        drop(name, sqlite)
