"""Where the school holds its video calls: each talk gets a link of its own

Revision: 0027, after: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("school", sa.Column("video_template", sa.String(200), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("school", "video_template")
