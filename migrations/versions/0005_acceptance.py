"""Acceptance: cases with their promised products and rounds, and the register of results

Reversible: yes, the tables go with what is in them. Data kept: nothing before is touched. Stage touched: acceptance.

Revision 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op

from app.kernel.db import create_triggers

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

TABLES = {"acceptance_case", "acceptance_line", "acceptance_evaluation", "result", "result_contribution"}


def upgrade():
    op.create_table('acceptance_case',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('self_grade', sa.String(length=32), nullable=True),
    sa.Column('self_note', sa.Text(), nullable=True),
    sa.Column('first_submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('submitted_by_id', sa.Integer(), nullable=True),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('checked_by_id', sa.Integer(), nullable=True),
    sa.Column('check_remark', sa.Text(), nullable=True),
    sa.Column('council_pid', sa.String(length=26), nullable=True),
    sa.Column('grade', sa.String(length=32), nullable=True),
    sa.Column('accepted', sa.Boolean(), nullable=True),
    sa.Column('graded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revision_asked', sa.Text(), nullable=True),
    sa.Column('revision_asked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revision_note', sa.Text(), nullable=True),
    sa.Column('revised_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revised_by_id', sa.Integer(), nullable=True),
    sa.Column('chair_agreed_on', sa.Date(), nullable=True),
    sa.Column('chair_name', sa.String(length=200), nullable=True),
    sa.Column('revision_confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revision_confirmed_by_id', sa.Integer(), nullable=True),
    sa.Column('decision_number', sa.String(length=64), nullable=True),
    sa.Column('decision_date', sa.Date(), nullable=True),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cause', sa.String(length=32), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('created_by_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=26), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("cause IN ('subjective', 'objective', 'accepted_risk')", name=op.f('ck_acceptance_case_cause_enum')),
    sa.CheckConstraint("state <> 'failed' OR (NOT accepted AND cause IS NOT NULL)", name=op.f('ck_acceptance_case_failed_has_cause')),
    sa.CheckConstraint("state <> 'recognised' OR (accepted AND decision_number IS NOT NULL AND decision_date IS NOT NULL)", name=op.f('ck_acceptance_case_recognised_has_decision')),
    sa.CheckConstraint("state IN ('preparing', 'returned') OR submitted_at IS NOT NULL", name=op.f('ck_acceptance_case_submitted_has_time')),
    sa.CheckConstraint("state IN ('preparing', 'submitted', 'returned', 'valid', 'in_session', 'graded', 'revising', 'results_registered', 'recognised', 'failed')", name=op.f('ck_acceptance_case_state_enum')),
    sa.CheckConstraint("state NOT IN ('graded', 'revising', 'results_registered', 'recognised', 'failed') OR (grade IS NOT NULL AND accepted IS NOT NULL)", name=op.f('ck_acceptance_case_rated_has_grade')),
    sa.CheckConstraint('checked_by_id IS NULL OR checked_by_id <> submitted_by_id', name=op.f('ck_acceptance_case_four_eyes')),
    sa.CheckConstraint('revision_confirmed_at IS NULL OR (chair_agreed_on IS NOT NULL AND chair_name IS NOT NULL)', name=op.f('ck_acceptance_case_chair_agreed')),
    sa.CheckConstraint('round >= 1', name=op.f('ck_acceptance_case_round_from_one')),
    sa.ForeignKeyConstraint(['checked_by_id'], ['user_account.id'], name=op.f('fk_acceptance_case_checked_by_id_user_account'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['created_by_id'], ['user_account.id'], name=op.f('fk_acceptance_case_created_by_id_user_account'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['decided_by_id'], ['user_account.id'], name=op.f('fk_acceptance_case_decided_by_id_user_account'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_acceptance_case_project_id_project'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['revised_by_id'], ['user_account.id'], name=op.f('fk_acceptance_case_revised_by_id_user_account'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['revision_confirmed_by_id'], ['user_account.id'], name=op.f('fk_acceptance_case_revision_confirmed_by_id_user_account'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['submitted_by_id'], ['user_account.id'], name=op.f('fk_acceptance_case_submitted_by_id_user_account'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_acceptance_case')),
    sa.UniqueConstraint('project_id', name=op.f('uq_acceptance_case_project_id')),
    sa.UniqueConstraint('public_id', name=op.f('uq_acceptance_case_public_id'))
    )
    with op.batch_alter_table('acceptance_case', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_acceptance_case_due_on'), ['due_on'], unique=False)

    op.create_table('acceptance_line',
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('project_product_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.String(length=500), nullable=False),
    sa.Column('delivered_quantity', sa.String(length=300), nullable=True),
    sa.Column('delivered_quality', sa.Text(), nullable=True),
    sa.Column('level', sa.String(length=32), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=26), nullable=False),
    sa.CheckConstraint("length(name) <= 500 AND trim(name) <> ''", name=op.f('ck_acceptance_line_name_text')),
    sa.ForeignKeyConstraint(['case_id'], ['acceptance_case.id'], name=op.f('fk_acceptance_line_case_id_acceptance_case'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['project_product_id'], ['project_product.id'], name=op.f('fk_acceptance_line_project_product_id_project_product'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_acceptance_line')),
    sa.UniqueConstraint('case_id', 'position', name=op.f('uq_acceptance_line_case_id_position')),
    sa.UniqueConstraint('public_id', name=op.f('uq_acceptance_line_public_id'))
    )
    with op.batch_alter_table('acceptance_line', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_acceptance_line_case_id'), ['case_id'], unique=False)

    op.create_table('acceptance_evaluation',
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('council_pid', sa.String(length=26), nullable=False),
    sa.Column('grade', sa.String(length=32), nullable=False),
    sa.Column('accepted', sa.Boolean(), nullable=False),
    sa.Column('days_late', sa.Integer(), nullable=False),
    sa.Column('count', sa.JSON(), nullable=False),
    sa.Column('conclusion', sa.Text(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=26), nullable=False),
    sa.CheckConstraint('days_late >= 0', name=op.f('ck_acceptance_evaluation_days_late_from_zero')),
    sa.ForeignKeyConstraint(['case_id'], ['acceptance_case.id'], name=op.f('fk_acceptance_evaluation_case_id_acceptance_case'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_acceptance_evaluation')),
    sa.UniqueConstraint('case_id', 'number', name=op.f('uq_acceptance_evaluation_case_id_number')),
    sa.UniqueConstraint('public_id', name=op.f('uq_acceptance_evaluation_public_id'))
    )
    with op.batch_alter_table('acceptance_evaluation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_acceptance_evaluation_case_id'), ['case_id'], unique=False)

    op.create_table('result',
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('code', sa.String(length=80), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('project_product_id', sa.Integer(), nullable=True),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=500), nullable=False),
    sa.Column('title_en', sa.String(length=500), nullable=True),
    sa.Column('folded', sa.String(length=600), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('summary', sa.Text(), nullable=True),
    sa.Column('summary_en', sa.Text(), nullable=True),
    sa.Column('level', sa.String(length=32), nullable=True),
    sa.Column('quantity', sa.String(length=300), nullable=True),
    sa.Column('quality', sa.Text(), nullable=True),
    sa.Column('certificate_number', sa.String(length=64), nullable=True),
    sa.Column('certificate_dated', sa.Date(), nullable=True),
    sa.Column('registered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('registered_by_id', sa.Integer(), nullable=True),
    sa.Column('is_public', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=26), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("NOT is_public OR state = 'registered'", name=op.f('ck_result_public_is_registered')),
    sa.CheckConstraint("kind IN ('publication', 'variety', 'process', 'prototype', 'software', 'standard', 'policy_advice', 'model', 'data', 'other')", name=op.f('ck_result_kind_enum')),
    sa.CheckConstraint("length(title) <= 500 AND trim(title) <> ''", name=op.f('ck_result_title_text')),
    sa.CheckConstraint("state <> 'dropped' OR trim(coalesce(reason, '')) <> ''", name=op.f('ck_result_dropped_has_reason')),
    sa.CheckConstraint("state <> 'registered' OR (certificate_number IS NOT NULL AND certificate_dated IS NOT NULL AND registered_at IS NOT NULL)", name=op.f('ck_result_registered_has_certificate')),
    sa.CheckConstraint("state IN ('drafted', 'registered', 'dropped')", name=op.f('ck_result_state_enum')),
    sa.ForeignKeyConstraint(['case_id'], ['acceptance_case.id'], name=op.f('fk_result_case_id_acceptance_case'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['item_id'], ['priority.id'], name=op.f('fk_result_item_id_priority'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_result_project_id_project'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['project_product_id'], ['project_product.id'], name=op.f('fk_result_project_product_id_project_product'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['registered_by_id'], ['user_account.id'], name=op.f('fk_result_registered_by_id_user_account'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_result')),
    sa.UniqueConstraint('certificate_number', name=op.f('uq_result_certificate_number')),
    sa.UniqueConstraint('code', name=op.f('uq_result_code')),
    sa.UniqueConstraint('public_id', name=op.f('uq_result_public_id'))
    )
    with op.batch_alter_table('result', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_result_case_id'), ['case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_result_folded'), ['folded'], unique=False)
        batch_op.create_index(batch_op.f('ix_result_item_id'), ['item_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_result_project_id'), ['project_id'], unique=False)

    op.create_table('result_contribution',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('result_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('percent', sa.Integer(), nullable=False),
    sa.CheckConstraint("length(name) <= 200 AND trim(name) <> ''", name=op.f('ck_result_contribution_name_text')),
    sa.CheckConstraint('percent BETWEEN 1 AND 100', name=op.f('ck_result_contribution_percent_range')),
    sa.ForeignKeyConstraint(['result_id'], ['result.id'], name=op.f('fk_result_contribution_result_id_result'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_result_contribution_user_id_user_account'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_result_contribution')),
    sa.UniqueConstraint('result_id', 'position', name=op.f('uq_result_contribution_result_id_position'))
    )
    with op.batch_alter_table('result_contribution', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_result_contribution_result_id'), ['result_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_result_contribution_user_id'), ['user_id'], unique=False)

    create_triggers(op.get_bind(), TABLES)


def downgrade():
    with op.batch_alter_table('result_contribution', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_result_contribution_user_id'))
        batch_op.drop_index(batch_op.f('ix_result_contribution_result_id'))

    op.drop_table('result_contribution')
    with op.batch_alter_table('result', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_result_project_id'))
        batch_op.drop_index(batch_op.f('ix_result_item_id'))
        batch_op.drop_index(batch_op.f('ix_result_folded'))
        batch_op.drop_index(batch_op.f('ix_result_case_id'))

    op.drop_table('result')
    with op.batch_alter_table('acceptance_evaluation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_acceptance_evaluation_case_id'))

    op.drop_table('acceptance_evaluation')
    with op.batch_alter_table('acceptance_line', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_acceptance_line_case_id'))

    op.drop_table('acceptance_line')
    with op.batch_alter_table('acceptance_case', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_acceptance_case_due_on'))

    op.drop_table('acceptance_case')
    if op.get_bind().dialect.name == "postgresql":
        for name in ("result_frozen", "result_no_delete", "result_contribution_insert", "result_contribution_update", "result_contribution_delete"):
            op.execute(f"DROP FUNCTION IF EXISTS {name}()")
