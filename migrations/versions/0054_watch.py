"""Reports tell products, spending by head and quarter, risks and requests, are kept as drafts and in versions, and are rated; inspections have
their team and findings to be mended by a day; the host may move money between heads itself

Reversible: yes, as long as no change between heads was made. Data kept: all; old reports have neither heads nor rating. Stages touched: execution.

Revision 0054, after 0042
"""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

TABLES = (
    "finding",
    "head_move",
    "inspector",
    "project_risk",
    "report_product",
    "report_spending",
    "report_version",
)
FROZEN = ("report_version", "head_move")
# CHECKs of adjustment: name, as it was, as it is
CHECKS = (
    (
        "ck_adjustment_kind_enum",
        "kind IN ('extension', 'budget', 'content', 'pi', 'host')",
        "kind IN ('extension', 'budget', 'content', 'pi', 'host', 'heads')",
    ),
    (
        "ck_adjustment_state_enum",
        "state IN ('requested', 'agreed', 'refused', 'withdrawn')",
        "state IN ('requested', 'noted', 'agreed', 'refused', 'withdrawn')",
    ),
)
ONLY = ("ck_adjustment_only_heads_are_noted", "state <> 'noted' OR kind = 'heads'")
RATED = "rating IN ('good', 'watch', 'poor')"


