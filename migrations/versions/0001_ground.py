"""The ground: journal, mails, people, organisations, plan

Reversible: yes, to an empty database. Data kept: there is none before. Stage touched: kernel, people, plan.

Revision 0001, after , 2026-11-24 13:30:45.360950
"""

import sqlalchemy as sa
from alembic import op

from app.kernel.db import create_triggers

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None

TABLES = {"access_note", "journal_entry", "once", "organisation", "outbox_mail", "plan", "sign_in_try", "user_account", "debarment", "engagement", "membership", "organisation_name", "plan_goal", "plan_group", "role_grant", "sector", "sign_in_session", "priority"}


def upgrade():
    op.create_table('access_note',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('endpoint', sa.String(length=100), nullable=False),
    sa.Column('subject_pid', sa.String(length=64), nullable=True),
    sa.Column('address', sa.String(length=64), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_access_note'))
    )
    with op.batch_alter_table('access_note', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_access_note_at'), ['at'], unique=False)

    op.create_table('journal_entry',
    sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('on_behalf_of_id', sa.Integer(), nullable=True),
    sa.Column('subject_type', sa.String(length=64), nullable=False),
    sa.Column('subject_pid', sa.String(length=26), nullable=False),
    sa.Column('verb', sa.String(length=64), nullable=False),
    sa.Column('before', sa.String(length=32), nullable=True),
    sa.Column('after', sa.String(length=32), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('detail', sa.JSON(), nullable=True),
    sa.Column('prev_hash', sa.String(length=64), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_journal_entry')),
    sa.UniqueConstraint('hash', name=op.f('uq_journal_entry_hash'))
    )
    with op.batch_alter_table('journal_entry', schema=None) as batch_op:
        batch_op.create_index('ix_journal_entry_actor_id', ['actor_id'], unique=False)
        batch_op.create_index('ix_journal_entry_subject', ['subject_type', 'subject_pid'], unique=False)

    op.create_table('once',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('location', sa.String(length=500), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_once')),
    sa.UniqueConstraint('key', name=op.f('uq_once_key'))
    )
    op.create_table('organisation',
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('name_en', sa.String(length=300), nullable=True),
    sa.Column('folded', sa.String(length=300), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('address', sa.String(length=300), nullable=True),
    sa.Column('active_to', sa.Date(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=26), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind IN ('department', 'university', 'institute', 'centre', 'enterprise', 'cooperative', 'locality', 'other')", name=op.f('ck_organisation_kind_enum')),
    sa.CheckConstraint("length(name) <= 300 AND trim(name) <> ''", name=op.f('ck_organisation_name_text')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organisation')),
    sa.UniqueConstraint('public_id', name=op.f('uq_organisation_public_id'))
    )
    with op.batch_alter_table('organisation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_organisation_folded'), ['folded'], unique=False)

    op.create_table('outbox_mail',
    sa.Column('dedupe_key', sa.String(length=200), nullable=False),
    sa.Column('to_user_id', sa.Integer(), nullable=True),
    sa.Column('to_address', sa.String(length=320), nullable=False),
    sa.Column('template', sa.String(length=120), nullable=False),
    sa.Column('subject', sa.String(length=300), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('mail_state', sa.String(length=32), nullable=False),
    sa.Column('posted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('not_before', sa.DateTime(timezone=True), nullable=False),
    sa.Column('locked_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('last_error', sa.String(length=500), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=26), nullable=False),
    sa.CheckConstraint("mail_state IN ('waiting', 'sent', 'failed')", name=op.f('ck_outbox_mail_mail_state_enum')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox_mail')),
    sa.UniqueConstraint('dedupe_key', name=op.f('uq_outbox_mail_dedupe_key')),
    sa.UniqueConstraint('public_id', name=op.f('uq_outbox_mail_public_id'))
    )
    with op.batch_alter_table('outbox_mail', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_outbox_mail_mail_state'), ['mail_state'], unique=False)
        batch_op.create_index(batch_op.f('ix_outbox_mail_to_user_id'), ['to_user_id'], unique=False)

    op.create_table('plan',
    sa.Column('number', sa.String(length=60), nullable=False),
    sa.Column('dated', sa.Date(), nullable=False),
    sa.Column('title_vi', sa.String(length=500), nullable=False),
    sa.Column('title_en', sa.String(length=500), nullable=False),
    sa.Column('body_vi', sa.String(length=200), nullable=False),
    sa.Column('body_en', sa.String(length=200), nullable=True),
    sa.Column('horizon_year', sa.Integer(), nullable=True),
    sa.Column('vision_year', sa.Integer(), nullable=True),
    sa.Column('content_hash', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('is_historic', sa.Boolean(), nullable=False),
    sa.Column('in_force_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=26), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("state IN ('draft', 'in_force', 'superseded')", name=op.f('ck_plan_state_enum')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plan')),
    sa.UniqueConstraint('number', name=op.f('uq_plan_number')),
    sa.UniqueConstraint('public_id', name=op.f('uq_plan_public_id'))
    )
    op.create_table('sign_in_try',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('email_norm', sa.String(length=320), nullable=False),
    sa.Column('address', sa.String(length=64), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in_try'))
    )
    with op.batch_alter_table('sign_in_try', schema=None) as batch_op:
        batch_op.create_index('ix_sign_in_try_address', ['address', 'at'], unique=False)
        batch_op.create_index('ix_sign_in_try_email', ['email_norm', 'at'], unique=False)

    op.create_table('user_account',
    sa.Column('email', sa.String(length=320), nullable=False),
    sa.Column('email_norm', sa.String(length=320), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('sort_name', sa.String(length=400), nullable=False),
    sa.Column('title', sa.String(length=100), nullable=True),
    sa.Column('password_hash', sa.String(length=200), nullable=True),
    sa.Column('locale', sa.String(length=5), nullable=False),
    sa.Column('epoch', sa.Integer(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('is_demo', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=26), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("length(email) <= 320 AND trim(email) <> ''", name=op.f('ck_user_account_email_text')),
    sa.CheckConstraint("length(name) <= 200 AND trim(name) <> ''", name=op.f('ck_user_account_name_text')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_user_account')),
    sa.UniqueConstraint('email_norm', name=op.f('uq_user_account_email_norm')),
    sa.UniqueConstraint('public_id', name=op.f('uq_user_account_public_id'))
    )
    with op.batch_alter_table('user_account', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_user_account_sort_name'), ['sort_name'], unique=False)

    op.create_table('debarment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('organisation_id', sa.Integer(), nullable=True),
    sa.Column('cause', sa.String(length=64), nullable=False),
    sa.Column('from_date', sa.Date(), nullable=False),
    sa.Column('until', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_debarment_organisation_id_organisation'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_debarment_user_id_user_account'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_debarment'))
    )
    with op.batch_alter_table('debarment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_debarment_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_debarment_user_id'), ['user_id'], unique=False)

    op.create_table('engagement',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('subject_type', sa.String(length=64), nullable=False),
    sa.Column('subject_pid', sa.String(length=26), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('organisation_id', sa.Integer(), nullable=True),
    sa.Column('role', sa.String(length=64), nullable=False),
    sa.Column('title', sa.String(length=500), nullable=False),
    sa.Column('from_date', sa.Date(), nullable=False),
    sa.Column('to_date', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_engagement_organisation_id_organisation'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_engagement_user_id_user_account'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_engagement'))
    )
    with op.batch_alter_table('engagement', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_engagement_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index('ix_engagement_subject', ['subject_type', 'subject_pid'], unique=False)
        batch_op.create_index(batch_op.f('ix_engagement_user_id'), ['user_id'], unique=False)

    op.create_table('membership',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('is_manager', sa.Boolean(), nullable=False),
    sa.Column('from_date', sa.Date(), nullable=False),
    sa.Column('to_date', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_membership_organisation_id_organisation'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_membership_user_id_user_account'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_membership')),
    sa.UniqueConstraint('user_id', 'organisation_id', 'from_date', name=op.f('uq_membership_user_id_organisation_id_from_date'))
    )
    with op.batch_alter_table('membership', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_membership_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_membership_user_id'), ['user_id'], unique=False)

    op.create_table('organisation_name',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_organisation_name_organisation_id_organisation'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organisation_name'))
    )
    with op.batch_alter_table('organisation_name', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_organisation_name_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('plan_goal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('plan_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=20), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('short_vi', sa.String(length=500), nullable=False),
    sa.Column('short_en', sa.String(length=500), nullable=False),
    sa.Column('text_vi', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['plan_id'], ['plan.id'], name=op.f('fk_plan_goal_plan_id_plan'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plan_goal'))
    )
    with op.batch_alter_table('plan_goal', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_plan_goal_plan_id'), ['plan_id'], unique=False)

    op.create_table('plan_group',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('plan_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=10), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('name_vi', sa.String(length=500), nullable=False),
    sa.Column('name_en', sa.String(length=500), nullable=False),
    sa.Column('holds_sectors', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['plan_id'], ['plan.id'], name=op.f('fk_plan_group_plan_id_plan'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plan_group')),
    sa.UniqueConstraint('plan_id', 'code', name=op.f('uq_plan_group_plan_id_code'))
    )
    with op.batch_alter_table('plan_group', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_plan_group_plan_id'), ['plan_id'], unique=False)

    op.create_table('role_grant',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(length=32), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=True),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('granted_by_id', sa.Integer(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=26), nullable=False),
    sa.CheckConstraint("role IN ('admin', 'officer', 'leader', 'province', 'finance', 'registry', 'auditor', 'agency', 'host', 'expert', 'researcher')", name=op.f('ck_role_grant_role_enum')),
    sa.CheckConstraint('ends_at IS NULL OR ends_at > starts_at', name=op.f('ck_role_grant_ends_after_start')),
    sa.ForeignKeyConstraint(['granted_by_id'], ['user_account.id'], name=op.f('fk_role_grant_granted_by_id_user_account'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_role_grant_organisation_id_organisation'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_role_grant_user_id_user_account'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role_grant')),
    sa.UniqueConstraint('public_id', name=op.f('uq_role_grant_public_id'))
    )
    with op.batch_alter_table('role_grant', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_role_grant_user_id'), ['user_id'], unique=False)

    op.create_table('sector',
    sa.Column('plan_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=10), nullable=False),
    sa.Column('slug', sa.String(length=60), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('name_vi', sa.String(length=300), nullable=False),
    sa.Column('name_en', sa.String(length=300), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=26), nullable=False),
    sa.ForeignKeyConstraint(['plan_id'], ['plan.id'], name=op.f('fk_sector_plan_id_plan'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sector')),
    sa.UniqueConstraint('plan_id', 'code', name=op.f('uq_sector_plan_id_code')),
    sa.UniqueConstraint('public_id', name=op.f('uq_sector_public_id'))
    )
    with op.batch_alter_table('sector', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sector_plan_id'), ['plan_id'], unique=False)

    op.create_table('sign_in_session',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('epoch', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('address', sa.String(length=64), nullable=True),
    sa.Column('browser', sa.String(length=200), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=26), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_sign_in_session_user_id_user_account'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in_session')),
    sa.UniqueConstraint('public_id', name=op.f('uq_sign_in_session_public_id')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_sign_in_session_token_hash'))
    )
    with op.batch_alter_table('sign_in_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sign_in_session_user_id'), ['user_id'], unique=False)

    op.create_table('priority',
    sa.Column('plan_id', sa.Integer(), nullable=False),
    sa.Column('sector_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=10), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('text_vi', sa.Text(), nullable=False),
    sa.Column('short_vi', sa.String(length=500), nullable=False),
    sa.Column('title_en', sa.String(length=500), nullable=False),
    sa.Column('folded', sa.Text(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=26), nullable=False),
    sa.ForeignKeyConstraint(['plan_id'], ['plan.id'], name=op.f('fk_priority_plan_id_plan'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['sector_id'], ['sector.id'], name=op.f('fk_priority_sector_id_sector'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_priority')),
    sa.UniqueConstraint('plan_id', 'code', name=op.f('uq_priority_plan_id_code')),
    sa.UniqueConstraint('public_id', name=op.f('uq_priority_public_id'))
    )
    with op.batch_alter_table('priority', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_priority_plan_id'), ['plan_id'], unique=False)
        batch_op.create_index('ix_priority_position', ['plan_id', 'position'], unique=False)
        batch_op.create_index(batch_op.f('ix_priority_sector_id'), ['sector_id'], unique=False)

    create_triggers(op.get_bind(), TABLES)


def downgrade():
    with op.batch_alter_table('priority', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_priority_sector_id'))
        batch_op.drop_index('ix_priority_position')
        batch_op.drop_index(batch_op.f('ix_priority_plan_id'))

    op.drop_table('priority')
    with op.batch_alter_table('sign_in_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sign_in_session_user_id'))

    op.drop_table('sign_in_session')
    with op.batch_alter_table('sector', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sector_plan_id'))

    op.drop_table('sector')
    with op.batch_alter_table('role_grant', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_role_grant_user_id'))

    op.drop_table('role_grant')
    with op.batch_alter_table('plan_group', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_plan_group_plan_id'))

    op.drop_table('plan_group')
    with op.batch_alter_table('plan_goal', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_plan_goal_plan_id'))

    op.drop_table('plan_goal')
    with op.batch_alter_table('organisation_name', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_organisation_name_organisation_id'))

    op.drop_table('organisation_name')
    with op.batch_alter_table('membership', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_membership_user_id'))
        batch_op.drop_index(batch_op.f('ix_membership_organisation_id'))

    op.drop_table('membership')
    with op.batch_alter_table('engagement', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_engagement_user_id'))
        batch_op.drop_index('ix_engagement_subject')
        batch_op.drop_index(batch_op.f('ix_engagement_organisation_id'))

    op.drop_table('engagement')
    with op.batch_alter_table('debarment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_debarment_user_id'))
        batch_op.drop_index(batch_op.f('ix_debarment_organisation_id'))

    op.drop_table('debarment')
    with op.batch_alter_table('user_account', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_user_account_sort_name'))

    op.drop_table('user_account')
    with op.batch_alter_table('sign_in_try', schema=None) as batch_op:
        batch_op.drop_index('ix_sign_in_try_email')
        batch_op.drop_index('ix_sign_in_try_address')

    op.drop_table('sign_in_try')
    op.drop_table('plan')
    with op.batch_alter_table('outbox_mail', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_outbox_mail_to_user_id'))
        batch_op.drop_index(batch_op.f('ix_outbox_mail_mail_state'))

    op.drop_table('outbox_mail')
    with op.batch_alter_table('organisation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_organisation_folded'))

    op.drop_table('organisation')
    op.drop_table('once')
    with op.batch_alter_table('journal_entry', schema=None) as batch_op:
        batch_op.drop_index('ix_journal_entry_subject')
        batch_op.drop_index('ix_journal_entry_actor_id')

    op.drop_table('journal_entry')
    with op.batch_alter_table('access_note', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_access_note_at'))

    op.drop_table('access_note')
