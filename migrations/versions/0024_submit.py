"""How dossiers come in: on paper, in the place of another, late by two officers; requests to submit; frozen parts; uploads in pieces, malware check

Reversible: yes; the new tables go with what is in them, the triggers with them. Data kept: dossiers, versions and files are
not touched; files from before have no line of the check and stay readable. Touched: proposals, files.

Revision 0024, after 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
IN = "(SELECT p.state FROM proposal p WHERE p.id = OLD.proposal_id) <> 'draft'"
KEPT = "a dossier that was handed in is frozen"
GUARDS = [
    ("late_admission_answered", "late_admission", "UPDATE", "OLD.confirmed_at IS NOT NULL OR OLD.refused_at IS NOT NULL", "an answered admission is kept"),
    ("late_admission_kept", "late_admission", "DELETE", "OLD.id IS NOT NULL", "an admission is kept"),
    ("proposal_frozen", "proposal", "UPDATE OF title, aim, work, duration_months, host_id, pi_id, call_topic_id", "OLD.state <> 'draft'", KEPT),
    ("team_member_frozen", "team_member", "UPDATE OF name, role, months", IN, KEPT),
    ("budget_line_frozen", "budget_line", "UPDATE", IN, KEPT),
    ("proposal_product_frozen", "proposal_product", "UPDATE", IN, KEPT),
    ("budget_line_kept", "budget_line", "DELETE", IN, KEPT),
    ("proposal_product_kept", "proposal_product", "DELETE", IN, KEPT),
    ("proposal_milestone_frozen", "proposal_milestone", "UPDATE", IN, KEPT),
    ("proposal_milestone_kept", "proposal_milestone", "DELETE", IN, KEPT),
    ("planned_use_frozen", "planned_use", "UPDATE", IN, KEPT),
    ("planned_use_kept", "planned_use", "DELETE", IN, KEPT),
    ("team_member_kept", "team_member", "DELETE", IN, KEPT),
]
APPEND_ONLY = ("paper_dossier", "proposal_replacement", "submit_attempt")


def _to(table, column, target):
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}_{target.partition('.')[0]}"), ondelete="RESTRICT")


def upgrade():
    op.create_table(
        "paper_dossier",
        sa.Column("proposal_id", sa.Integer(), autoincrement=False, nullable=False), sa.Column("stamp_at", AT, nullable=False),
        sa.Column("stamp_office", sa.String(length=200), nullable=False), sa.Column("reference", sa.String(length=100), nullable=True),
        sa.Column("envelopes", sa.Integer(), nullable=False), sa.Column("listing", sa.Text(), nullable=True),
        sa.Column("registered_at", AT, nullable=False), sa.Column("registered_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(stamp_office) <= 200 AND trim(stamp_office) <> ''", name=op.f("ck_paper_dossier_stamp_office_text")),
        sa.CheckConstraint("envelopes BETWEEN 1 AND 100", name=op.f("ck_paper_dossier_envelopes_range")),
        _to("paper_dossier", "proposal_id", "proposal.id"), _to("paper_dossier", "registered_by_id", "user_account.id"),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_paper_dossier")))
    op.create_table(
        "proposal_replacement",
        sa.Column("proposal_id", sa.Integer(), autoincrement=False, nullable=False), sa.Column("replaced_id", sa.Integer(), nullable=False),
        sa.Column("began_at", AT, nullable=False),
        sa.CheckConstraint("proposal_id <> replaced_id", name=op.f("ck_proposal_replacement_another")),
        _to("proposal_replacement", "proposal_id", "proposal.id"), _to("proposal_replacement", "replaced_id", "proposal.id"),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_proposal_replacement")))
    op.create_index(op.f("ix_proposal_replacement_replaced_id"), "proposal_replacement", ["replaced_id"])
    op.create_table(
        "submit_attempt",
        sa.Column("id", sa.Integer(), nullable=False), sa.Column("proposal_id", sa.Integer(), nullable=False), sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False), sa.Column("arrived_at", AT, nullable=False),
        _to("submit_attempt", "proposal_id", "proposal.id"), _to("submit_attempt", "user_id", "user_account.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submit_attempt")))
    op.create_index("uq_submit_attempt_key", "submit_attempt", ["proposal_id", "key"], unique=True)
    _late_admission()
    _files()
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in APPEND_ONLY:
        for verb in ("update", "delete"):
            op.execute(f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} " + (
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END" if sqlite else "FOR EACH ROW EXECUTE FUNCTION refuse_change()"))
        if not sqlite:
            op.execute(f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")
    for name, table, event, when, sentence in GUARDS:
        op.execute(f"DROP TRIGGER IF EXISTS {name}" + ("" if sqlite else f" ON {table}"))  # a database that is made anew has it from the models
        if sqlite:
            op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {when} BEGIN SELECT RAISE(ABORT, '{sentence}'); END")
            continue
        op.execute(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {when} THEN "
            f"RAISE EXCEPTION '{sentence}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
            "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$")
        op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def _late_admission():
    people = ("asked_by_id", "confirmed_by_id", "refused_by_id")
    open_only = sa.text("confirmed_at IS NULL AND refused_at IS NULL")
    op.create_table(
        "late_admission",
        sa.Column("ground", sa.String(length=32), nullable=False), sa.Column("call_topic_id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=True), sa.Column("paper", sa.JSON(), nullable=True), sa.Column("stamp_at", AT, nullable=True),
        sa.Column("outage_from", AT, nullable=True), sa.Column("outage_until", AT, nullable=True), sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document", sa.String(length=200), nullable=False), sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", AT, nullable=False), sa.Column("confirmed_by_id", sa.Integer(), nullable=True), sa.Column("confirmed_at", AT, nullable=True),
        sa.Column("refused_by_id", sa.Integer(), nullable=True), sa.Column("refused_at", AT, nullable=True), sa.Column("refusal", sa.Text(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False), sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.CheckConstraint("ground IN ('outage', 'post_stamp')", name=op.f("ck_late_admission_ground_enum")),
        sa.CheckConstraint("length(document) <= 200 AND trim(document) <> ''", name=op.f("ck_late_admission_document_text")),
        sa.CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> asked_by_id", name=op.f("ck_late_admission_two_people")),
        sa.CheckConstraint("(confirmed_by_id IS NULL) = (confirmed_at IS NULL)", name=op.f("ck_late_admission_confirmed_has_time")),
        sa.CheckConstraint("confirmed_at IS NULL OR refused_at IS NULL", name=op.f("ck_late_admission_one_answer")),
        sa.CheckConstraint("confirmed_at IS NULL OR proposal_id IS NOT NULL", name=op.f("ck_late_admission_confirmed_has_dossier")),
        sa.CheckConstraint("(ground = 'outage' AND proposal_id IS NOT NULL AND outage_until > outage_from) OR "
                           "(ground = 'post_stamp' AND paper IS NOT NULL AND stamp_at IS NOT NULL)", name=op.f("ck_late_admission_ground_is_shown")),
        _to("late_admission", "call_topic_id", "call_topic.id"), _to("late_admission", "proposal_id", "proposal.id"),
        *(_to("late_admission", column, "user_account.id") for column in people),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_admission")), sa.UniqueConstraint("public_id", name=op.f("uq_late_admission_public_id")))
    op.create_index(op.f("ix_late_admission_call_topic_id"), "late_admission", ["call_topic_id"])
    op.create_index(op.f("ix_late_admission_proposal_id"), "late_admission", ["proposal_id"])
    op.create_index("uq_late_admission_waiting", "late_admission", ["proposal_id"], unique=True, sqlite_where=open_only, postgresql_where=open_only)


def _files():
    op.add_column("attachment", sa.Column("number", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("attachment", sa.Column("replaced_by_pid", sa.String(length=26), nullable=True))
    op.create_table(
        "blob_scan",
        sa.Column("sha256", sa.String(length=64), nullable=False), sa.Column("verdict", sa.String(length=32), nullable=False),
        sa.Column("found", sa.String(length=200), nullable=True), sa.Column("tries", sa.Integer(), nullable=False), sa.Column("checked_at", AT, nullable=False),
        sa.CheckConstraint("verdict IN ('waiting', 'clean', 'infected')", name=op.f("ck_blob_scan_verdict_enum")),
        _to("blob_scan", "sha256", "blob.sha256"), sa.PrimaryKeyConstraint("sha256", name=op.f("pk_blob_scan")))
    op.create_index(op.f("ix_blob_scan_verdict"), "blob_scan", ["verdict"])
    op.create_table(
        "upload",
        sa.Column("subject_type", sa.String(length=64), nullable=False), sa.Column("subject_pid", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False), sa.Column("replaces_pid", sa.String(length=26), nullable=True),
        sa.Column("filename", sa.String(length=200), nullable=False), sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True), sa.Column("user_id", sa.Integer(), nullable=False), sa.Column("began_at", AT, nullable=False),
        sa.Column("done_at", AT, nullable=True), sa.Column("attachment_pid", sa.String(length=26), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False), sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_upload_size_positive")), _to("upload", "user_id", "user_account.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")), sa.UniqueConstraint("public_id", name=op.f("uq_upload_public_id")))
    op.create_index(op.f("ix_upload_user_id"), "upload", ["user_id"])
    op.create_index("ix_upload_subject", "upload", ["subject_type", "subject_pid"])


def downgrade():
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name, table, *_rest in GUARDS:
        op.execute(f"DROP TRIGGER IF EXISTS {name}" + ("" if sqlite else f" ON {table}"))
        if not sqlite:
            op.execute(f"DROP FUNCTION IF EXISTS {name}()")
    for table in ("upload", "blob_scan", "late_admission", "submit_attempt", "proposal_replacement", "paper_dossier"):
        op.drop_table(table)
    op.drop_column("attachment", "replaced_by_pid")
    op.drop_column("attachment", "number")
