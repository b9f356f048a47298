"""The appraisal desk keeps questions on lines, roles of the team and the work description as revised; the province's money is carried over,
managing costs have a ledger of their own, a call has a cut line, a project a start-up checklist, a contract says more of its parties

Reversible: yes; what was entered in the new tables and columns goes. Data kept: all; lines of old appraisals learn unit, price and lump sum
from the dossier. Stage touched: funding.

Revision 0048, after 0042
"""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0042"
branch_labels = None
depends_on = None

TABLES = (
    "management_budget",
    "budget_transfer",
    "management_cost",
    "cut_line",
    "start_item",
    "work_revision",
    "cost_question",
)
OLD = (  # columns of tables that are there
    ("appraisal_line", "unit", "VARCHAR(60)"),
    ("appraisal_line", "quantity", "BIGINT"),
    ("appraisal_line", "price", "BIGINT"),
    ("appraisal_line", "lump_sum", "BOOLEAN NOT NULL DEFAULT false"),
    ("appraisal_line", "proposed", "BIGINT CONSTRAINT ck_appraisal_line_proposed_within_asked CHECK (proposed IS NULL OR proposed BETWEEN 0 AND asked)"),
    ("appraisal_member", "role", ("VARCHAR(32) NOT NULL DEFAULT 'member' CONSTRAINT ck_appraisal_member_role_enum "
                                 "CHECK (role IN ('head', 'finance', 'selection', 'secretary', 'member'))")),
    ("contract", "parties", "JSON"),
)  # fmt: skip
SAME = (
    "SELECT b.{} FROM budget_line b JOIN appraisal a ON a.proposal_id = b.proposal_id WHERE a.id = appraisal_line.appraisal_id AND appraisal_line.position = "
    "(SELECT count(*) FROM budget_line c WHERE c.proposal_id = b.proposal_id AND c.id <= b.id)"
)
# the triggers as they were made, (name, table, on SQLite, on PostgreSQL)
TRIGGERS = (
    (
        "cost_question_answered",
        "cost_question",
        "CREATE TRIGGER cost_question_answered BEFORE UPDATE ON cost_question WHEN OLD.answered_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'an answered question is kept'); END",
        "CREATE OR REPLACE FUNCTION cost_question_answered() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.answered_at IS NOT NULL THEN RAISE EXCEPTION 'an answered question is kept' USING ERRCODE = 'integrity_constraint_violation'; END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$; CREATE TRIGGER cost_question_answered BEFORE UPDATE ON cost_question FOR EACH ROW EXECUTE FUNCTION cost_question_answered()",
    ),
    (
        "cost_question_kept",
        "cost_question",
        "CREATE TRIGGER cost_question_kept BEFORE DELETE ON cost_question WHEN OLD.id IS NOT NULL BEGIN SELECT RAISE(ABORT, 'a question is kept'); END",
        "CREATE OR REPLACE FUNCTION cost_question_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.id IS NOT NULL THEN RAISE EXCEPTION 'a question is kept' USING ERRCODE = 'integrity_constraint_violation'; END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$; CREATE TRIGGER cost_question_kept BEFORE DELETE ON cost_question FOR EACH ROW EXECUTE FUNCTION cost_question_kept()",
    ),
    (
        "appraisal_line_frozen",
        "appraisal_line",
        "CREATE TRIGGER appraisal_line_frozen BEFORE UPDATE ON appraisal_line WHEN (SELECT a.state FROM appraisal a WHERE a.id = OLD.appraisal_id) = 'concluded' BEGIN SELECT RAISE(ABORT, 'a concluded appraisal is frozen'); END",
        "CREATE OR REPLACE FUNCTION appraisal_line_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (SELECT a.state FROM appraisal a WHERE a.id = OLD.appraisal_id) = 'concluded' THEN RAISE EXCEPTION 'a concluded appraisal is frozen' USING ERRCODE = 'integrity_constraint_violation'; END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$; CREATE TRIGGER appraisal_line_frozen BEFORE UPDATE ON appraisal_line FOR EACH ROW EXECUTE FUNCTION appraisal_line_frozen()",
    ),
    (
        "appraisal_line_kept",
        "appraisal_line",
        "CREATE TRIGGER appraisal_line_kept BEFORE DELETE ON appraisal_line WHEN (SELECT a.state FROM appraisal a WHERE a.id = OLD.appraisal_id) = 'concluded' BEGIN SELECT RAISE(ABORT, 'a concluded appraisal is frozen'); END",
        "CREATE OR REPLACE FUNCTION appraisal_line_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (SELECT a.state FROM appraisal a WHERE a.id = OLD.appraisal_id) = 'concluded' THEN RAISE EXCEPTION 'a concluded appraisal is frozen' USING ERRCODE = 'integrity_constraint_violation'; END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$; CREATE TRIGGER appraisal_line_kept BEFORE DELETE ON appraisal_line FOR EACH ROW EXECUTE FUNCTION appraisal_line_kept()",
    ),
    (
        "appraisal_member_kept",
        "appraisal_member",
        "CREATE TRIGGER appraisal_member_kept BEFORE DELETE ON appraisal_member WHEN (SELECT a.state FROM appraisal a WHERE a.id = OLD.appraisal_id) = 'concluded' BEGIN SELECT RAISE(ABORT, 'a concluded appraisal is frozen'); END",
        "CREATE OR REPLACE FUNCTION appraisal_member_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (SELECT a.state FROM appraisal a WHERE a.id = OLD.appraisal_id) = 'concluded' THEN RAISE EXCEPTION 'a concluded appraisal is frozen' USING ERRCODE = 'integrity_constraint_violation'; END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$; CREATE TRIGGER appraisal_member_kept BEFORE DELETE ON appraisal_member FOR EACH ROW EXECUTE FUNCTION appraisal_member_kept()",
    ),
    (
        "contract_signed_frozen",
        "contract",
        "CREATE TRIGGER contract_signed_frozen BEFORE UPDATE OF number, signed_on, party_a, party_a_signer, parties, starts_on, project_id ON contract WHEN OLD.state <> 'draft' BEGIN SELECT RAISE(ABORT, 'a signed contract changes only by an annex'); END",
        "CREATE OR REPLACE FUNCTION contract_signed_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.state <> 'draft' THEN RAISE EXCEPTION 'a signed contract changes only by an annex' USING ERRCODE = 'integrity_constraint_violation'; END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$; CREATE TRIGGER contract_signed_frozen BEFORE UPDATE OF number, signed_on, party_a, party_a_signer, parties, starts_on, project_id ON contract FOR EACH ROW EXECUTE FUNCTION contract_signed_frozen()",
    ),
    (
        "contract_ends_by_annex",
        "contract",
        "CREATE TRIGGER contract_ends_by_annex BEFORE UPDATE OF ends_on ON contract WHEN OLD.state <> 'draft' AND NEW.ends_on <> OLD.ends_on AND NOT EXISTS (SELECT 1 FROM contract_annex x WHERE x.contract_id = OLD.id) BEGIN SELECT RAISE(ABORT, 'a signed contract changes only by an annex'); END",
        "CREATE OR REPLACE FUNCTION contract_ends_by_annex() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.state <> 'draft' AND NEW.ends_on <> OLD.ends_on AND NOT EXISTS (SELECT 1 FROM contract_annex x WHERE x.contract_id = OLD.id) THEN RAISE EXCEPTION 'a signed contract changes only by an annex' USING ERRCODE = 'integrity_constraint_violation'; END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$; CREATE TRIGGER contract_ends_by_annex BEFORE UPDATE OF ends_on ON contract FOR EACH ROW EXECUTE FUNCTION contract_ends_by_annex()",
    ),
    (
        "budget_transfer_no_update",
        "budget_transfer",
        "CREATE TRIGGER budget_transfer_no_update BEFORE UPDATE ON budget_transfer BEGIN SELECT RAISE(ABORT, 'budget_transfer is append-only'); END",
        "CREATE TRIGGER budget_transfer_no_update BEFORE UPDATE ON budget_transfer FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    ),
    (
        "budget_transfer_no_delete",
        "budget_transfer",
        "CREATE TRIGGER budget_transfer_no_delete BEFORE DELETE ON budget_transfer BEGIN SELECT RAISE(ABORT, 'budget_transfer is append-only'); END",
        "CREATE TRIGGER budget_transfer_no_delete BEFORE DELETE ON budget_transfer FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    ),
    (
        "budget_transfer_no_truncate",
        "budget_transfer",
        "",
        "CREATE TRIGGER budget_transfer_no_truncate BEFORE TRUNCATE ON budget_transfer FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    ),
    (
        "management_cost_no_update",
        "management_cost",
        "CREATE TRIGGER management_cost_no_update BEFORE UPDATE ON management_cost BEGIN SELECT RAISE(ABORT, 'management_cost is append-only'); END",
        "CREATE TRIGGER management_cost_no_update BEFORE UPDATE ON management_cost FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    ),
    (
        "management_cost_no_delete",
        "management_cost",
        "CREATE TRIGGER management_cost_no_delete BEFORE DELETE ON management_cost BEGIN SELECT RAISE(ABORT, 'management_cost is append-only'); END",
        "CREATE TRIGGER management_cost_no_delete BEFORE DELETE ON management_cost FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    ),
    (
        "management_cost_no_truncate",
        "management_cost",
        "",
        "CREATE TRIGGER management_cost_no_truncate BEFORE TRUNCATE ON management_cost FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    ),
    (
        "cut_line_no_update",
        "cut_line",
        "CREATE TRIGGER cut_line_no_update BEFORE UPDATE ON cut_line BEGIN SELECT RAISE(ABORT, 'cut_line is append-only'); END",
        "CREATE TRIGGER cut_line_no_update BEFORE UPDATE ON cut_line FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    ),
    (
        "cut_line_no_delete",
        "cut_line",
        "CREATE TRIGGER cut_line_no_delete BEFORE DELETE ON cut_line BEGIN SELECT RAISE(ABORT, 'cut_line is append-only'); END",
        "CREATE TRIGGER cut_line_no_delete BEFORE DELETE ON cut_line FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    ),
    (
        "cut_line_no_truncate",
        "cut_line",
        "",
        "CREATE TRIGGER cut_line_no_truncate BEFORE TRUNCATE ON cut_line FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    ),
    (
        "management_cost_counts_management_budget",
        "management_cost",
        "CREATE TRIGGER management_cost_counts_management_budget AFTER INSERT ON management_cost BEGIN UPDATE management_budget SET spent = (SELECT coalesce(sum(CASE WHEN kind = 'spending' THEN amount ELSE -amount END), 0) FROM management_cost WHERE budget_id = NEW.budget_id) WHERE id = NEW.budget_id; END",
        "CREATE OR REPLACE FUNCTION management_cost_counts_management_budget() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM management_budget WHERE id = NEW.budget_id FOR NO KEY UPDATE; UPDATE management_budget SET spent = (SELECT coalesce(sum(CASE WHEN kind = 'spending' THEN amount ELSE -amount END), 0) FROM management_cost WHERE budget_id = NEW.budget_id) WHERE id = NEW.budget_id; RETURN NEW; END $$; CREATE TRIGGER management_cost_counts_management_budget AFTER INSERT ON management_cost FOR EACH ROW EXECUTE FUNCTION management_cost_counts_management_budget()",
    ),
    (
        "management_budget_spent_true",
        "management_budget",
        "CREATE TRIGGER management_budget_spent_true BEFORE UPDATE OF spent ON management_budget WHEN NEW.spent <> (SELECT coalesce(sum(CASE WHEN kind = 'spending' THEN amount ELSE -amount END), 0) FROM management_cost WHERE budget_id = NEW.id) BEGIN SELECT RAISE(ABORT, 'management_budget.spent is kept by its rows'); END",
        "CREATE OR REPLACE FUNCTION management_budget_spent_true() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.spent <> (SELECT coalesce(sum(CASE WHEN kind = 'spending' THEN amount ELSE -amount END), 0) FROM management_cost WHERE budget_id = NEW.id) THEN RAISE EXCEPTION 'management_budget.spent is kept by its rows' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$; CREATE TRIGGER management_budget_spent_true BEFORE UPDATE OF spent ON management_budget FOR EACH ROW EXECUTE FUNCTION management_budget_spent_true()",
    ),
    (
        "management_budget_spent_zero",
        "management_budget",
        "CREATE TRIGGER management_budget_spent_zero BEFORE INSERT ON management_budget WHEN NEW.spent <> 0 BEGIN SELECT RAISE(ABORT, 'management_budget.spent is kept by its rows'); END",
        "CREATE OR REPLACE FUNCTION management_budget_spent_zero() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.spent <> 0 THEN RAISE EXCEPTION 'management_budget.spent is kept by its rows' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$; CREATE TRIGGER management_budget_spent_zero BEFORE INSERT ON management_budget FOR EACH ROW EXECUTE FUNCTION management_budget_spent_zero()",
    ),
)


def upgrade():
    op.create_table(
        "management_budget",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.Column("decision_number", sa.String(length=64), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "spent BETWEEN 0 AND 10000000000000",
            name=op.f("ck_management_budget_spent_money"),
        ),
        sa.CheckConstraint(
            "spent BETWEEN 0 AND total",
            name=op.f("ck_management_budget_never_overspent"),
        ),
        sa.CheckConstraint(
            "total BETWEEN 0 AND 10000000000000",
            name=op.f("ck_management_budget_total_money"),
        ),
        sa.CheckConstraint(
            "year BETWEEN 1990 AND 2200", name=op.f("ck_management_budget_year_sane")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_management_budget")),
        sa.UniqueConstraint("public_id", name=op.f("uq_management_budget_public_id")),
        sa.UniqueConstraint("year", name=op.f("uq_management_budget_year")),
    )
    op.create_table(
        "budget_transfer",
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("promised", sa.BigInteger(), nullable=False),
        sa.Column("decision_number", sa.String(length=64), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.CheckConstraint(
            "length(decision_number) <= 64 AND trim(decision_number) <> ''",
            name=op.f("ck_budget_transfer_decision_number_text"),
        ),
        sa.CheckConstraint(
            "amount > 0 AND promised <= amount",
            name=op.f("ck_budget_transfer_amount_positive"),
        ),
        sa.CheckConstraint(
            "amount BETWEEN 0 AND 10000000000000",
            name=op.f("ck_budget_transfer_amount_money"),
        ),
        sa.CheckConstraint(
            "from_id <> to_id", name=op.f("ck_budget_transfer_another_year")
        ),
        sa.CheckConstraint(
            "promised BETWEEN 0 AND 10000000000000",
            name=op.f("ck_budget_transfer_promised_money"),
        ),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["user_account.id"],
            name=op.f("fk_budget_transfer_by_id_user_account"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["from_id"],
            ["year_budget.id"],
            name=op.f("fk_budget_transfer_from_id_year_budget"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["to_id"],
            ["year_budget.id"],
            name=op.f("fk_budget_transfer_to_id_year_budget"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_transfer")),
        sa.UniqueConstraint("public_id", name=op.f("uq_budget_transfer_public_id")),
    )
    op.create_index(
        "ix_budget_transfer_from_id", "budget_transfer", ["from_id"], unique=False
    )
    op.create_index(
        "ix_budget_transfer_to_id", "budget_transfer", ["to_id"], unique=False
    )

    op.create_table(
        "management_cost",
        sa.Column("budget_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("head", sa.String(length=40), nullable=False),
        sa.Column("content", sa.String(length=300), nullable=False),
        sa.Column("folded", sa.String(length=400), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("voucher", sa.String(length=64), nullable=False),
        sa.Column("takes_back_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.CheckConstraint(
            "(kind = 'taken_back') = (takes_back_id IS NOT NULL)",
            name=op.f("ck_management_cost_taken_back_names_row"),
        ),
        sa.CheckConstraint(
            "kind IN ('spending', 'taken_back')",
            name=op.f("ck_management_cost_kind_enum"),
        ),
        sa.CheckConstraint(
            "length(content) <= 300 AND trim(content) <> ''",
            name=op.f("ck_management_cost_content_text"),
        ),
        sa.CheckConstraint(
            "length(voucher) <= 64 AND trim(voucher) <> ''",
            name=op.f("ck_management_cost_voucher_text"),
        ),
        sa.CheckConstraint(
            "amount > 0", name=op.f("ck_management_cost_amount_positive")
        ),
        sa.CheckConstraint(
            "amount BETWEEN 0 AND 10000000000000",
            name=op.f("ck_management_cost_amount_money"),
        ),
        sa.ForeignKeyConstraint(
            ["budget_id"],
            ["management_budget.id"],
            name=op.f("fk_management_cost_budget_id_management_budget"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["user_account.id"],
            name=op.f("fk_management_cost_by_id_user_account"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["takes_back_id"],
            ["management_cost.id"],
            name=op.f("fk_management_cost_takes_back_id_management_cost"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_management_cost")),
        sa.UniqueConstraint("public_id", name=op.f("uq_management_cost_public_id")),
        sa.UniqueConstraint(
            "takes_back_id", name=op.f("uq_management_cost_takes_back_id")
        ),
    )
    op.create_index(
        "ix_management_cost_booked_on", "management_cost", ["booked_on"], unique=False
    )
    op.create_index(
        "ix_management_cost_budget_id", "management_cost", ["budget_id"], unique=False
    )
    op.create_index("ix_management_cost_voucher", "management_cost", ["budget_id", "voucher", "head"])

    op.create_table(
        "cut_line",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("funded", sa.Integer(), nullable=False),
        sa.Column("needed", sa.BigInteger(), nullable=False),
        sa.Column("available", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.CheckConstraint("funded >= 0", name=op.f("ck_cut_line_funded_sane")),
        sa.CheckConstraint(
            "available BETWEEN 0 AND 10000000000000",
            name=op.f("ck_cut_line_available_money"),
        ),
        sa.CheckConstraint(
            "needed BETWEEN 0 AND 10000000000000", name=op.f("ck_cut_line_needed_money")
        ),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["user_account.id"],
            name=op.f("fk_cut_line_by_id_user_account"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["call.id"],
            name=op.f("fk_cut_line_call_id_call"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cut_line")),
        sa.UniqueConstraint(
            "call_id", "number", name=op.f("uq_cut_line_call_id_number")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_cut_line_public_id")),
    )
    op.create_table(
        "start_item",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["user_account.id"],
            name=op.f("fk_start_item_by_id_user_account"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_start_item_project_id_project"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_start_item")),
        sa.UniqueConstraint(
            "project_id", "code", name=op.f("uq_start_item_project_id_code")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_start_item_public_id")),
    )
    op.create_index(
        "ix_start_item_project_id", "start_item", ["project_id"], unique=False
    )

    op.create_table(
        "work_revision",
        sa.Column("appraisal_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'accepted' OR (decided_by_id IS NOT NULL AND decided_by_id <> submitted_by_id)",
            name=op.f("ck_work_revision_accepted_by_another"),
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'submitted', 'returned', 'accepted')",
            name=op.f("ck_work_revision_state_enum"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('submitted', 'accepted') OR submitted_at IS NOT NULL",
            name=op.f("ck_work_revision_submitted_has_time"),
        ),
        sa.ForeignKeyConstraint(
            ["appraisal_id"],
            ["appraisal.id"],
            name=op.f("fk_work_revision_appraisal_id_appraisal"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["user_account.id"],
            name=op.f("fk_work_revision_decided_by_id_user_account"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"],
            ["user_account.id"],
            name=op.f("fk_work_revision_submitted_by_id_user_account"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_revision")),
        sa.UniqueConstraint("appraisal_id", name=op.f("uq_work_revision_appraisal_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_work_revision_public_id")),
    )
    op.create_table(
        "cost_question",
        sa.Column("appraisal_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL) AND (answer IS NULL) = (answered_by_id IS NULL)",
            name=op.f("ck_cost_question_answer_is_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"],
            ["user_account.id"],
            name=op.f("fk_cost_question_answered_by_id_user_account"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["appraisal_id"],
            ["appraisal.id"],
            name=op.f("fk_cost_question_appraisal_id_appraisal"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"],
            ["user_account.id"],
            name=op.f("fk_cost_question_asked_by_id_user_account"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["line_id"],
            ["appraisal_line.id"],
            name=op.f("fk_cost_question_line_id_appraisal_line"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cost_question")),
        sa.UniqueConstraint("public_id", name=op.f("uq_cost_question_public_id")),
    )
    op.create_index(
        "ix_cost_question_appraisal_id", "cost_question", ["appraisal_id"], unique=False
    )
    op.create_index(
        "ix_cost_question_asked_at", "cost_question", ["asked_at", "id"], unique=False
    )
    op.create_index(
        "ix_cost_question_line_id", "cost_question", ["line_id"], unique=False
    )
    for table, column, kind in OLD:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")
    for column in ("unit", "quantity", "price"):
        op.execute(f"UPDATE appraisal_line SET {column} = ({SAME.format(column)})")
    op.execute(
        f"UPDATE appraisal_line SET lump_sum = coalesce(({SAME.format('lump_sum')}), false)"
    )
    op.execute("UPDATE appraisal_member SET role = 'head' WHERE position = 1")
    for _name, _table, sqlite, postgresql in TRIGGERS:
        text = sqlite if op.get_bind().dialect.name == "sqlite" else postgresql
        if text:
            op.execute(sa.DDL(text.replace("%", "%%")))


def downgrade():
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name, table, for_sqlite, _postgresql in TRIGGERS:
        if for_sqlite or not sqlite:
            op.execute(
                f"DROP TRIGGER {name}" if sqlite else f"DROP TRIGGER {name} ON {table}"
            )
    for table, column, _kind in reversed(OLD):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    for table in reversed(TABLES):
        op.drop_table(table)
    if not sqlite:
        for name, _table, for_sqlite, postgresql in TRIGGERS:
            if "FUNCTION " + name in postgresql and for_sqlite:
                op.execute(f"DROP FUNCTION {name}()")
