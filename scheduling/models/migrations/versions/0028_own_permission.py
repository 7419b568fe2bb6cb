"""When an adult pupil said whether the parents stay involved: an older file does not undo it

Revision: 0028, after: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pupil", sa.Column("permission_said_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("pupil", "permission_said_at")
