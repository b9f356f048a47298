"""Products by the official forms, who will use them, and the milestones that lead to them

Reversible: yes; what the new columns and tables hold goes with them. Data kept: products and lines stay as they are; a
dossier that is there has no milestone of its own yet (those in its work description stay where they are). Stage touched:
proposals.

Revision 0023, after 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

# a column with its own CHECK is added in place on both databases: other tables point to these
COLUMNS = (
    ("proposal", "spending", "VARCHAR(32)", "spending_enum", "spending IN ('final_product', 'partial')"),
    ("proposal_product", "kind", "VARCHAR(40)", None, None),
    ("proposal_product", "level_home", "VARCHAR(500)", None, None),
    ("proposal_product", "level_abroad", "VARCHAR(500)", None, None),
    ("proposal_product", "place", "VARCHAR(300)", None, None),
    ("proposal_product", "ready_month", "INTEGER", "ready_month_range", "ready_month IS NULL OR ready_month BETWEEN 1 AND 120"),
)


def upgrade():
    for table, column, kind, name, rule in COLUMNS:
        check = f" CONSTRAINT ck_{table}_{name} CHECK ({rule})" if name else ""
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}{check}")
    op.create_table(
        "planned_use",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("receiver", sa.String(length=300), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("month_from", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.CheckConstraint("length(receiver) <= 300 AND trim(receiver) <> ''", name=op.f("ck_planned_use_receiver_text")),
        sa.CheckConstraint("month_from IS NULL OR month_from BETWEEN 1 AND 240", name=op.f("ck_planned_use_month_from_range")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_planned_use_proposal_id_proposal"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["product_id"], ["proposal_product.id"], name=op.f("fk_planned_use_product_id_proposal_product"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_planned_use_organisation_id_organisation"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_use")),
        sa.UniqueConstraint("public_id", name=op.f("uq_planned_use_public_id")),
    )
    for column in ("proposal_id", "product_id", "organisation_id"):
        op.create_index(op.f(f"ix_planned_use_{column}"), "planned_use", [column])
    op.create_table(
        "proposal_milestone",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.String(length=300), nullable=False),
        sa.Column("result", sa.String(length=300), nullable=False),
        sa.Column("month_from", sa.Integer(), nullable=False),
        sa.Column("month_to", sa.Integer(), nullable=False),
        sa.Column("others", sa.String(length=300), nullable=True),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.CheckConstraint("length(content) <= 300 AND trim(content) <> ''", name=op.f("ck_proposal_milestone_content_text")),
        sa.CheckConstraint("length(result) <= 300 AND trim(result) <> ''", name=op.f("ck_proposal_milestone_result_text")),
        sa.CheckConstraint("month_from >= 1 AND month_to >= month_from AND month_to <= 120", name=op.f("ck_proposal_milestone_months_in_order")),
        sa.CheckConstraint("cost BETWEEN 0 AND 10000000000000", name=op.f("ck_proposal_milestone_cost_money")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_milestone_proposal_id_proposal"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_milestone")),
        sa.UniqueConstraint("public_id", name=op.f("uq_proposal_milestone_public_id")),
    )
    op.create_index(op.f("ix_proposal_milestone_proposal_id"), "proposal_milestone", ["proposal_id"])
    for name, other in (("milestone_product", "product"), ("milestone_member", "member")):
        target = "proposal_product" if other == "product" else "team_member"
        op.create_table(
            name,
            sa.Column("milestone_id", sa.Integer(), nullable=False),
            sa.Column(f"{other}_id", sa.Integer(), nullable=False),
            sa.ForeignKeyConstraint(["milestone_id"], ["proposal_milestone.id"], name=op.f(f"fk_{name}_milestone_id_proposal_milestone"), ondelete="CASCADE"),
            sa.ForeignKeyConstraint([f"{other}_id"], [f"{target}.id"], name=op.f(f"fk_{name}_{other}_id_{target}"), ondelete="CASCADE"),
            sa.PrimaryKeyConstraint("milestone_id", f"{other}_id", name=op.f(f"pk_{name}")),
        )
        op.create_index(op.f(f"ix_{name}_{other}_id"), name, [f"{other}_id"])


def downgrade():
    for name in ("milestone_member", "milestone_product", "proposal_milestone", "planned_use"):
        op.drop_table(name)
    for table, column, *_rest in reversed(COLUMNS):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
