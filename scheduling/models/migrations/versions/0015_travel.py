"""A school in several places: how long a family travels from the one to the other

Revision: 0015, after: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("school", sa.Column("travel_minutes", sa.Integer(), nullable=False, server_default="30"))


def downgrade() -> None:
    op.drop_column("school", "travel_minutes")
