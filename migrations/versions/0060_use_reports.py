"""Yearly reports on use say area, output, households and what the figures stand on; partners of contracts report too, by a mailed link

Reversible: yes; the new figures are lost. Data kept: all else. Stops on the way down where contract partners have reports: they have no place there. Touched: follow_up, transfer_agreement.

Revision 0060, after 0057
"""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0057"
branch_labels = None
depends_on = None

T = "follow_up"
OWN = ("handover_id IS NULL", "handover_id IS NULL AND agreement_id IS NULL")
COLUMNS = (
    ("agreement_id", sa.Integer()), ("households", sa.Integer()), ("area", sa.BigInteger()), ("output", sa.BigInteger()), ("output_unit", sa.String(64)), ("evidence", sa.Text()),
    ("contact_email", sa.String(320)), ("link_hash", sa.String(64)), ("link_sent_at", sa.DateTime(timezone=True)), ("reporter_name", sa.String(200)),
)  # fmt: skip
CHECKS = (
    ("one_source", "handover_id IS NULL OR agreement_id IS NULL"), ("households_from_zero", "households IS NULL OR households >= 0"),
    ("area_from_zero", "area IS NULL OR area >= 0"), ("output_has_unit", "output IS NULL OR (output >= 0 AND output_unit IS NOT NULL)"),
)  # fmt: skip


def upgrade():
    op.add_column("transfer_agreement", sa.Column("contact_email", sa.String(320), nullable=True))
    op.drop_index("uq_follow_up_own", table_name=T)
    with op.batch_alter_table(T) as batch:
        for name, kind in COLUMNS:
            batch.add_column(sa.Column(name, kind, nullable=True))
        batch.create_foreign_key(op.f(f"fk_{T}_agreement_id_transfer_agreement"), "transfer_agreement", ["agreement_id"], ["id"], ondelete="RESTRICT")
        batch.create_unique_constraint(op.f(f"uq_{T}_agreement_id_number"), ["agreement_id", "number"])
        batch.create_unique_constraint(op.f(f"uq_{T}_link_hash"), ["link_hash"])
        for name, check in CHECKS:
            batch.create_check_constraint(op.f(f"ck_{T}_{name}"), check)
    op.create_index(op.f(f"ix_{T}_agreement_id"), T, ["agreement_id"])
    _own(OWN[1])


def downgrade():
    if op.get_bind().execute(sa.text("SELECT count(*) FROM follow_up WHERE agreement_id IS NOT NULL")).scalar():
        raise RuntimeError("reports of contract partners have no place in the older table: deal with them first")
    op.drop_index("uq_follow_up_own", table_name=T)
    op.drop_index(op.f(f"ix_{T}_agreement_id"), table_name=T)
    with op.batch_alter_table(T) as batch:
        for name, _check in CHECKS:
            batch.drop_constraint(op.f(f"ck_{T}_{name}"), type_="check")
        batch.drop_constraint(op.f(f"uq_{T}_link_hash"), type_="unique")
        batch.drop_constraint(op.f(f"uq_{T}_agreement_id_number"), type_="unique")
        batch.drop_constraint(op.f(f"fk_{T}_agreement_id_transfer_agreement"), type_="foreignkey")
        for name, _kind in COLUMNS:
            batch.drop_column(name)
    _own(OWN[0])
    op.drop_column("transfer_agreement", "contact_email")


def _own(condition):
    op.create_index("uq_follow_up_own", T, ["result_id", "number"], unique=True, sqlite_where=sa.text(condition), postgresql_where=sa.text(condition))
