"""Before there is a roster a home says that it is rather visited, and the roster leaves time for the way

Revision: 0045, after: 0044
"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("home_wishes", sa.Column("at_home", sa.Boolean(), nullable=False, server_default="0"))
    op.add_column("roster_talk", sa.Column("visit", sa.Boolean(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("roster_talk", "visit")
    op.drop_column("home_wishes", "at_home")
