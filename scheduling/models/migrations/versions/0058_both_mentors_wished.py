"""Before there is a roster a home says that it would like to speak with both leaders in one talk

Revision: 0058, after: 0057
"""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("home_wishes", sa.Column("both_mentors", sa.Boolean(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("home_wishes", "both_mentors")