def _append_only(table):
    """As the models have it, word by word."""
    for verb in ("update", "delete"):
        made = f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table}"
        if op.get_bind().dialect.name == "sqlite":
            op.execute(
                f"{made} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        else:
            op.execute(f"{made} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
    if op.get_bind().dialect.name != "sqlite":
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _rewrite(table, change):
    """SQLite cannot change a CHECK in place: the text of the table is changed, as its manual does it."""
    bind = op.get_bind()
    version = bind.exec_driver_sql("PRAGMA schema_version").scalar()
    text = bind.exec_driver_sql(
        "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)
    ).scalar()
    if change(text) == text:
        raise RuntimeError(f"the text of {table} is not what this migration knows")
    bind.exec_driver_sql("PRAGMA writable_schema=ON")
    bind.exec_driver_sql(
        "UPDATE sqlite_master SET sql = ? WHERE type = 'table' AND name = ?",
        (change(text), table),
    )
    bind.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    bind.exec_driver_sql("PRAGMA writable_schema=RESET")


def _checks(forward):
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name, old, new in CHECKS:
        was, now = (old, new) if forward else (new, old)
        if sqlite:
            _rewrite(
                "adjustment", lambda text, was=was, now=now: text.replace(was, now)
            )
        else:
            op.execute(f"ALTER TABLE adjustment DROP CONSTRAINT {name}")
            op.execute(f"ALTER TABLE adjustment ADD CONSTRAINT {name} CHECK ({now})")
    name, text = ONLY
    more = f", CONSTRAINT {name} CHECK ({text})"
    if sqlite and forward:
        _rewrite(
            "adjustment", lambda said: said.rstrip().removesuffix(")") + more + ")"
        )
    elif sqlite:
        _rewrite("adjustment", lambda said: said.replace(more, ""))
    else:
        op.execute(
            f"ALTER TABLE adjustment ADD CONSTRAINT {name} CHECK ({text})"
            if forward
            else f"ALTER TABLE adjustment DROP CONSTRAINT {name}"
        )


def upgrade():
    op.create_table(
        "finding",
        sa.Column("inspection_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "length(text) <= 2000 AND trim(text) <> ''",
            name=op.f("ck_finding_text_text"),
        ),
        sa.CheckConstraint(
            "state <> 'answered' OR answered_at IS NOT NULL",
            name=op.f("ck_finding_answered_has_time"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'answered', 'closed')",
            name=op.f("ck_finding_state_enum"),
        ),
        sa.CheckConstraint(
            "closed_by_id IS NULL OR answered_by_id IS NULL OR closed_by_id <> answered_by_id",
            name=op.f("ck_finding_four_eyes"),
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"],
            ["user_account.id"],
            name=op.f("fk_finding_answered_by_id_user_account"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["closed_by_id"],
            ["user_account.id"],
            name=op.f("fk_finding_closed_by_id_user_account"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["inspection_id"],
            ["inspection.id"],
            name=op.f("fk_finding_inspection_id_inspection"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_finding_project_id_project"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sa.UniqueConstraint(
            "inspection_id", "number", name=op.f("uq_finding_inspection_id_number")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_finding_public_id")),
    )
    op.create_index(op.f("ix_finding_due_on"), "finding", ["due_on"])
    op.create_index(op.f("ix_finding_inspection_id"), "finding", ["inspection_id"])
    op.create_index(op.f("ix_finding_project_id"), "finding", ["project_id"])

    op.create_table(
        "head_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("adjustment_id", sa.Integer(), nullable=False),
        sa.Column("from_head", sa.String(length=64), nullable=False),
        sa.Column("to_head", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_head_move_amount_positive")),
        sa.CheckConstraint(
            "amount BETWEEN 0 AND 10000000000000",
            name=op.f("ck_head_move_amount_money"),
        ),
        sa.CheckConstraint("from_head <> to_head", name=op.f("ck_head_move_two_heads")),
        sa.ForeignKeyConstraint(
            ["adjustment_id"],
            ["adjustment.id"],
            name=op.f("fk_head_move_adjustment_id_adjustment"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_head_move")),
    )
    op.create_index(op.f("ix_head_move_adjustment_id"), "head_move", ["adjustment_id"])

    op.create_table(
        "inspector",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inspection_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["inspection_id"],
            ["inspection.id"],
            name=op.f("fk_inspector_inspection_id_inspection"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_inspector_user_id_user_account"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspector")),
        sa.UniqueConstraint(
            "inspection_id", "user_id", name=op.f("uq_inspector_inspection_id_user_id")
        ),
    )
    op.create_index(op.f("ix_inspector_inspection_id"), "inspector", ["inspection_id"])
    op.create_index(op.f("ix_inspector_user_id"), "inspector", ["user_id"])

    op.create_table(
        "project_risk",
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("level", sa.String(length=32), nullable=False),
        sa.Column("measure", sa.String(length=1000), nullable=True),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("raised_by_id", sa.Integer(), nullable=True),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_why", sa.String(length=1000), nullable=True),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "length(text) <= 1000 AND trim(text) <> ''",
            name=op.f("ck_project_risk_text_text"),
        ),
        sa.CheckConstraint(
            "level IN ('low', 'medium', 'high')",
            name=op.f("ck_project_risk_level_enum"),
        ),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_why IS NULL)",
            name=op.f("ck_project_risk_closed_has_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_project_risk_project_id_project"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["raised_by_id"],
            ["user_account.id"],
            name=op.f("fk_project_risk_raised_by_id_user_account"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["report.id"],
            name=op.f("fk_project_risk_report_id_report"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_risk")),
        sa.UniqueConstraint("public_id", name=op.f("uq_project_risk_public_id")),
    )
    op.create_index(op.f("ix_project_risk_project_id"), "project_risk", ["project_id"])
    op.create_index(op.f("ix_project_risk_report_id"), "project_risk", ["report_id"])

    op.create_table(
        "report_product",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("so_far", sa.String(length=200), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=True),
        sa.CheckConstraint(
            "state IN ('not_begun', 'under_way', 'at_risk', 'delivered')",
            name=op.f("ck_report_product_state_enum"),
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["project_product.id"],
            name=op.f("fk_report_product_product_id_project_product"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["report.id"],
            name=op.f("fk_report_product_report_id_report"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_product")),
        sa.UniqueConstraint(
            "report_id",
            "product_id",
            name=op.f("uq_report_product_report_id_product_id"),
        ),
    )
    op.create_index(
        op.f("ix_report_product_product_id"), "report_product", ["product_id"]
    )
    op.create_index(
        op.f("ix_report_product_report_id"), "report_product", ["report_id"]
    )

    op.create_table(
        "report_spending",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "amount BETWEEN 0 AND 10000000000000",
            name=op.f("ck_report_spending_amount_money"),
        ),
        sa.CheckConstraint(
            "quarter BETWEEN 1 AND 4", name=op.f("ck_report_spending_quarter_of_year")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["report.id"],
            name=op.f("fk_report_spending_report_id_report"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_spending")),
        sa.UniqueConstraint(
            "report_id",
            "head",
            "year",
            "quarter",
            name=op.f("uq_report_spending_report_id_head_year_quarter"),
        ),
    )
    op.create_index(
        op.f("ix_report_spending_report_id"), "report_spending", ["report_id"]
    )

    op.create_table(
        "report_version",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["user_account.id"],
            name=op.f("fk_report_version_by_id_user_account"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["report.id"],
            name=op.f("fk_report_version_report_id_report"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_version")),
        sa.UniqueConstraint("public_id", name=op.f("uq_report_version_public_id")),
        sa.UniqueConstraint(
            "report_id", "number", name=op.f("uq_report_version_report_id_number")
        ),
    )
    op.create_index(
        op.f("ix_report_version_report_id"), "report_version", ["report_id"]
    )
    op.add_column("report", sa.Column("requests", sa.Text(), nullable=True))
    op.add_column("report", sa.Column("draft", sa.JSON(), nullable=True))
    op.execute(
        f"ALTER TABLE report ADD COLUMN rating VARCHAR(32) CONSTRAINT ck_report_rating_enum CHECK ({RATED})"
    )
    _checks(forward=True)
    for table in FROZEN:
        _append_only(table)


def downgrade():
    if (
        op.get_bind()
        .execute(sa.text("SELECT count(*) FROM adjustment WHERE kind = 'heads'"))
        .scalar()
    ):
        raise RuntimeError(
            "money was moved between heads: such a change has no place before 0054"
        )
    _checks(forward=False)
    for column in ("rating", "draft", "requests"):
        op.execute(f"ALTER TABLE report DROP COLUMN {column}")
    for table in reversed(TABLES):
        op.drop_table(table)
