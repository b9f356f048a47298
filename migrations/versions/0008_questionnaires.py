"""Forms are data: questionnaires and their versions; ideas keep the version they began with and their answers

Reversible: yes, the tables go with what is in them. Data kept: yes; ideas that are there get the first version of the
order form, and the answers that their columns hold. Stages touched: ideas.

Revision 0008, after 0007
"""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import sqlalchemy as sa
from alembic import op

from app.kernel.db import public_id

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# the first version never changes: a change of the form is another version
FIRST = Path(__file__).parent.parent.parent / "app/services/questionnaires/data/ideas_order_form.json"
TRIGGERS = {
    "form_version_frozen": ("BEFORE UPDATE", "a form in force is frozen", "state <> 'draft'"),
    "form_version_kept": ("BEFORE DELETE", "versions of forms are kept", ""),
}
TEXTS = ("title", "field", "kind", "basis", "need", "aim", "contents", "products", "effects", "state_budget", "other_budget", "duration_months",
         "commitment", "committed_by")  # fmt: skip


def upgrade():
    op.create_table(
        "questionnaire",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_vi", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questionnaire")),
        sa.UniqueConstraint("code", name=op.f("uq_questionnaire_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_questionnaire_public_id")),
    )
    op.create_table(
        "form_version",
        sa.Column("questionnaire_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(length=500), nullable=False),
        sa.Column("mark", sa.String(length=32), nullable=False),
        sa.Column("document_number", sa.String(length=60), nullable=True),
        sa.Column("document_date", sa.Date(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state <> 'in_force' OR (document_number IS NOT NULL AND document_date IS NOT NULL AND valid_from IS NOT NULL)",
                           name=op.f("ck_form_version_in_force_by_document")),
        sa.CheckConstraint("state IN ('draft', 'in_force', 'discarded')", name=op.f("ck_form_version_state_enum")),
        sa.CheckConstraint("mark IN ('V', 'V2', 'G')", name=op.f("ck_form_version_mark_enum")),
        sa.ForeignKeyConstraint(["created_by_id"], ["user_account.id"], name=op.f("fk_form_version_created_by_id_user_account"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["questionnaire_id"], ["questionnaire.id"], name=op.f("fk_form_version_questionnaire_id_questionnaire"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_version")),
        sa.UniqueConstraint("public_id", name=op.f("uq_form_version_public_id")),
        sa.UniqueConstraint("questionnaire_id", "number", name=op.f("uq_form_version_questionnaire_id_number")),
        sa.UniqueConstraint("questionnaire_id", "valid_from", name=op.f("uq_form_version_questionnaire_id_valid_from")),
    )  # fmt: skip
    op.create_index(op.f("ix_form_version_questionnaire_id"), "form_version", ["questionnaire_id"])
    op.create_table(
        "order_form",
        sa.Column("idea_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("form_version_id", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("return_sections", sa.JSON(), nullable=False),
        sa.Column("draft_key", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["form_version_id"], ["form_version.id"], name=op.f("fk_order_form_form_version_id_form_version"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_order_form_idea_id_idea"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("idea_id", name=op.f("pk_order_form")),
        sa.UniqueConstraint("draft_key", name=op.f("uq_order_form_draft_key")),
    )
    op.create_index(op.f("ix_order_form_form_version_id"), "order_form", ["form_version_id"])
    _order_link()
    _triggers()
    _carry_over()


def _order_link():
    op.create_table(
        "order_link",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("window_began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sendings", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["user_account.id"], name=op.f("fk_order_link_contact_id_user_account"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["created_by_id"], ["user_account.id"], name=op.f("fk_order_link_created_by_id_user_account"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_order_link_idea_id_idea"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_order_link_organisation_id_organisation"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_link")),
        sa.UniqueConstraint("idea_id", name=op.f("uq_order_link_idea_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_order_link_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_order_link_token_hash")),
    )
    op.create_index(op.f("ix_order_link_organisation_id"), "order_link", ["organisation_id"])


def _triggers():
    """0002 makes whatever triggers are registered for its own tables only; these are of tables made here."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name, (event, sentence, when) in TRIGGERS.items():
        if sqlite:
            condition = f" WHEN OLD.{when}" if when else ""
            op.execute(f"CREATE TRIGGER {name} {event} ON form_version{condition} BEGIN SELECT RAISE(ABORT, '{sentence}'); END")
        else:
            condition = f" WHEN (OLD.{when})" if when else ""
            op.execute(f"CREATE TRIGGER {name} {event} ON form_version FOR EACH ROW{condition} EXECUTE FUNCTION refuse_change()")


def _carry_over():
    """Ideas from before: the first version of the form, and the answers of their columns."""
    bind = op.get_bind()
    meta = sa.MetaData()
    idea, form, version, order, organisation, priority = (
        sa.Table(n, meta, autoload_with=bind) for n in ("idea", "questionnaire", "form_version", "order_form", "organisation", "priority"))  # fmt: skip
    rows = bind.execute(sa.select(idea)).mappings().all()
    if not rows:
        return
    content = json.loads(FIRST.read_text(encoding="utf-8"))
    first = content["versions"][0]
    form_id = bind.execute(form.insert().values(code=content["code"], name_vi=content["name_vi"], name_en=content["name_en"], public_id=public_id())).inserted_primary_key[0]
    days = {name: date.fromisoformat(first[name]) for name in ("document_date", "valid_from")}
    version_id = bind.execute(version.insert().values(
        questionnaire_id=form_id, state="in_force", number=1, definition=first["definition"], source=first["source"], mark=first["mark"],
        document_number=first["document_number"], created_at=datetime.now(UTC), public_id=public_id(), version=1, **days)).inserted_primary_key[0]  # fmt: skip
    bodies = dict(bind.execute(sa.select(organisation.c.id, organisation.c.public_id)).all())
    items = dict(bind.execute(sa.select(priority.c.id, priority.c.public_id)).all())
    for row in rows:
        answers = {name: row[name] for name in TEXTS if row[name] is not None}
        more = {"starts_on": row["starts_on"] and row["starts_on"].isoformat(), "host": bodies.get(row["proposed_host_id"]), "item": items.get(row["item_id"]),
                "receiver": bodies.get(row["receiver_organisation_id"]), "state_keeps_ownership": bool(row["state_keeps_ownership"])}  # fmt: skip
        answers |= {name: value for name, value in more.items() if value is not None}
        bind.execute(order.insert().values(idea_id=row["id"], form_version_id=version_id, answers=answers, return_sections=[]))


def downgrade():
    op.drop_table("order_link")
    op.drop_table("order_form")
    op.drop_table("form_version")
    op.drop_table("questionnaire")
