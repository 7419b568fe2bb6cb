"""What a parent without authority asked for, and the school gives

Revision: 0052, after: 0051
"""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("guardianship", sa.Column("on_request", sa.String(32), nullable=False, server_default="nothing"))
    op.add_column("guardianship", sa.Column("asked_on", sa.Date()))


def downgrade() -> None:
    op.drop_column("guardianship", "asked_on")
    op.drop_column("guardianship", "on_request")
