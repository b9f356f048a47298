"""The work description of a dossier is a questionnaire by type of task: the version it keeps, and every saving of a section

Reversible: yes, the tables go with what is in them; the answers stay in proposal.work. Data kept: every text; a dossier that
is there gets version 1 of the form of its type, which asks for exactly the sections it has; the text under `organisation`
gets the name `partner_plan` (the old one is used by pages of the system). Submitted versions are not touched: their hash
is of what they were. Stages touched: proposals.

Revision 0017, after 0016
"""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import sqlalchemy as sa
from alembic import op

from app.kernel.db import public_id

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# the first versions never change: a change of a form is another version
FORMS = Path(__file__).parent.parent.parent / "app/services/questionnaires/data"
BY_TYPE = {"DT_CN": "dt_cn", "DT_XH": "dt_xh", "DA_SXTN": "da_sxtn", "DA_KHCN": "da_sxtn", "UDNR": "da_sxtn", "DE_AN": "de_an"}
OLD, NEW = "organisation", "partner_plan"


def upgrade():
    op.create_table(
        "work_form",
        sa.Column("proposal_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("form_version_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["form_version_id"], ["form_version.id"], name=op.f("fk_work_form_form_version_id_form_version"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_work_form_proposal_id_proposal"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_work_form")),
    )
    op.create_index(op.f("ix_work_form_form_version_id"), "work_form", ["form_version_id"])
    op.create_table(
        "work_saving",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("section", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("how", sa.String(length=32), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.CheckConstraint("how IN ('typed', 'merged', 'aside', 'word', 'copied', 'restored')", name=op.f("ck_work_saving_how_enum")),
        sa.CheckConstraint("number > 0", name=op.f("ck_work_saving_number_positive")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_work_saving_proposal_id_proposal"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["saved_by_id"], ["user_account.id"], name=op.f("fk_work_saving_saved_by_id_user_account"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_saving")),
        sa.UniqueConstraint("public_id", name=op.f("uq_work_saving_public_id")),
    )
    op.create_index("uq_work_saving_number", "work_saving", ["proposal_id", "section", "number"], unique=True)
    _carry_over()


def _carry_over():
    """Dossiers from before: version 1 of the form of their type, which has their sections."""
    bind = op.get_bind()
    meta = sa.MetaData()
    proposal, call_topic, topic, work = (sa.Table(n, meta, autoload_with=bind) for n in ("proposal", "call_topic", "topic", "work_form"))
    found = sa.select(proposal.c.id, proposal.c.work, topic.c.kind).join(call_topic, call_topic.c.id == proposal.c.call_topic_id).join(topic, topic.c.id == call_topic.c.topic_id)
    rows = bind.execute(found).all()
    versions = {name: _first_version(bind, meta, name) for name in sorted({BY_TYPE.get(row.kind, "dt_cn") for row in rows})}
    for row in rows:
        bind.execute(work.insert().values(proposal_id=row.id, form_version_id=versions[BY_TYPE.get(row.kind, "dt_cn")]))
        answers = json.loads(row.work) if isinstance(row.work, str) else row.work
        if answers and OLD in answers:
            renamed = {NEW if code == OLD else code: text for code, text in answers.items()}
            bind.execute(proposal.update().where(proposal.c.id == row.id).values(work=renamed))


def _first_version(bind, meta, name):
    """The id of version 1 of a form, which is made when it is not there."""
    form, version = (sa.Table(n, meta, autoload_with=bind) for n in ("questionnaire", "form_version"))
    content = json.loads((FORMS / f"proposals_work_{name}.json").read_text(encoding="utf-8"))
    first = content["versions"][0]
    form_id = bind.execute(sa.select(form.c.id).where(form.c.code == content["code"])).scalar()
    if form_id is None:
        row = form.insert().values(code=content["code"], name_vi=content["name_vi"], name_en=content["name_en"], purpose=content.get("purpose"), public_id=public_id())
        form_id = bind.execute(row).inserted_primary_key[0]
    there = bind.execute(sa.select(version.c.id).where(version.c.questionnaire_id == form_id, version.c.number == 1)).scalar()
    if there is not None:
        return there
    days = {key: date.fromisoformat(first[key]) for key in ("document_date", "valid_from")}
    row = version.insert().values(
        questionnaire_id=form_id, state="in_force", number=1, definition=first["definition"], source=first["source"], mark=first["mark"],
        document_number=first["document_number"], created_at=datetime.now(UTC), public_id=public_id(), version=1, **days)  # fmt: skip
    return bind.execute(row).inserted_primary_key[0]


def downgrade():
    op.drop_table("work_saving")
    op.drop_table("work_form")
