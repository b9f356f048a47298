"""${message}

Reversible: yes / no (say why). Data kept: yes / no. Stage touched: ...

Revision ${up_revision}, after ${down_revision | comma,n}, ${create_date}
"""

import sqlalchemy as sa
from alembic import op

import app.kernel.db
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade():
    ${upgrades if upgrades else "pass"}


def downgrade():
    ${downgrades if downgrades else "pass"}
