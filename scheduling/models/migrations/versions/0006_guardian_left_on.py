"""When a guardian left: from then on the time counts for which name and contact data are kept

Revision: 0006, after: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("guardian", sa.Column("left_on", sa.Date(), nullable=True))
    # Nobody wrote down when those left who are gone already: their time counts from today.
    op.execute("UPDATE guardian SET left_on = CURRENT_DATE WHERE NOT active")


def downgrade() -> None:
    op.drop_column("guardian", "left_on")
