"""Plan: the decision, targets, agencies, measures with yearly notes, and what items become in a later plan

Reversible: yes, the new tables go with what is in them; plans, their parts and what points to them stay. Data kept: nothing
before is changed; plans that are or were in force get the decision that they stood for. Stage touched: plan.

0001 makes whatever triggers of `plan` are registered when it runs, so a fresh database has the two on `plan` already and an
older one lacks them: both end the same here. The texts are frozen in this file.

Revision 0009, after 0007
"""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

REFUSE = {"FROZEN": "a plan in force is frozen", "STANDS": "a decision stands"}
# name → (table, event, condition on the row, or "" when the plan must be a draft, what is said)
CONDITIONS = {
    "plan_frozen_update": ("plan", "UPDATE OF number, dated, title_vi, title_en, body_vi, body_en, horizon_year, vision_year, content_hash, is_historic",
                           "OLD.state <> 'draft'", "FROZEN"),
    "plan_no_thaw": ("plan", "UPDATE OF state", "OLD.state <> 'draft' AND NEW.state = 'draft'", "FROZEN"),
    "plan_decision_frozen_update": ("plan_decision", "UPDATE", "OLD.decided_at IS NOT NULL", "STANDS"),
    "plan_decision_frozen_delete": ("plan_decision", "DELETE", "OLD.decided_at IS NOT NULL", "STANDS"),
}
FIXED = "plan_id, group_id, item_id, agency_id, text_vi, text_en, assigned_on, due_on"
PARTS = {f"{table}_frozen_{verb.lower()}": (table, verb) for table in ("plan_agency", "plan_target", "plan_mapping") for verb in ("INSERT", "UPDATE", "DELETE")}
PARTS |= {"plan_measure_frozen_update": ("plan_measure", f"UPDATE OF {FIXED}"), "plan_measure_frozen_delete": ("plan_measure", "DELETE")}
NOTES = ("update", "delete")


def _triggers(sqlite):
    for name, (table, event, condition, says) in CONDITIONS.items():
        op.execute(f"DROP TRIGGER IF EXISTS {name}" + ("" if sqlite else f" ON {table}"))
        if sqlite:
            op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {condition} BEGIN SELECT RAISE(ABORT, '{REFUSE[says]}'); END")
            continue
        op.execute(f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{REFUSE[says]}' "
                   "USING ERRCODE = 'integrity_constraint_violation'; END $$")
        op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {name}()")
    for name, (table, event) in PARTS.items():
        row = "NEW" if event == "INSERT" else "OLD"
        op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} " + (
            f"WHEN (SELECT state FROM plan WHERE id = {row}.plan_id) <> 'draft' BEGIN SELECT RAISE(ABORT, 'a plan in force is frozen'); END" if sqlite
            else "FOR EACH ROW EXECUTE FUNCTION plan_frozen()"))
    for verb in NOTES:
        op.execute(f"CREATE TRIGGER plan_note_no_{verb} BEFORE {verb.upper()} ON plan_note " + (
            "BEGIN SELECT RAISE(ABORT, 'plan_note is append-only'); END" if sqlite else "FOR EACH ROW EXECUTE FUNCTION refuse_change()"))
    if not sqlite:
        op.execute("CREATE TRIGGER plan_note_no_truncate BEFORE TRUNCATE ON plan_note FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")


