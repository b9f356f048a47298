"""Wordings of papers by version, legal bases with their days, papers that replace or withdraw another

Reversible: yes; wordings, legal bases and what a paper ended are lost. Data kept: all else.
Touched: paper, two new tables. What the rules papers.bases and funding.bases said becomes the list of legal bases.

Revision 0071, after 0065
"""

import json
import secrets
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0071"
down_revision = "0065"
branch_labels = None
depends_on = None

P, W, B = "paper", "paper_wording", "legal_basis"
GENERAL = ["calls/*", "councils/*", "ideas/*", "papers/*", "plan/*", "proposals/*", "selection/*", "transfer/*"]
OF_PROJECTS = ["acceptance/*", "execution/*", "funding/*"]
FIXED = "id, public_id, text, source, valid_from, created_at, created_by_id"
TRIGGERS = (
    ("paper_wording_frozen", W, "UPDATE", "OLD.state <> 'draft'", "a wording that was put in force is frozen"),
    ("paper_wording_kept", W, "DELETE", "", "wordings are kept"),
    ("legal_basis_fixed", B, f"UPDATE OF {FIXED}", "", "words and first day of a legal basis never change"),
    ("legal_basis_kept", B, "DELETE", "", "legal bases are kept"),
)  # fmt: skip


def upgrade():
    bind = op.get_bind()
    # added to the columns, so that SQLite need not make the table and its triggers anew
    op.execute(f"ALTER TABLE {P} ADD COLUMN ends_pid VARCHAR(26)")
    op.execute(f"ALTER TABLE {P} ADD COLUMN ending VARCHAR(32) CONSTRAINT ck_{P}_ending_enum CHECK (ending IN ('replaces', 'withdraws')) "
               f"CONSTRAINT ck_{P}_ends_how CHECK ((ends_pid IS NULL) = (ending IS NULL))")  # fmt: skip
    op.create_index("ix_paper_ends", P, ["ends_pid"], unique=True)
    op.create_table(
        W,
        sa.Column("id", sa.Integer(), nullable=False), sa.Column("public_id", sa.String(26), nullable=False), sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("template", sa.String(100), nullable=False), sa.Column("number", sa.Integer(), nullable=False), sa.Column("state", sa.String(32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False), sa.Column("reason", sa.String(500), nullable=False), sa.Column("valid_from", sa.Date()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False), sa.Column("created_by_id", sa.Integer()),
        sa.CheckConstraint("state <> 'in_force' OR valid_from IS NOT NULL", name=op.f(f"ck_{W}_in_force_from")),
        sa.CheckConstraint("state IN ('draft', 'in_force', 'discarded')", name=op.f(f"ck_{W}_state_enum")),
        sa.ForeignKeyConstraint(["created_by_id"], ["user_account.id"], name=op.f(f"fk_{W}_created_by_id_user_account"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{W}")), sa.UniqueConstraint("public_id", name=op.f(f"uq_{W}_public_id")),
        sa.UniqueConstraint("template", "number", name=op.f(f"uq_{W}_template_number")),
    )  # fmt: skip
    table = op.create_table(
        B,
        sa.Column("id", sa.Integer(), nullable=False), sa.Column("public_id", sa.String(26), nullable=False), sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(500), nullable=False), sa.Column("source", sa.String(500), nullable=False), sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False), sa.Column("valid_to", sa.Date()), sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False), sa.Column("created_by_id", sa.Integer()),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f(f"ck_{B}_valid_to_after_from")),
        sa.ForeignKeyConstraint(["created_by_id"], ["user_account.id"], name=op.f(f"fk_{B}_created_by_id_user_account"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{B}")), sa.UniqueConstraint("public_id", name=op.f(f"uq_{B}_public_id")),
        sa.UniqueConstraint("text", "valid_from", name=op.f(f"uq_{B}_text_valid_from")),
    )  # fmt: skip
    _take_over(bind, table)
    for name, on, event, when, why in TRIGGERS:
        if bind.dialect.name == "sqlite":
            op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {on} {when and 'WHEN ' + when} BEGIN SELECT RAISE(ABORT, '{why}'); END")
        else:
            op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {on} FOR EACH ROW {when and f'WHEN ({when})'} EXECUTE FUNCTION refuse_change()")


def _take_over(bind, table):
    """What versions of the two rules listed; a basis of both, or of versions that follow one another, is one line."""
    found = bind.execute(sa.text("SELECT key, value, source, valid_from, valid_to FROM rule WHERE key IN ('papers.bases', 'funding.bases') ORDER BY valid_from, key DESC"))
    lines = {}
    for key, value, source, first, last in found:
        for text in json.loads(value) if isinstance(value, str) else value:
            line = lines.setdefault((text, str(first)), {"source": source, "to": last, "kinds": set()})
            line["kinds"] |= set(GENERAL if key == "papers.bases" else OF_PROJECTS)
    alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
    day = lambda value: datetime.fromisoformat(str(value)).date() if value else None
    for place, ((text, first), line) in enumerate(lines.items(), 1):
        pid = "".join(secrets.choice(alphabet) for _ in range(26))
        bind.execute(table.insert().values(public_id=pid, version=1, text=text[:500], source=line["source"][:500], position=place * 10, valid_from=day(first), valid_to=day(line["to"]),
                                           kinds=sorted(line["kinds"]), created_at=datetime.now(UTC)))  # fmt: skip


def downgrade():
    op.drop_table(B)
    op.drop_table(W)
    op.drop_index("ix_paper_ends", table_name=P)
    op.execute(f"ALTER TABLE {P} DROP COLUMN ending")
    op.execute(f"ALTER TABLE {P} DROP COLUMN ends_pid")
