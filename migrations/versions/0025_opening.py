"""After the opening: the opening session with who was there; the checklist's judgements, conclusions and requests to add something;
long texts that are compared, and what people judge of them

Reversible: yes, the tables go with what is in them; states of dossiers stay. Data kept: nothing before is touched; dossiers checked
before have no checklist. The database refuses to conclude on a dossier whose call is not opened. Stages touched: calls, proposals.

Revision 0025, after 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

TRIGGERS = {
    "call_opening_no_update": (
        "call_opening",
        "CREATE TRIGGER call_opening_no_update BEFORE UPDATE ON call_opening BEGIN SELECT RAISE(ABORT, 'call_opening is append-only'); END",
        "CREATE TRIGGER call_opening_no_update BEFORE UPDATE ON call_opening FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    ),
    "call_opening_no_delete": (
        "call_opening",
        "CREATE TRIGGER call_opening_no_delete BEFORE DELETE ON call_opening BEGIN SELECT RAISE(ABORT, 'call_opening is append-only'); END",
        "CREATE TRIGGER call_opening_no_delete BEFORE DELETE ON call_opening FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    ),
    "call_opening_no_truncate": (
        "call_opening",
        "",
        "CREATE TRIGGER call_opening_no_truncate BEFORE TRUNCATE ON call_opening FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    ),
    "call_opening_present_no_update": (
        "call_opening_present",
        "CREATE TRIGGER call_opening_present_no_update BEFORE UPDATE ON call_opening_present BEGIN SELECT RAISE(ABORT, 'call_opening_present is append-only'); END",
        "CREATE TRIGGER call_opening_present_no_update BEFORE UPDATE ON call_opening_present FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    ),
    "call_opening_present_no_delete": (
        "call_opening_present",
        "CREATE TRIGGER call_opening_present_no_delete BEFORE DELETE ON call_opening_present BEGIN SELECT RAISE(ABORT, 'call_opening_present is append-only'); END",
        "CREATE TRIGGER call_opening_present_no_delete BEFORE DELETE ON call_opening_present FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    ),
    "call_opening_present_no_truncate": (
        "call_opening_present",
        "",
        "CREATE TRIGGER call_opening_present_no_truncate BEFORE TRUNCATE ON call_opening_present FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    ),
    "line_judgement_no_update": (
        "line_judgement",
        "CREATE TRIGGER line_judgement_no_update BEFORE UPDATE ON line_judgement BEGIN SELECT RAISE(ABORT, 'line_judgement is append-only'); END",
        "CREATE TRIGGER line_judgement_no_update BEFORE UPDATE ON line_judgement FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    ),
    "line_judgement_no_delete": (
        "line_judgement",
        "CREATE TRIGGER line_judgement_no_delete BEFORE DELETE ON line_judgement BEGIN SELECT RAISE(ABORT, 'line_judgement is append-only'); END",
        "CREATE TRIGGER line_judgement_no_delete BEFORE DELETE ON line_judgement FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    ),
    "line_judgement_no_truncate": (
        "line_judgement",
        "",
        "CREATE TRIGGER line_judgement_no_truncate BEFORE TRUNCATE ON line_judgement FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    ),
    "eligibility_check_no_update": (
        "eligibility_check",
        "CREATE TRIGGER eligibility_check_no_update BEFORE UPDATE ON eligibility_check BEGIN SELECT RAISE(ABORT, 'eligibility_check is append-only'); END",
        "CREATE TRIGGER eligibility_check_no_update BEFORE UPDATE ON eligibility_check FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    ),
    "eligibility_check_no_delete": (
        "eligibility_check",
        "CREATE TRIGGER eligibility_check_no_delete BEFORE DELETE ON eligibility_check BEGIN SELECT RAISE(ABORT, 'eligibility_check is append-only'); END",
        "CREATE TRIGGER eligibility_check_no_delete BEFORE DELETE ON eligibility_check FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    ),
    "eligibility_check_no_truncate": (
        "eligibility_check",
        "",
        "CREATE TRIGGER eligibility_check_no_truncate BEFORE TRUNCATE ON eligibility_check FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    ),
    "overlap_judgement_no_update": (
        "overlap_judgement",
        "CREATE TRIGGER overlap_judgement_no_update BEFORE UPDATE ON overlap_judgement BEGIN SELECT RAISE(ABORT, 'overlap_judgement is append-only'); END",
        "CREATE TRIGGER overlap_judgement_no_update BEFORE UPDATE ON overlap_judgement FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    ),
    "overlap_judgement_no_delete": (
        "overlap_judgement",
        "CREATE TRIGGER overlap_judgement_no_delete BEFORE DELETE ON overlap_judgement BEGIN SELECT RAISE(ABORT, 'overlap_judgement is append-only'); END",
        "CREATE TRIGGER overlap_judgement_no_delete BEFORE DELETE ON overlap_judgement FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    ),
    "overlap_judgement_no_truncate": (
        "overlap_judgement",
        "",
        "CREATE TRIGGER overlap_judgement_no_truncate BEFORE TRUNCATE ON overlap_judgement FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    ),
    "line_judgement_sealed": (
        "line_judgement",
        "CREATE TRIGGER line_judgement_sealed BEFORE INSERT ON line_judgement WHEN NOT EXISTS (SELECT 1 FROM proposal p JOIN call_topic ct ON ct.id = p.call_topic_id JOIN call c ON c.id = ct.call_id WHERE p.id = NEW.proposal_id AND c.state IN ('opened', 'concluded') AND c.opened_at IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'sealed until the opening'); END",
        "CREATE OR REPLACE FUNCTION line_judgement_sealed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT EXISTS (SELECT 1 FROM proposal p JOIN call_topic ct ON ct.id = p.call_topic_id JOIN call c ON c.id = ct.call_id WHERE p.id = NEW.proposal_id AND c.state IN ('opened', 'concluded') AND c.opened_at IS NOT NULL) THEN RAISE EXCEPTION 'sealed until the opening' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$; CREATE TRIGGER line_judgement_sealed BEFORE INSERT ON line_judgement FOR EACH ROW EXECUTE FUNCTION line_judgement_sealed()",
    ),
    "eligibility_check_sealed": (
        "eligibility_check",
        "CREATE TRIGGER eligibility_check_sealed BEFORE INSERT ON eligibility_check WHEN NOT EXISTS (SELECT 1 FROM proposal p JOIN call_topic ct ON ct.id = p.call_topic_id JOIN call c ON c.id = ct.call_id WHERE p.id = NEW.proposal_id AND c.state IN ('opened', 'concluded') AND c.opened_at IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'sealed until the opening'); END",
        "CREATE OR REPLACE FUNCTION eligibility_check_sealed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT EXISTS (SELECT 1 FROM proposal p JOIN call_topic ct ON ct.id = p.call_topic_id JOIN call c ON c.id = ct.call_id WHERE p.id = NEW.proposal_id AND c.state IN ('opened', 'concluded') AND c.opened_at IS NOT NULL) THEN RAISE EXCEPTION 'sealed until the opening' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$; CREATE TRIGGER eligibility_check_sealed BEFORE INSERT ON eligibility_check FOR EACH ROW EXECUTE FUNCTION eligibility_check_sealed()",
    ),
    "remedy_sealed": (
        "remedy",
        "CREATE TRIGGER remedy_sealed BEFORE INSERT ON remedy WHEN NOT EXISTS (SELECT 1 FROM proposal p JOIN call_topic ct ON ct.id = p.call_topic_id JOIN call c ON c.id = ct.call_id WHERE p.id = NEW.proposal_id AND c.state IN ('opened', 'concluded') AND c.opened_at IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'sealed until the opening'); END",
        "CREATE OR REPLACE FUNCTION remedy_sealed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT EXISTS (SELECT 1 FROM proposal p JOIN call_topic ct ON ct.id = p.call_topic_id JOIN call c ON c.id = ct.call_id WHERE p.id = NEW.proposal_id AND c.state IN ('opened', 'concluded') AND c.opened_at IS NOT NULL) THEN RAISE EXCEPTION 'sealed until the opening' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$; CREATE TRIGGER remedy_sealed BEFORE INSERT ON remedy FOR EACH ROW EXECUTE FUNCTION remedy_sealed()",
    ),
    "overlap_judgement_sealed": (
        "overlap_judgement",
        "CREATE TRIGGER overlap_judgement_sealed BEFORE INSERT ON overlap_judgement WHEN NOT EXISTS (SELECT 1 FROM proposal p JOIN call_topic ct ON ct.id = p.call_topic_id JOIN call c ON c.id = ct.call_id WHERE p.id = NEW.proposal_id AND c.state IN ('opened', 'concluded') AND c.opened_at IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'sealed until the opening'); END",
        "CREATE OR REPLACE FUNCTION overlap_judgement_sealed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT EXISTS (SELECT 1 FROM proposal p JOIN call_topic ct ON ct.id = p.call_topic_id JOIN call c ON c.id = ct.call_id WHERE p.id = NEW.proposal_id AND c.state IN ('opened', 'concluded') AND c.opened_at IS NOT NULL) THEN RAISE EXCEPTION 'sealed until the opening' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$; CREATE TRIGGER overlap_judgement_sealed BEFORE INSERT ON overlap_judgement FOR EACH ROW EXECUTE FUNCTION overlap_judgement_sealed()",
    ),
    "proposal_sealed": (
        "proposal",
        "CREATE TRIGGER proposal_sealed BEFORE UPDATE OF state ON proposal WHEN OLD.state = 'submitted' AND NEW.state IN ('eligible', 'ineligible') AND NOT EXISTS (SELECT 1 FROM proposal p JOIN call_topic ct ON ct.id = p.call_topic_id JOIN call c ON c.id = ct.call_id WHERE p.id = NEW.id AND c.state IN ('opened', 'concluded') AND c.opened_at IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'sealed until the opening'); END",
        "CREATE OR REPLACE FUNCTION proposal_sealed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.state = 'submitted' AND NEW.state IN ('eligible', 'ineligible') AND NOT EXISTS (SELECT 1 FROM proposal p JOIN call_topic ct ON ct.id = p.call_topic_id JOIN call c ON c.id = ct.call_id WHERE p.id = NEW.id AND c.state IN ('opened', 'concluded') AND c.opened_at IS NOT NULL) THEN RAISE EXCEPTION 'sealed until the opening' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$; CREATE TRIGGER proposal_sealed BEFORE UPDATE OF state ON proposal FOR EACH ROW EXECUTE FUNCTION proposal_sealed()",
    ),
    "remedy_kept": (
        "remedy",
        "CREATE TRIGGER remedy_kept BEFORE UPDATE ON remedy WHEN OLD.state <> 'asked' BEGIN SELECT RAISE(ABORT, 'an ended request is kept'); END",
        "CREATE OR REPLACE FUNCTION remedy_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.state <> 'asked' THEN RAISE EXCEPTION 'an ended request is kept' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$; CREATE TRIGGER remedy_kept BEFORE UPDATE ON remedy FOR EACH ROW EXECUTE FUNCTION remedy_kept()",
    ),
    "remedy_item_kept": (
        "remedy_item",
        "CREATE TRIGGER remedy_item_kept BEFORE UPDATE ON remedy_item WHEN EXISTS (SELECT 1 FROM remedy r WHERE r.id = OLD.remedy_id AND r.state <> 'asked') BEGIN SELECT RAISE(ABORT, 'an ended request is kept'); END",
        "CREATE OR REPLACE FUNCTION remedy_item_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM remedy r WHERE r.id = OLD.remedy_id AND r.state <> 'asked') THEN RAISE EXCEPTION 'an ended request is kept' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$; CREATE TRIGGER remedy_item_kept BEFORE UPDATE ON remedy_item FOR EACH ROW EXECUTE FUNCTION remedy_item_kept()",
    ),
}


def upgrade():
    op.create_table(
        "work_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject_pid", sa.String(length=26), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("known", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("compared_among", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_text")),
        sa.UniqueConstraint(
            "kind", "subject_pid", name=op.f("uq_work_text_kind_subject_pid")
        ),
    )
    op.create_table(
        "work_overlap",
        sa.Column("text_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("other_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("other_share", sa.Integer(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("passages", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "other_id < text_id", name=op.f("ck_work_overlap_later_first")
        ),
        sa.ForeignKeyConstraint(
            ["other_id"],
            ["work_text.id"],
            name=op.f("fk_work_overlap_other_id_work_text"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["text_id"],
            ["work_text.id"],
            name=op.f("fk_work_overlap_text_id_work_text"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("text_id", "other_id", name=op.f("pk_work_overlap")),
    )
    op.create_index(
        "ix_work_overlap_other_id", "work_overlap", ["other_id"], unique=False
    )
    op.create_table(
        "work_print",
        sa.Column("print", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("text_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["text_id"],
            ["work_text.id"],
            name=op.f("fk_work_print_text_id_work_text"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("print", "text_id", name=op.f("pk_work_print")),
    )
    op.create_index("ix_work_print_text_id", "work_print", ["text_id"], unique=False)
    op.create_table(
        "call_opening",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=500), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.CheckConstraint(
            "length(place) <= 500 AND trim(place) <> ''",
            name=op.f("ck_call_opening_place_text"),
        ),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["user_account.id"],
            name=op.f("fk_call_opening_by_id_user_account"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["call.id"],
            name=op.f("fk_call_opening_call_id_call"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_opening")),
        sa.UniqueConstraint("call_id", name=op.f("uq_call_opening_call_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_call_opening_public_id")),
    )
    op.create_table(
        "call_opening_present",
        sa.Column("opening_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("capacity", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("body", sa.String(length=300), nullable=False),
        sa.Column("office", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "capacity IN ('present', 'witness')",
            name=op.f("ck_call_opening_present_capacity_enum"),
        ),
        sa.CheckConstraint(
            "length(body) <= 300 AND trim(body) <> ''",
            name=op.f("ck_call_opening_present_body_text"),
        ),
        sa.CheckConstraint(
            "length(name) <= 200 AND trim(name) <> ''",
            name=op.f("ck_call_opening_present_name_text"),
        ),
        sa.ForeignKeyConstraint(
            ["opening_id"],
            ["call_opening.id"],
            name=op.f("fk_call_opening_present_opening_id_call_opening"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint(
            "opening_id", "position", name=op.f("pk_call_opening_present")
        ),
    )
    op.create_table(
        "eligibility_check",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("letter_pid", sa.String(length=26), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.CheckConstraint(
            "outcome = 'eligible' OR trim(coalesce(reason, '')) <> ''",
            name=op.f("ck_eligibility_check_refusal_has_reason"),
        ),
        sa.CheckConstraint(
            "outcome IN ('eligible', 'ineligible')",
            name=op.f("ck_eligibility_check_outcome_enum"),
        ),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["user_account.id"],
            name=op.f("fk_eligibility_check_by_id_user_account"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposal.id"],
            name=op.f("fk_eligibility_check_proposal_id_proposal"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_eligibility_check")),
        sa.UniqueConstraint(
            "proposal_id",
            "number",
            name=op.f("uq_eligibility_check_proposal_id_number"),
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_eligibility_check_public_id")),
    )
    op.create_table(
        "line_judgement",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=32), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("proposed", sa.Boolean(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.CheckConstraint(
            "verdict IN ('met', 'not_met')", name=op.f("ck_line_judgement_verdict_enum")
        ),
        sa.CheckConstraint(
            "number > 0", name=op.f("ck_line_judgement_number_positive")
        ),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["user_account.id"],
            name=op.f("fk_line_judgement_by_id_user_account"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposal.id"],
            name=op.f("fk_line_judgement_proposal_id_proposal"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_judgement")),
        sa.UniqueConstraint(
            "proposal_id",
            "code",
            "number",
            name=op.f("uq_line_judgement_proposal_id_code_number"),
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_line_judgement_public_id")),
    )
    op.create_table(
        "overlap_judgement",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("other_kind", sa.String(length=32), nullable=False),
        sa.Column("other_pid", sa.String(length=26), nullable=False),
        sa.Column("other_code", sa.String(length=64), nullable=True),
        sa.Column("other_title", sa.String(length=500), nullable=False),
        sa.Column("likeness", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.CheckConstraint(
            "length(reason) <= 4000 AND trim(reason) <> ''",
            name=op.f("ck_overlap_judgement_reason_text"),
        ),
        sa.CheckConstraint(
            "likeness IN ('none', 'explained', 'partly', 'duplicate')",
            name=op.f("ck_overlap_judgement_likeness_enum"),
        ),
        sa.CheckConstraint(
            "share IS NULL OR share BETWEEN 0 AND 1000",
            name=op.f("ck_overlap_judgement_share_thousandths"),
        ),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["user_account.id"],
            name=op.f("fk_overlap_judgement_by_id_user_account"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposal.id"],
            name=op.f("fk_overlap_judgement_proposal_id_proposal"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overlap_judgement")),
        sa.UniqueConstraint("public_id", name=op.f("uq_overlap_judgement_public_id")),
    )
    op.create_index(
        op.f("ix_overlap_judgement_proposal_id"),
        "overlap_judgement",
        ["proposal_id"],
        unique=False,
    )
    op.create_table(
        "remedy",
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("letter_pid", sa.String(length=26), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'answered' OR (answered_at IS NOT NULL AND answered_by_id IS NOT NULL)",
            name=op.f("ck_remedy_answered_has_time"),
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'answered', 'lapsed', 'taken_back')",
            name=op.f("ck_remedy_state_enum"),
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"],
            ["user_account.id"],
            name=op.f("fk_remedy_answered_by_id_user_account"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"],
            ["user_account.id"],
            name=op.f("fk_remedy_asked_by_id_user_account"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposal.id"],
            name=op.f("fk_remedy_proposal_id_proposal"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remedy")),
        sa.UniqueConstraint(
            "proposal_id", "number", name=op.f("uq_remedy_proposal_id_number")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_remedy_public_id")),
    )
    op.create_index(
        op.f("ix_remedy_proposal_id"), "remedy", ["proposal_id"], unique=False
    )
    op.create_index(
        "uq_remedy_waiting",
        "remedy",
        ["proposal_id"],
        unique=True,
        sqlite_where=sa.text("state = 'asked'"),
        postgresql_where=sa.text("state = 'asked'"),
    )
    op.create_table(
        "remedy_item",
        sa.Column("remedy_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("document", sa.String(length=60), nullable=True),
        sa.Column("wanted", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.CheckConstraint(
            "length(wanted) <= 2000 AND trim(wanted) <> ''",
            name=op.f("ck_remedy_item_wanted_text"),
        ),
        sa.ForeignKeyConstraint(
            ["remedy_id"],
            ["remedy.id"],
            name=op.f("fk_remedy_item_remedy_id_remedy"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remedy_item")),
        sa.UniqueConstraint("public_id", name=op.f("uq_remedy_item_public_id")),
        sa.UniqueConstraint(
            "remedy_id", "position", name=op.f("uq_remedy_item_remedy_id_position")
        ),
    )
    _triggers()


def _triggers():
    bind = op.get_bind()
    sqlite = bind.dialect.name == "sqlite"
    _drop("proposal_sealed")  # a database begun today has it from its first tables
    for _table, for_sqlite, for_postgresql in TRIGGERS.values():
        if text := for_sqlite if sqlite else for_postgresql:
            op.execute(sa.DDL(text.replace("%", "%%")))


def _drop(name):
    op.execute(f"DROP TRIGGER IF EXISTS {name}" + ("" if op.get_bind().dialect.name == "sqlite" else " ON proposal"))


def downgrade():
    _drop("proposal_sealed")
    op.drop_table("remedy_item")
    op.drop_table("remedy")
    op.drop_table("overlap_judgement")
    op.drop_table("line_judgement")
    op.drop_table("eligibility_check")
    op.drop_table("call_opening_present")
    op.drop_table("call_opening")
    op.drop_table("work_print")
    op.drop_table("work_overlap")
    op.drop_table("work_text")
    if op.get_bind().dialect.name != "sqlite":
        for name, (_table, _sqlite, made) in TRIGGERS.items():
            if f"FUNCTION {name}()" in made:
                op.execute(f"DROP FUNCTION {name}()")
