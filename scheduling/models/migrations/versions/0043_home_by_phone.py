"""One of two homes takes part in a joint talk on the phone

Revision: 0043, after: 0042
"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "home_by_phone",
        sa.Column("booking_id", sa.Integer(), sa.ForeignKey("booking.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("household_id", sa.Integer(), sa.ForeignKey("household.id"), primary_key=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("home_by_phone")
