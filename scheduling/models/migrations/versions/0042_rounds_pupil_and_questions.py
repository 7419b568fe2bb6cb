"""What the pupil does in the talks of a round, and the open questions that a reversed conversation begins with

Revision: 0042, after: 0041
"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("round", sa.Column("pupil_part", sa.String(32), nullable=True))
    op.add_column("round", sa.Column("questions", sa.String(1100), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("round", "questions")
    op.drop_column("round", "pupil_part")
