"""A team works together: invitations, rights, sections given to members, comments, what the host sent back, another investigator

Reversible: yes, unless a team has a partner organisation: then it has no place in the older table and the downgrade is refused.
Data kept: every member; who had an account keeps the right to write and counts as joined when the dossier began.
Stage touched: proposals.

Revision 0022, after 0021
"""

import sqlalchemy as sa
from alembic import op

from app.kernel.db import UtcDateTime

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

OLD = "role IN ('pi', 'secretary', 'key', 'member')"
NEW = "role IN ('pi', 'secretary', 'key', 'member', 'partner')"
INSTANT = UtcDateTime(timezone=True)


def upgrade():
    _change(OLD, NEW)
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute("ALTER TABLE team_member ADD COLUMN access VARCHAR(32) DEFAULT 'edit' NOT NULL "
               "CONSTRAINT ck_team_member_access_enum CHECK (access IN ('view', 'comment', 'edit'))")  # fmt: skip
    op.add_column("team_member", sa.Column("years", sa.JSON(), nullable=True))
    op.add_column("team_member", sa.Column("email", sa.String(320), nullable=True))
    op.add_column("team_member", sa.Column("joined_at", INSTANT, nullable=True))
    if not sqlite:
        op.execute("ALTER TABLE team_member ALTER COLUMN access DROP DEFAULT")
    op.execute("UPDATE team_member SET joined_at = (SELECT created_at FROM proposal WHERE proposal.id = team_member.proposal_id) WHERE user_id IS NOT NULL")
    op.create_table(
        "member_cv",
        sa.Column("member_id", sa.Integer(), autoincrement=False, nullable=False), sa.Column("cv_version_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["team_member.id"], name=op.f("fk_member_cv_member_id_team_member"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["cv_version_id"], ["cv_version.id"], name=op.f("fk_member_cv_cv_version_id_cv_version"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_member_cv")),
    )  # fmt: skip
    op.create_index(op.f("ix_member_cv_cv_version_id"), "member_cv", ["cv_version_id"])
    _make("team_invitation", [
        _to("proposal_id", "proposal"), _to("member_id", "team_member", True), sa.Column("name", sa.String(200), nullable=False),
        sa.Column("email_norm", sa.String(320), nullable=False), sa.Column("token_hash", sa.String(64), nullable=False), _at("sent_at", False),
        _to("sent_by_id", "user_account"), _at("expires_at", False), _at("accepted_at"), _at("declined_at"), _at("revoked_at"), sa.Column("reason", sa.String(500)),
        _text("team_invitation", "name", 200), sa.CheckConstraint("expires_at > sent_at", name=op.f("ck_team_invitation_expires_after_sent")),
        sa.CheckConstraint("accepted_at IS NULL OR (declined_at IS NULL AND revoked_at IS NULL)", name=op.f("ck_team_invitation_one_answer")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_team_invitation_token_hash"))], ("proposal_id", "member_id", "email_norm"))  # fmt: skip
    _make("section_given", [
        _to("proposal_id", "proposal"), sa.Column("place", sa.String(60), nullable=False), _to("member_id", "team_member"), sa.Column("due_on", sa.Date()),
        _at("given_at", False), _at("completed_at")], ("member_id",))  # fmt: skip
    op.create_index("uq_section_given_place", "section_given", ["proposal_id", "place"], unique=True)
    _make("section_comment", [
        _to("proposal_id", "proposal"), sa.Column("place", sa.String(60), nullable=False), _to("thread_id", "section_comment", True),
        sa.Column("text", sa.Text(), nullable=False), _to("author_id", "user_account"), _at("written_at", False), _at("resolved_at"),
        _to("resolved_by_id", "user_account", True), _at("mailed_at"), _text("section_comment", "text", 5000),
        sa.CheckConstraint("thread_id IS NULL OR resolved_at IS NULL", name=op.f("ck_section_comment_thread_is_resolved"))], ("proposal_id", "thread_id", "mailed_at"))  # fmt: skip
    _make("sent_back", [
        _to("proposal_id", "proposal"), sa.Column("reason", sa.Text(), nullable=False), sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False), _at("sent_at", False), _to("sent_by_id", "user_account"), _at("closed_at"), _text("sent_back", "reason", 2000)],
        ("proposal_id",))  # fmt: skip
    _make("new_investigator", [
        _to("proposal_id", "proposal"), _to("from_id", "user_account"), _to("to_id", "user_account"), _to("asked_by_id", "user_account"),
        sa.Column("reason", sa.String(1000), nullable=False), _at("asked_at", False), _at("accepted_at"), _at("refused_at"), _text("new_investigator", "reason", 1000)],
        ("proposal_id", "to_id"))  # fmt: skip


def _to(name, table, nullable=False):
    return sa.Column(name, sa.Integer(), nullable=nullable, info={"to": table})


def _at(name, nullable=True):
    return sa.Column(name, INSTANT, nullable=nullable)


def _text(table, column, longest):
    return sa.CheckConstraint(f"length({column}) <= {longest} AND trim({column}) <> ''", name=op.f(f"ck_{table}_{column}_text"))


def _make(table, columns, indexed):
    """A table with an inner and a public id; foreign keys get the names of the naming convention."""
    made = [sa.ForeignKeyConstraint([c.name], [f"{c.info['to']}.id"], name=op.f(f"fk_{table}_{c.name}_{c.info['to']}"), ondelete="RESTRICT")
            for c in columns if "to" in c.info]  # fmt: skip
    ids = [sa.Column("id", sa.Integer(), nullable=False), sa.Column("public_id", sa.String(26), nullable=False)]
    op.create_table(table, *ids, *columns, *made, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")), sa.UniqueConstraint("public_id", name=op.f(f"uq_{table}_public_id")))
    for name in indexed:
        op.create_index(op.f(f"ix_{table}_{name}"), table, [name])


def downgrade():
    if op.get_bind().execute(sa.text("SELECT count(*) FROM team_member WHERE role = 'partner'")).scalar():
        raise RuntimeError("teams have partner organisations: take them out first")
    for table in ("new_investigator", "sent_back", "section_comment", "section_given", "team_invitation", "member_cv"):
        op.drop_table(table)
    for column in ("joined_at", "email", "years"):
        op.drop_column("team_member", column)
    op.execute("ALTER TABLE team_member DROP COLUMN access")
    _change(NEW, OLD)


def _change(before, after):
    bind = op.get_bind()
    if bind.dialect.name != "sqlite":
        op.execute("ALTER TABLE team_member DROP CONSTRAINT ck_team_member_role_enum")
        op.execute(f"ALTER TABLE team_member ADD CONSTRAINT ck_team_member_role_enum CHECK ({after})")
        return
    version = bind.exec_driver_sql("PRAGMA schema_version").scalar()  # only a CHECK changes: what is on disk stays as it is
    text = bind.exec_driver_sql("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'team_member'").scalar()
    bind.exec_driver_sql("PRAGMA writable_schema=ON")
    bind.exec_driver_sql("UPDATE sqlite_master SET sql = ? WHERE type = 'table' AND name = 'team_member'", (text.replace(before, after),))
    bind.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    bind.exec_driver_sql("PRAGMA writable_schema=RESET")