def upgrade():
    op.create_table('plan_decision',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('plan_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=60), nullable=False),
    sa.Column('dated', sa.Date(), nullable=False),
    sa.Column('in_force_from', sa.Date(), nullable=False),
    sa.Column('prepared_by_id', sa.Integer(), nullable=True),
    sa.Column('prepared_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("length(number) <= 60 AND trim(number) <> ''", name=op.f('ck_plan_decision_number_text')),
    sa.CheckConstraint('decided_by_id IS NULL OR prepared_by_id IS NULL OR decided_by_id <> prepared_by_id', name=op.f('ck_plan_decision_two_people')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['user_account.id'], name=op.f('fk_plan_decision_decided_by_id_user_account'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['plan_id'], ['plan.id'], name=op.f('fk_plan_decision_plan_id_plan'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['prepared_by_id'], ['user_account.id'], name=op.f('fk_plan_decision_prepared_by_id_user_account'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plan_decision')),
    sa.UniqueConstraint('plan_id', name=op.f('uq_plan_decision_plan_id'))
    )
    with op.batch_alter_table('plan_decision', schema=None) as batch_op:
        batch_op.create_index('uq_plan_decision_day', ['in_force_from'], unique=True, sqlite_where=sa.text('decided_at IS NOT NULL'), postgresql_where=sa.text('decided_at IS NOT NULL'))

    op.create_table('plan_upload',
    sa.Column('file_name', sa.String(length=200), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('uploaded_by_id', sa.Integer(), nullable=False),
    sa.Column('uploaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=26), nullable=False),
    sa.ForeignKeyConstraint(['uploaded_by_id'], ['user_account.id'], name=op.f('fk_plan_upload_uploaded_by_id_user_account'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plan_upload')),
    sa.UniqueConstraint('public_id', name=op.f('uq_plan_upload_public_id'))
    )
    op.create_table('plan_agency',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('plan_id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('is_lead', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['priority.id'], name=op.f('fk_plan_agency_item_id_priority'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_plan_agency_organisation_id_organisation'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['plan_id'], ['plan.id'], name=op.f('fk_plan_agency_plan_id_plan'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plan_agency')),
    sa.UniqueConstraint('item_id', 'organisation_id', name=op.f('uq_plan_agency_item_id_organisation_id'))
    )
    with op.batch_alter_table('plan_agency', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_plan_agency_item_id'), ['item_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_plan_agency_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_plan_agency_plan_id'), ['plan_id'], unique=False)
        batch_op.create_index('uq_plan_agency_lead', ['item_id'], unique=True, sqlite_where=sa.text('is_lead'), postgresql_where=sa.text('is_lead'))

    op.create_table('plan_mapping',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('plan_id', sa.Integer(), nullable=False),
    sa.Column('old_item_id', sa.Integer(), nullable=False),
    sa.Column('new_item_id', sa.Integer(), nullable=True),
    sa.Column('reason', sa.String(length=1000), nullable=True),
    sa.CheckConstraint("new_item_id IS NOT NULL OR (reason IS NOT NULL AND trim(reason) <> '')", name=op.f('ck_plan_mapping_none_has_reason')),
    sa.ForeignKeyConstraint(['new_item_id'], ['priority.id'], name=op.f('fk_plan_mapping_new_item_id_priority'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['old_item_id'], ['priority.id'], name=op.f('fk_plan_mapping_old_item_id_priority'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['plan_id'], ['plan.id'], name=op.f('fk_plan_mapping_plan_id_plan'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plan_mapping')),
    sa.UniqueConstraint('plan_id', 'old_item_id', 'new_item_id', name=op.f('uq_plan_mapping_plan_id_old_item_id_new_item_id'))
    )
    with op.batch_alter_table('plan_mapping', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_plan_mapping_new_item_id'), ['new_item_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_plan_mapping_old_item_id'), ['old_item_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_plan_mapping_plan_id'), ['plan_id'], unique=False)
        batch_op.create_index('uq_plan_mapping_none', ['plan_id', 'old_item_id'], unique=True, sqlite_where=sa.text('new_item_id IS NULL'), postgresql_where=sa.text('new_item_id IS NULL'))

    op.create_table('plan_measure',
    sa.Column('plan_id', sa.Integer(), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=True),
    sa.Column('item_id', sa.Integer(), nullable=True),
    sa.Column('agency_id', sa.Integer(), nullable=False),
    sa.Column('text_vi', sa.String(length=1000), nullable=False),
    sa.Column('text_en', sa.String(length=1000), nullable=True),
    sa.Column('folded', sa.String(length=2000), nullable=False),
    sa.Column('assigned_on', sa.Date(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('reason', sa.String(length=1000), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=26), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("length(text_vi) <= 1000 AND trim(text_vi) <> ''", name=op.f('ck_plan_measure_text_vi_text')),
    sa.CheckConstraint("state IN ('active', 'called_off')", name=op.f('ck_plan_measure_state_enum')),
    sa.CheckConstraint('(group_id IS NULL) <> (item_id IS NULL)', name=op.f('ck_plan_measure_one_place')),
    sa.ForeignKeyConstraint(['agency_id'], ['organisation.id'], name=op.f('fk_plan_measure_agency_id_organisation'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['group_id'], ['plan_group.id'], name=op.f('fk_plan_measure_group_id_plan_group'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['item_id'], ['priority.id'], name=op.f('fk_plan_measure_item_id_priority'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['plan_id'], ['plan.id'], name=op.f('fk_plan_measure_plan_id_plan'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plan_measure')),
    sa.UniqueConstraint('public_id', name=op.f('uq_plan_measure_public_id'))
    )
    with op.batch_alter_table('plan_measure', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_plan_measure_agency_id'), ['agency_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_plan_measure_due_on'), ['due_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_plan_measure_group_id'), ['group_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_plan_measure_item_id'), ['item_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_plan_measure_plan_id'), ['plan_id'], unique=False)

    op.create_table('plan_target',
    sa.Column('plan_id', sa.Integer(), nullable=False),
    sa.Column('sector_id', sa.Integer(), nullable=True),
    sa.Column('item_id', sa.Integer(), nullable=True),
    sa.Column('name_vi', sa.String(length=300), nullable=False),
    sa.Column('name_en', sa.String(length=300), nullable=True),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('unit', sa.String(length=60), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=26), nullable=False),
    sa.CheckConstraint("length(name_vi) <= 300 AND trim(name_vi) <> ''", name=op.f('ck_plan_target_name_vi_text')),
    sa.CheckConstraint("length(unit) <= 60 AND trim(unit) <> ''", name=op.f('ck_plan_target_unit_text')),
    sa.CheckConstraint('(sector_id IS NULL) <> (item_id IS NULL)', name=op.f('ck_plan_target_one_place')),
    sa.ForeignKeyConstraint(['item_id'], ['priority.id'], name=op.f('fk_plan_target_item_id_priority'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['plan_id'], ['plan.id'], name=op.f('fk_plan_target_plan_id_plan'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['sector_id'], ['sector.id'], name=op.f('fk_plan_target_sector_id_sector'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plan_target')),
    sa.UniqueConstraint('public_id', name=op.f('uq_plan_target_public_id'))
    )
    with op.batch_alter_table('plan_target', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_plan_target_item_id'), ['item_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_plan_target_plan_id'), ['plan_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_plan_target_sector_id'), ['sector_id'], unique=False)

    op.create_table('plan_note',
    sa.Column('measure_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('progress', sa.String(length=32), nullable=False),
    sa.Column('percent', sa.Integer(), nullable=False),
    sa.Column('text', sa.String(length=4000), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=26), nullable=False),
    sa.CheckConstraint("length(text) <= 4000 AND trim(text) <> ''", name=op.f('ck_plan_note_text_text')),
    sa.CheckConstraint("progress IN ('not_begun', 'on_track', 'behind', 'done')", name=op.f('ck_plan_note_progress_enum')),
    sa.CheckConstraint('percent BETWEEN 0 AND 100', name=op.f('ck_plan_note_percent_range')),
    sa.ForeignKeyConstraint(['by_id'], ['user_account.id'], name=op.f('fk_plan_note_by_id_user_account'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['measure_id'], ['plan_measure.id'], name=op.f('fk_plan_note_measure_id_plan_measure'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plan_note')),
    sa.UniqueConstraint('measure_id', 'year', 'revision', name=op.f('uq_plan_note_measure_id_year_revision')),
    sa.UniqueConstraint('public_id', name=op.f('uq_plan_note_public_id'))
    )
    with op.batch_alter_table('plan_note', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_plan_note_measure_id'), ['measure_id'], unique=False)

    with op.batch_alter_table('plan', schema=None) as batch_op:
        batch_op.create_index('uq_plan_one_in_force', ['state'], unique=True, sqlite_where=sa.text("state = 'in_force'"), postgresql_where=sa.text("state = 'in_force'"))
    _triggers(op.get_bind().dialect.name == "sqlite")
    # what was decided before decisions were kept: by the plan's own number and day
    op.execute("INSERT INTO plan_decision (plan_id, number, dated, in_force_from, decided_at) "
               "SELECT id, number, dated, dated, in_force_at FROM plan WHERE state IN ('in_force', 'superseded') AND in_force_at IS NOT NULL")


def downgrade():
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name in ("plan_frozen_update", "plan_no_thaw"):
        op.execute(f"DROP TRIGGER IF EXISTS {name}" + ("" if sqlite else " ON plan"))
    with op.batch_alter_table('plan', schema=None) as batch_op:
        batch_op.drop_index('uq_plan_one_in_force', sqlite_where=sa.text("state = 'in_force'"), postgresql_where=sa.text("state = 'in_force'"))

    with op.batch_alter_table('plan_note', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_plan_note_measure_id'))

    op.drop_table('plan_note')
    with op.batch_alter_table('plan_target', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_plan_target_sector_id'))
        batch_op.drop_index(batch_op.f('ix_plan_target_plan_id'))
        batch_op.drop_index(batch_op.f('ix_plan_target_item_id'))

    op.drop_table('plan_target')
    with op.batch_alter_table('plan_measure', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_plan_measure_plan_id'))
        batch_op.drop_index(batch_op.f('ix_plan_measure_item_id'))
        batch_op.drop_index(batch_op.f('ix_plan_measure_group_id'))
        batch_op.drop_index(batch_op.f('ix_plan_measure_due_on'))
        batch_op.drop_index(batch_op.f('ix_plan_measure_agency_id'))

    op.drop_table('plan_measure')
    with op.batch_alter_table('plan_mapping', schema=None) as batch_op:
        batch_op.drop_index('uq_plan_mapping_none', sqlite_where=sa.text('new_item_id IS NULL'), postgresql_where=sa.text('new_item_id IS NULL'))
        batch_op.drop_index(batch_op.f('ix_plan_mapping_plan_id'))
        batch_op.drop_index(batch_op.f('ix_plan_mapping_old_item_id'))
        batch_op.drop_index(batch_op.f('ix_plan_mapping_new_item_id'))

    op.drop_table('plan_mapping')
    with op.batch_alter_table('plan_agency', schema=None) as batch_op:
        batch_op.drop_index('uq_plan_agency_lead', sqlite_where=sa.text('is_lead'), postgresql_where=sa.text('is_lead'))
        batch_op.drop_index(batch_op.f('ix_plan_agency_plan_id'))
        batch_op.drop_index(batch_op.f('ix_plan_agency_organisation_id'))
        batch_op.drop_index(batch_op.f('ix_plan_agency_item_id'))

    op.drop_table('plan_agency')
    op.drop_table('plan_upload')
    with op.batch_alter_table('plan_decision', schema=None) as batch_op:
        batch_op.drop_index('uq_plan_decision_day', sqlite_where=sa.text('decided_at IS NOT NULL'), postgresql_where=sa.text('decided_at IS NOT NULL'))

    op.drop_table('plan_decision')
    if not sqlite:
        for name in CONDITIONS:
            op.execute(f"DROP FUNCTION IF EXISTS {name}()")
