"""What a dossier on paper says is entered by an officer after the opening and confirmed by another

Reversible: yes, as long as nothing was entered; else what was entered is a draft like others. Data kept: all. Touched: proposals.

Revision 0038, after 0036
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0036"
branch_labels = None
depends_on = None

T, AT = "proposal_transcript", sa.DateTime(timezone=True)
KEPT = "a dossier that was handed in is frozen"
IN = "(SELECT p.state FROM proposal p WHERE p.id = OLD.proposal_id) <> 'draft'"
CLOSED = ("NOT EXISTS (SELECT 1 FROM proposal_transcript t WHERE t.proposal_id = {} AND t.handed_at IS NOT NULL AND t.confirmed_at IS NULL AND t.ended_at IS NULL)")
FROZEN = (("proposal_frozen", "proposal", "UPDATE OF title, aim, work, duration_months, host_id, pi_id, call_topic_id", "OLD.state <> 'draft'", "OLD.id"),
          ("team_member_frozen", "team_member", "UPDATE OF name, role, months", IN, "OLD.proposal_id"))  # fmt: skip
NEW = (("proposal_transcript_answered", T, "UPDATE", "OLD.confirmed_at IS NOT NULL OR OLD.ended_at IS NOT NULL", "an ended transcription is kept"),
       ("proposal_transcript_kept", T, "DELETE", "OLD.id IS NOT NULL", "a transcription is kept"))  # fmt: skip


def _user(column):
    return sa.ForeignKeyConstraint([column], ["user_account.id"], name=op.f(f"fk_{T}_{column}_user_account"), ondelete="RESTRICT")


def _proposal(column):
    return sa.ForeignKeyConstraint([column], ["proposal.id"], name=op.f(f"fk_{T}_{column}_proposal"), ondelete="RESTRICT")


def upgrade():
    op.execute("ALTER TABLE proposal ADD COLUMN is_transcript BOOLEAN NOT NULL DEFAULT false")
    op.execute("DROP INDEX uq_proposal_draft")
    op.execute("CREATE UNIQUE INDEX uq_proposal_draft ON proposal (call_topic_id, pi_id) WHERE state = 'draft' AND NOT is_transcript")
    op.create_table(
        T,
        sa.Column("proposal_id", sa.Integer(), nullable=False), sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False), sa.Column("began_at", AT, nullable=False), sa.Column("handed_at", AT, nullable=True),
        sa.Column("returned", sa.Text(), nullable=True), sa.Column("confirmed_by_id", sa.Integer(), nullable=True), sa.Column("confirmed_at", AT, nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True), sa.Column("ended_at", AT, nullable=True), sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False), sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> entered_by_id", name=op.f(f"ck_{T}_two_people")),
        sa.CheckConstraint("(confirmed_by_id IS NULL) = (confirmed_at IS NULL)", name=op.f(f"ck_{T}_confirmed_has_time")),
        sa.CheckConstraint("confirmed_at IS NULL OR (handed_at IS NOT NULL AND ended_at IS NULL)", name=op.f(f"ck_{T}_confirmed_was_handed")),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL) AND (ended_at IS NULL) = (end_reason IS NULL)", name=op.f(f"ck_{T}_ended_has_reason")),
        _proposal("proposal_id"), _proposal("draft_id"), _user("entered_by_id"), _user("confirmed_by_id"), _user("ended_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{T}")), sa.UniqueConstraint("public_id", name=op.f(f"uq_{T}_public_id")),
        sa.UniqueConstraint("draft_id", name=op.f(f"uq_{T}_draft_id")),
    )  # fmt: skip
    op.create_index(op.f(f"ix_{T}_proposal_id"), T, ["proposal_id"])
    op.execute(f"CREATE UNIQUE INDEX uq_proposal_transcript_one ON {T} (proposal_id) WHERE ended_at IS NULL")
    for name, table, event, when, key in FROZEN:
        _drop(name, table)
        _guard(name, table, event, f"{when} AND {CLOSED.format(key)}", KEPT)
    for line in NEW:
        _guard(*line)


def downgrade():
    for name, table, event, when, _key in FROZEN:
        _drop(name, table)
        _guard(name, table, event, when, KEPT)
    for name, table, *_rest in NEW:
        _drop(name, table)
    op.drop_table(T)
    op.execute("DROP INDEX uq_proposal_draft")
    op.execute("CREATE UNIQUE INDEX uq_proposal_draft ON proposal (call_topic_id, pi_id) WHERE state = 'draft'")
    op.execute("ALTER TABLE proposal DROP COLUMN is_transcript")


def _guard(name, table, event, when, sentence):
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {when} BEGIN SELECT RAISE(ABORT, '{sentence}'); END")
        return
    op.execute(f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {when} THEN "
               f"RAISE EXCEPTION '{sentence}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
               f"IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$")  # fmt: skip
    op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def _drop(name, table):
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"DROP TRIGGER {name}")
        return
    op.execute(f"DROP TRIGGER {name} ON {table}")
    op.execute(f"DROP FUNCTION {name}()")
