"""Transfer: handovers with their lines, agreements, yearly reports on use, evaluations, messages of visitors

Reversible: yes, the tables go with what is in them. Data kept: nothing before is touched. Stage touched: transfer.

Revision 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op

from app.kernel.db import create_triggers

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = {"handover", "handover_line", "transfer_agreement", "follow_up", "effectiveness", "transfer_interest"}


def upgrade():
    op.create_table('effectiveness',
    sa.Column('rating', sa.String(length=32), nullable=False),
    sa.Column('assessment', sa.Text(), nullable=False),
    sa.Column('advice', sa.Text(), nullable=True),
    sa.Column('figures', sa.JSON(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('result_id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=26), nullable=False),
    sa.CheckConstraint("length(assessment) <= 10000 AND trim(assessment) <> ''", name=op.f('ck_effectiveness_assessment_text')),
    sa.CheckConstraint("rating IN ('high', 'some', 'low', 'none')", name=op.f('ck_effectiveness_rating_enum')),
    sa.ForeignKeyConstraint(['by_id'], ['user_account.id'], name=op.f('fk_effectiveness_by_id_user_account'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_effectiveness_project_id_project'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['result_id'], ['result.id'], name=op.f('fk_effectiveness_result_id_result'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_effectiveness')),
    sa.UniqueConstraint('public_id', name=op.f('uq_effectiveness_public_id'))
    )
    with op.batch_alter_table('effectiveness', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_effectiveness_project_id'), ['project_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_effectiveness_result_id'), ['result_id'], unique=False)

    op.create_table('handover',
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('receiver_id', sa.Integer(), nullable=False),
    sa.Column('intended_use', sa.Text(), nullable=False),
    sa.Column('place', sa.String(length=300), nullable=False),
    sa.Column('planned_on', sa.Date(), nullable=False),
    sa.Column('giver_name', sa.String(length=200), nullable=False),
    sa.Column('offered_by_id', sa.Integer(), nullable=False),
    sa.Column('offered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('handed_on', sa.Date(), nullable=True),
    sa.Column('receiver_name', sa.String(length=200), nullable=True),
    sa.Column('answered_by_id', sa.Integer(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('remark', sa.Text(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('result_id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=26), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("length(giver_name) <= 200 AND trim(giver_name) <> ''", name=op.f('ck_handover_giver_name_text')),
    sa.CheckConstraint("length(intended_use) <= 5000 AND trim(intended_use) <> ''", name=op.f('ck_handover_intended_use_text')),
    sa.CheckConstraint("length(place) <= 300 AND trim(place) <> ''", name=op.f('ck_handover_place_text')),
    sa.CheckConstraint("state <> 'handed_over' OR (handed_on IS NOT NULL AND receiver_name IS NOT NULL AND answered_by_id IS NOT NULL)", name=op.f('ck_handover_handed_over_is_signed')),
    sa.CheckConstraint("state <> 'refused' OR trim(coalesce(reason, '')) <> ''", name=op.f('ck_handover_refused_has_reason')),
    sa.CheckConstraint("state IN ('offered', 'handed_over', 'refused', 'withdrawn')", name=op.f('ck_handover_state_enum')),
    sa.CheckConstraint('answered_by_id IS NULL OR answered_by_id <> offered_by_id', name=op.f('ck_handover_two_people')),
    sa.ForeignKeyConstraint(['answered_by_id'], ['user_account.id'], name=op.f('fk_handover_answered_by_id_user_account'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['offered_by_id'], ['user_account.id'], name=op.f('fk_handover_offered_by_id_user_account'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_handover_project_id_project'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['receiver_id'], ['organisation.id'], name=op.f('fk_handover_receiver_id_organisation'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['result_id'], ['result.id'], name=op.f('fk_handover_result_id_result'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handover')),
    sa.UniqueConstraint('public_id', name=op.f('uq_handover_public_id'))
    )
    with op.batch_alter_table('handover', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_handover_project_id'), ['project_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_handover_receiver_id'), ['receiver_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_handover_result_id'), ['result_id'], unique=False)
        batch_op.create_index('uq_handover_one_open', ['result_id', 'receiver_id'], unique=True, sqlite_where=sa.text("state = 'offered'"), postgresql_where=sa.text("state = 'offered'"))

    op.create_table('transfer_agreement',
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('route', sa.String(length=32), nullable=False),
    sa.Column('recipient_id', sa.Integer(), nullable=True),
    sa.Column('recipient_name', sa.String(length=300), nullable=True),
    sa.Column('recipient_details', sa.String(length=500), nullable=True),
    sa.Column('scope', sa.Text(), nullable=False),
    sa.Column('price', sa.BigInteger(), nullable=False),
    sa.Column('author_share', sa.Integer(), nullable=True),
    sa.Column('number', sa.String(length=64), nullable=True),
    sa.Column('signed_on', sa.Date(), nullable=True),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('host_signer', sa.String(length=200), nullable=True),
    sa.Column('recipient_signer', sa.String(length=200), nullable=True),
    sa.Column('registration_case', sa.String(length=32), nullable=True),
    sa.Column('must_register', sa.Boolean(), nullable=False),
    sa.Column('register_by', sa.Date(), nullable=True),
    sa.Column('registered_number', sa.String(length=64), nullable=True),
    sa.Column('registered_on', sa.Date(), nullable=True),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('created_by_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('result_id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=26), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind IN ('assignment', 'licence', 'technology')", name=op.f('ck_transfer_agreement_kind_enum')),
    sa.CheckConstraint("length(scope) <= 5000 AND trim(scope) <> ''", name=op.f('ck_transfer_agreement_scope_text')),
    sa.CheckConstraint("route IN ('domestic', 'from_abroad', 'to_abroad')", name=op.f('ck_transfer_agreement_route_enum')),
    sa.CheckConstraint("state <> 'ended' OR ended_on IS NOT NULL", name=op.f('ck_transfer_agreement_ended_has_day')),
    sa.CheckConstraint("state <> 'registered' OR (registered_number IS NOT NULL AND registered_on IS NOT NULL)", name=op.f('ck_transfer_agreement_registered_has_number')),
    sa.CheckConstraint("state IN ('drafted', 'signed', 'registered', 'ended', 'dropped')", name=op.f('ck_transfer_agreement_state_enum')),
    sa.CheckConstraint("state NOT IN ('signed', 'registered') OR (number IS NOT NULL AND signed_on IS NOT NULL)", name=op.f('ck_transfer_agreement_signed_has_number')),
    sa.CheckConstraint('(recipient_id IS NULL) <> (recipient_name IS NULL)', name=op.f('ck_transfer_agreement_one_recipient')),
    sa.CheckConstraint('NOT must_register OR register_by IS NOT NULL', name=op.f('ck_transfer_agreement_registration_has_term')),
    sa.CheckConstraint('author_share IS NULL OR author_share BETWEEN 0 AND 100', name=op.f('ck_transfer_agreement_author_share_percent')),
    sa.CheckConstraint('price BETWEEN 0 AND 10000000000000', name=op.f('ck_transfer_agreement_price_money')),
    sa.ForeignKeyConstraint(['created_by_id'], ['user_account.id'], name=op.f('fk_transfer_agreement_created_by_id_user_account'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_transfer_agreement_project_id_project'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['recipient_id'], ['organisation.id'], name=op.f('fk_transfer_agreement_recipient_id_organisation'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['result_id'], ['result.id'], name=op.f('fk_transfer_agreement_result_id_result'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_transfer_agreement')),
    sa.UniqueConstraint('public_id', name=op.f('uq_transfer_agreement_public_id'))
    )
    with op.batch_alter_table('transfer_agreement', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_transfer_agreement_project_id'), ['project_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_transfer_agreement_recipient_id'), ['recipient_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_transfer_agreement_register_by'), ['register_by'], unique=False)
        batch_op.create_index(batch_op.f('ix_transfer_agreement_result_id'), ['result_id'], unique=False)

    op.create_table('transfer_interest',
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('organisation', sa.String(length=300), nullable=True),
    sa.Column('email', sa.String(length=320), nullable=False),
    sa.Column('phone', sa.String(length=40), nullable=True),
    sa.Column('message', sa.Text(), nullable=False),
    sa.Column('locale', sa.String(length=5), nullable=False),
    sa.Column('address', sa.String(length=64), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answer', sa.Text(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('answered_by_id', sa.Integer(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('result_id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=26), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("length(email) <= 320 AND trim(email) <> ''", name=op.f('ck_transfer_interest_email_text')),
    sa.CheckConstraint("length(message) <= 5000 AND trim(message) <> ''", name=op.f('ck_transfer_interest_message_text')),
    sa.CheckConstraint("length(name) <= 200 AND trim(name) <> ''", name=op.f('ck_transfer_interest_name_text')),
    sa.CheckConstraint("state <> 'answered' OR trim(coalesce(answer, '')) <> ''", name=op.f('ck_transfer_interest_answered_has_answer')),
    sa.CheckConstraint("state IN ('received', 'answered', 'closed')", name=op.f('ck_transfer_interest_state_enum')),
    sa.ForeignKeyConstraint(['answered_by_id'], ['user_account.id'], name=op.f('fk_transfer_interest_answered_by_id_user_account'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_transfer_interest_project_id_project'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['result_id'], ['result.id'], name=op.f('fk_transfer_interest_result_id_result'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_transfer_interest')),
    sa.UniqueConstraint('public_id', name=op.f('uq_transfer_interest_public_id'))
    )
    with op.batch_alter_table('transfer_interest', schema=None) as batch_op:
        batch_op.create_index('ix_transfer_interest_address', ['address', 'at'], unique=False)
        batch_op.create_index(batch_op.f('ix_transfer_interest_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_transfer_interest_project_id'), ['project_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_transfer_interest_result_id'), ['result_id'], unique=False)

    op.create_table('follow_up',
    sa.Column('handover_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('usage', sa.String(length=32), nullable=True),
    sa.Column('place', sa.String(length=300), nullable=True),
    sa.Column('users', sa.Integer(), nullable=True),
    sa.Column('scale', sa.String(length=200), nullable=True),
    sa.Column('revenue', sa.BigInteger(), nullable=True),
    sa.Column('savings', sa.BigInteger(), nullable=True),
    sa.Column('jobs', sa.Integer(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('reported_by_id', sa.Integer(), nullable=True),
    sa.Column('reported_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('verified_by_id', sa.Integer(), nullable=True),
    sa.Column('verified_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('remark', sa.Text(), nullable=True),
    sa.Column('result_id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=26), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("state IN ('due', 'reported', 'returned', 'verified')", name=op.f('ck_follow_up_state_enum')),
    sa.CheckConstraint("state NOT IN ('reported', 'verified') OR (usage IS NOT NULL AND reported_at IS NOT NULL)", name=op.f('ck_follow_up_reported_says_use')),
    sa.CheckConstraint("usage IN ('yes', 'partly', 'no')", name=op.f('ck_follow_up_usage_enum')),
    sa.CheckConstraint('jobs IS NULL OR jobs >= 0', name=op.f('ck_follow_up_jobs_from_zero')),
    sa.CheckConstraint('number BETWEEN 1 AND 20', name=op.f('ck_follow_up_number_range')),
    sa.CheckConstraint('revenue BETWEEN 0 AND 10000000000000', name=op.f('ck_follow_up_revenue_money')),
    sa.CheckConstraint('savings BETWEEN 0 AND 10000000000000', name=op.f('ck_follow_up_savings_money')),
    sa.CheckConstraint('users IS NULL OR users >= 0', name=op.f('ck_follow_up_users_from_zero')),
    sa.CheckConstraint('verified_by_id IS NULL OR verified_by_id <> reported_by_id', name=op.f('ck_follow_up_four_eyes')),
    sa.ForeignKeyConstraint(['handover_id'], ['handover.id'], name=op.f('fk_follow_up_handover_id_handover'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_follow_up_project_id_project'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['reported_by_id'], ['user_account.id'], name=op.f('fk_follow_up_reported_by_id_user_account'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['result_id'], ['result.id'], name=op.f('fk_follow_up_result_id_result'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['verified_by_id'], ['user_account.id'], name=op.f('fk_follow_up_verified_by_id_user_account'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_follow_up')),
    sa.UniqueConstraint('handover_id', 'number', name=op.f('uq_follow_up_handover_id_number')),
    sa.UniqueConstraint('public_id', name=op.f('uq_follow_up_public_id'))
    )
    with op.batch_alter_table('follow_up', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_follow_up_due_on'), ['due_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_follow_up_handover_id'), ['handover_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_follow_up_project_id'), ['project_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_follow_up_result_id'), ['result_id'], unique=False)
        batch_op.create_index('uq_follow_up_own', ['result_id', 'number'], unique=True, sqlite_where=sa.text('handover_id IS NULL'), postgresql_where=sa.text('handover_id IS NULL'))

    op.create_table('handover_line',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('handover_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('name', sa.String(length=500), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('unit', sa.String(length=64), nullable=True),
    sa.CheckConstraint("kind IN ('documents', 'software', 'equipment', 'material', 'training', 'other')", name=op.f('ck_handover_line_kind_enum')),
    sa.CheckConstraint("length(name) <= 500 AND trim(name) <> ''", name=op.f('ck_handover_line_name_text')),
    sa.CheckConstraint('quantity >= 1', name=op.f('ck_handover_line_quantity_from_one')),
    sa.ForeignKeyConstraint(['handover_id'], ['handover.id'], name=op.f('fk_handover_line_handover_id_handover'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handover_line')),
    sa.UniqueConstraint('handover_id', 'position', name=op.f('uq_handover_line_handover_id_position'))
    )
    with op.batch_alter_table('handover_line', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_handover_line_handover_id'), ['handover_id'], unique=False)
    create_triggers(op.get_bind(), TABLES)


def downgrade():
    with op.batch_alter_table('handover_line', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_handover_line_handover_id'))

    op.drop_table('handover_line')
    with op.batch_alter_table('follow_up', schema=None) as batch_op:
        batch_op.drop_index('uq_follow_up_own', sqlite_where=sa.text('handover_id IS NULL'), postgresql_where=sa.text('handover_id IS NULL'))
        batch_op.drop_index(batch_op.f('ix_follow_up_result_id'))
        batch_op.drop_index(batch_op.f('ix_follow_up_project_id'))
        batch_op.drop_index(batch_op.f('ix_follow_up_handover_id'))
        batch_op.drop_index(batch_op.f('ix_follow_up_due_on'))

    op.drop_table('follow_up')
    with op.batch_alter_table('transfer_interest', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_transfer_interest_result_id'))
        batch_op.drop_index(batch_op.f('ix_transfer_interest_project_id'))
        batch_op.drop_index(batch_op.f('ix_transfer_interest_at'))
        batch_op.drop_index('ix_transfer_interest_address')

    op.drop_table('transfer_interest')
    with op.batch_alter_table('transfer_agreement', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_transfer_agreement_result_id'))
        batch_op.drop_index(batch_op.f('ix_transfer_agreement_register_by'))
        batch_op.drop_index(batch_op.f('ix_transfer_agreement_recipient_id'))
        batch_op.drop_index(batch_op.f('ix_transfer_agreement_project_id'))

    op.drop_table('transfer_agreement')
    with op.batch_alter_table('handover', schema=None) as batch_op:
        batch_op.drop_index('uq_handover_one_open', sqlite_where=sa.text("state = 'offered'"), postgresql_where=sa.text("state = 'offered'"))
        batch_op.drop_index(batch_op.f('ix_handover_result_id'))
        batch_op.drop_index(batch_op.f('ix_handover_receiver_id'))
        batch_op.drop_index(batch_op.f('ix_handover_project_id'))

    op.drop_table('handover')
    with op.batch_alter_table('effectiveness', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_effectiveness_result_id'))
        batch_op.drop_index(batch_op.f('ix_effectiveness_project_id'))

    op.drop_table('effectiveness')
    if op.get_bind().dialect.name == "postgresql":
        for name in ("handover_frozen", "handover_no_delete", "handover_line_insert", "handover_line_update", "handover_line_delete"):
            op.execute(f"DROP FUNCTION IF EXISTS {name}()")
