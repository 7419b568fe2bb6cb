"""Talks of a round on the phone or by video, where the school lets families choose

Revision: 0037, after: 0036
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("round", sa.Column("by_phone", sa.Boolean(), nullable=False, server_default="0"))
    op.add_column("round", sa.Column("by_video", sa.Boolean(), nullable=False, server_default="0"))
    op.create_table(
        "talk_way",
        sa.Column("booking_id", sa.Integer(), sa.ForeignKey("booking.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("way", sa.String(32), nullable=False),
        sa.Column("join_link", sa.String(300), nullable=False),
    )
    op.create_index(op.f("ix_talk_way_join_link"), "talk_way", ["join_link"])


def downgrade() -> None:
    op.drop_table("talk_way")
    op.drop_column("round", "by_video")
    op.drop_column("round", "by_phone")
