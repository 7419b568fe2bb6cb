"""Where the school holds its video calls: each talk gets a link of its own

Revision: 0030, after: 0029
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("school", sa.Column("video_template", sa.String(200), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("school", "video_template")
