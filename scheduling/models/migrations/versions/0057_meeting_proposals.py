"""What contact parents propose for an informal meeting

Revision: 0057, after: 0056
"""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "meeting_proposal",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("contact_id", sa.Integer(), sa.ForeignKey("class_contact.id", ondelete="CASCADE"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("begins", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("place", sa.String(60), nullable=False),
        sa.Column("theme", sa.String(80), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends > begins", name=op.f("ck_meeting_proposal_times")),
    )
    op.create_index(op.f("ix_meeting_proposal_contact_id"), "meeting_proposal", ["contact_id"])


def downgrade() -> None:
    op.drop_table("meeting_proposal")
