"""Acceptance: edits that the chair ticks one by one, the expert team and its findings, assets, early dossiers with a notice, the term of another evaluation

Reversible: yes; these rows are lost. Data kept: all else.
Touched: acceptance_case, new tables.

Revision 0065, after 0070
"""

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0070"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("acceptance_asset",
    sa.Column("project_id", sa.Integer(), nullable=False),
    sa.Column("kind", sa.String(length=32), nullable=False),
    sa.Column("name", sa.String(length=300), nullable=False),
    sa.Column("amount", sa.String(length=100), nullable=True),
    sa.Column("cost", sa.BigInteger(), nullable=True),
    sa.Column("rest", sa.BigInteger(), nullable=True),
    sa.Column("way", sa.String(length=32), nullable=True),
    sa.Column("receiver", sa.String(length=300), nullable=True),
    sa.Column("number", sa.String(length=64), nullable=True),
    sa.Column("dated", sa.Date(), nullable=True),
    sa.Column("note", sa.Text(), nullable=True),
    sa.Column("listed_by_id", sa.Integer(), nullable=False),
    sa.Column("listed_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("dealt_by_id", sa.Integer(), nullable=True),
    sa.Column("dealt_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("id", sa.Integer(), nullable=False),
    sa.Column("public_id", sa.String(length=26), nullable=False),
    sa.Column("version", sa.Integer(), nullable=False),
    sa.CheckConstraint("kind IN ('equipment', 'result')", name=op.f("ck_acceptance_asset_kind_enum")),
    sa.CheckConstraint("length(name) <= 300 AND trim(name) <> ''", name=op.f("ck_acceptance_asset_name_text")),
    sa.CheckConstraint("(dealt_at IS NULL) = (way IS NULL) AND (dealt_at IS NULL) = (dealt_by_id IS NULL)", name=op.f("ck_acceptance_asset_dealt_is_whole")),
    sa.CheckConstraint("cost BETWEEN 0 AND 10000000000000", name=op.f("ck_acceptance_asset_cost_money")),
    sa.CheckConstraint("cost IS NULL OR rest IS NULL OR rest <= cost", name=op.f("ck_acceptance_asset_rest_within_cost")),
    sa.CheckConstraint("rest BETWEEN 0 AND 10000000000000", name=op.f("ck_acceptance_asset_rest_money")),
    sa.ForeignKeyConstraint(["dealt_by_id"], ["user_account.id"], name=op.f("fk_acceptance_asset_dealt_by_id_user_account"), ondelete="RESTRICT"),
    sa.ForeignKeyConstraint(["listed_by_id"], ["user_account.id"], name=op.f("fk_acceptance_asset_listed_by_id_user_account"), ondelete="RESTRICT"),
    sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_acceptance_asset_project_id_project"), ondelete="RESTRICT"),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_acceptance_asset")),
    sa.UniqueConstraint("public_id", name=op.f("uq_acceptance_asset_public_id"))
    )
    op.create_index(op.f("ix_acceptance_asset_project_id"), "acceptance_asset", ["project_id"], unique=False)

    op.create_table("acceptance_edit",
    sa.Column("case_id", sa.Integer(), nullable=False),
    sa.Column("round", sa.Integer(), nullable=False),
    sa.Column("position", sa.Integer(), nullable=False),
    sa.Column("text", sa.Text(), nullable=False),
    sa.Column("answer", sa.Text(), nullable=True),
    sa.Column("still_open", sa.Text(), nullable=True),
    sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("done_by_id", sa.Integer(), nullable=True),
    sa.Column("on_paper", sa.Boolean(), nullable=False),
    sa.Column("id", sa.Integer(), nullable=False),
    sa.Column("public_id", sa.String(length=26), nullable=False),
    sa.CheckConstraint("trim(text) <> ''", name=op.f("ck_acceptance_edit_text_is_there")),
    sa.CheckConstraint("(done_at IS NULL) = (done_by_id IS NULL)", name=op.f("ck_acceptance_edit_done_by_somebody")),
    sa.CheckConstraint("done_at IS NULL OR answer IS NOT NULL", name=op.f("ck_acceptance_edit_done_is_answered")),
    sa.ForeignKeyConstraint(["case_id"], ["acceptance_case.id"], name=op.f("fk_acceptance_edit_case_id_acceptance_case"), ondelete="RESTRICT"),
    sa.ForeignKeyConstraint(["done_by_id"], ["user_account.id"], name=op.f("fk_acceptance_edit_done_by_id_user_account"), ondelete="RESTRICT"),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_acceptance_edit")),
    sa.UniqueConstraint("case_id", "round", "position", name=op.f("uq_acceptance_edit_case_id_round_position")),
    sa.UniqueConstraint("public_id", name=op.f("uq_acceptance_edit_public_id"))
    )
    op.create_index(op.f("ix_acceptance_edit_case_id"), "acceptance_edit", ["case_id"], unique=False)

    op.create_table("acceptance_team",
    sa.Column("case_id", sa.Integer(), nullable=False),
    sa.Column("round", sa.Integer(), nullable=False),
    sa.Column("decision_number", sa.String(length=64), nullable=False),
    sa.Column("decision_date", sa.Date(), nullable=False),
    sa.Column("named_by_id", sa.Integer(), nullable=False),
    sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("checked_on", sa.Date(), nullable=True),
    sa.Column("place", sa.String(length=300), nullable=True),
    sa.Column("conclusion", sa.Text(), nullable=True),
    sa.Column("reported_by_id", sa.Integer(), nullable=True),
    sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("id", sa.Integer(), nullable=False),
    sa.Column("public_id", sa.String(length=26), nullable=False),
    sa.Column("version", sa.Integer(), nullable=False),
    sa.CheckConstraint("(reported_at IS NULL) = (conclusion IS NULL) AND (reported_at IS NULL) = (checked_on IS NULL)", name=op.f("ck_acceptance_team_report_is_whole")),
    sa.ForeignKeyConstraint(["case_id"], ["acceptance_case.id"], name=op.f("fk_acceptance_team_case_id_acceptance_case"), ondelete="RESTRICT"),
    sa.ForeignKeyConstraint(["named_by_id"], ["user_account.id"], name=op.f("fk_acceptance_team_named_by_id_user_account"), ondelete="RESTRICT"),
    sa.ForeignKeyConstraint(["reported_by_id"], ["user_account.id"], name=op.f("fk_acceptance_team_reported_by_id_user_account"), ondelete="RESTRICT"),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_acceptance_team")),
    sa.UniqueConstraint("case_id", "round", name=op.f("uq_acceptance_team_case_id_round")),
    sa.UniqueConstraint("public_id", name=op.f("uq_acceptance_team_public_id"))
    )
    op.create_index(op.f("ix_acceptance_team_case_id"), "acceptance_team", ["case_id"], unique=False)

    op.create_table("acceptance_product_check",
    sa.Column("id", sa.Integer(), nullable=False),
    sa.Column("team_id", sa.Integer(), nullable=False),
    sa.Column("line_id", sa.Integer(), nullable=False),
    sa.Column("authentic", sa.Boolean(), nullable=False),
    sa.Column("counted", sa.String(length=300), nullable=False),
    sa.Column("reaches", sa.Boolean(), nullable=False),
    sa.Column("note", sa.Text(), nullable=True),
    sa.CheckConstraint("length(counted) <= 300 AND trim(counted) <> ''", name=op.f("ck_acceptance_product_check_counted_text")),
    sa.ForeignKeyConstraint(["line_id"], ["acceptance_line.id"], name=op.f("fk_acceptance_product_check_line_id_acceptance_line"), ondelete="RESTRICT"),
    sa.ForeignKeyConstraint(["team_id"], ["acceptance_team.id"], name=op.f("fk_acceptance_product_check_team_id_acceptance_team"), ondelete="RESTRICT"),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_acceptance_product_check")),
    sa.UniqueConstraint("team_id", "line_id", name=op.f("uq_acceptance_product_check_team_id_line_id"))
    )
    op.create_index(op.f("ix_acceptance_product_check_line_id"), "acceptance_product_check", ["line_id"], unique=False)
    op.create_index(op.f("ix_acceptance_product_check_team_id"), "acceptance_product_check", ["team_id"], unique=False)

    op.create_table("acceptance_team_seat",
    sa.Column("id", sa.Integer(), nullable=False),
    sa.Column("team_id", sa.Integer(), nullable=False),
    sa.Column("position", sa.Integer(), nullable=False),
    sa.Column("user_id", sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(["team_id"], ["acceptance_team.id"], name=op.f("fk_acceptance_team_seat_team_id_acceptance_team"), ondelete="RESTRICT"),
    sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_acceptance_team_seat_user_id_user_account"), ondelete="RESTRICT"),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_acceptance_team_seat")),
    sa.UniqueConstraint("team_id", "position", name=op.f("uq_acceptance_team_seat_team_id_position")),
    sa.UniqueConstraint("team_id", "user_id", name=op.f("uq_acceptance_team_seat_team_id_user_id"))
    )
    op.create_index(op.f("ix_acceptance_team_seat_team_id"), "acceptance_team_seat", ["team_id"], unique=False)
    op.create_index(op.f("ix_acceptance_team_seat_user_id"), "acceptance_team_seat", ["user_id"], unique=False)

    op.add_column("acceptance_case", sa.Column("early_days", sa.Integer(), nullable=True))
    op.add_column("acceptance_case", sa.Column("early_note", sa.Text(), nullable=True))
    op.add_column("acceptance_case", sa.Column("seated_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("acceptance_case", sa.Column("redo_until", sa.Date(), nullable=True))


def downgrade():
    for column in ("redo_until", "seated_at", "early_note", "early_days"):
        op.execute(f"ALTER TABLE acceptance_case DROP COLUMN {column}")
    for table in ("acceptance_team_seat", "acceptance_product_check", "acceptance_team", "acceptance_edit", "acceptance_asset"):
        op.drop_table(table)
