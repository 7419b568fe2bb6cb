"""Introduction conversations of a round at a family's home: where, and how long the visitor is on the way

Revision: 0040, after: 0039
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("talk_way", sa.Column("address", sa.String(200), nullable=False, server_default=""))
    op.add_column("talk_way", sa.Column("travel_before", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("talk_way", sa.Column("travel_after", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("talk_way", "travel_after")
    op.drop_column("talk_way", "travel_before")
    op.drop_column("talk_way", "address")
