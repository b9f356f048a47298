"""Scientific CVs in versions, links for sign-up, reset and change of address, requests about organisations

Reversible: yes, the tables and columns go with what is in them. Data kept: every account and organisation as it is.
Services touched: people, profiles. The form of the CV is loaded with the other forms.

Revision 0021, after 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def _key(table, column, target):
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"), ondelete="RESTRICT")


def upgrade():
    op.add_column("organisation", sa.Column("tax_code", sa.String(length=14), nullable=True))
    op.add_column("organisation", sa.Column("representative", sa.String(length=200), nullable=True))
    op.create_index("uq_organisation_tax_code", "organisation", ["tax_code"], unique=True)
    op.add_column("user_account", sa.Column("phone", sa.String(length=40), nullable=True))
    op.add_column("user_account", sa.Column("orcid", sa.String(length=19), nullable=True))
    _cv()
    _tokens()
    _requests()


def _cv():
    op.create_table(
        "cv",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _key("cv", "user_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cv")),
        sa.UniqueConstraint("public_id", name=op.f("uq_cv_public_id")),
        sa.UniqueConstraint("user_id", name=op.f("uq_cv_user_id")),
    )
    op.create_table(
        "cv_version",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("form_version_id", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        _key("cv_version", "form_version_id", "form_version"),
        _key("cv_version", "user_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cv_version")),
        sa.UniqueConstraint("public_id", name=op.f("uq_cv_version_public_id")),
        sa.UniqueConstraint("user_id", "number", name=op.f("uq_cv_version_user_id_number")),
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for verb in ("update", "delete"):
        made = f"CREATE TRIGGER cv_version_no_{verb} BEFORE {verb.upper()} ON cv_version"
        op.execute(f"{made} BEGIN SELECT RAISE(ABORT, 'cv_version is append-only'); END" if sqlite else f"{made} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
    if not sqlite:
        op.execute("CREATE TRIGGER cv_version_no_truncate BEFORE TRUNCATE ON cv_version FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")


def _tokens():
    op.create_table(
        "account_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("email_norm", sa.String(length=320), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("next", sa.String(length=500), nullable=True),
        sa.Column("batch", sa.String(length=26), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dead_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("purpose IN ('sign_up', 'reset', 'email_old', 'email_new')", name=op.f("ck_account_token_purpose_enum")),
        _key("account_token", "user_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_account_token_token_hash")),
    )
    op.create_index(op.f("ix_account_token_user_id"), "account_token", ["user_id"])
    op.create_index("ix_account_token_email", "account_token", ["email_norm", "made_at"])
    op.create_index("ix_account_token_address", "account_token", ["address", "made_at"])


def _requests():
    op.create_table(
        "organisation_request",
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("is_new", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("folded", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("tax_code", sa.String(length=14), nullable=True),
        sa.Column("address", sa.String(length=300), nullable=True),
        sa.Column("representative", sa.String(length=200), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(name) <= 300 AND trim(name) <> ''", name=op.f("ck_organisation_request_name_text")),
        sa.CheckConstraint("state IN ('asked', 'confirmed', 'refused', 'withdrawn')", name=op.f("ck_organisation_request_state_enum")),
        sa.CheckConstraint("kind IN ('department', 'university', 'institute', 'centre', 'enterprise', 'cooperative', 'locality', 'other')", name=op.f("ck_organisation_request_kind_enum")),
        sa.CheckConstraint("is_new OR organisation_id IS NOT NULL", name=op.f("ck_organisation_request_names_an_organisation")),
        sa.CheckConstraint("state <> 'confirmed' OR organisation_id IS NOT NULL", name=op.f("ck_organisation_request_confirmed_for_one")),
        _key("organisation_request", "user_id", "user_account"),
        _key("organisation_request", "organisation_id", "organisation"),
        _key("organisation_request", "decided_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_request")),
        sa.UniqueConstraint("public_id", name=op.f("uq_organisation_request_public_id")),
    )
    for column in ("user_id", "organisation_id", "asked_at"):
        op.create_index(op.f(f"ix_organisation_request_{column}"), "organisation_request", [column])
    asked = sa.text("state = 'asked'")
    op.create_index("uq_organisation_request_open", "organisation_request", ["user_id", "organisation_id"], unique=True, sqlite_where=asked, postgresql_where=asked)


def downgrade():
    for table in ("organisation_request", "account_token", "cv_version", "cv"):
        op.drop_table(table)
    op.drop_column("user_account", "orcid")
    op.drop_column("user_account", "phone")
    op.drop_index("uq_organisation_tax_code", table_name="organisation")
    op.drop_column("organisation", "representative")
    op.drop_column("organisation", "tax_code")
