"""What families of a class would like to talk about at a gathering

Revision: 0048, after: 0047
"""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("gathering", sa.Column("topic_days", sa.Integer(), nullable=True))
    op.create_table(
        "gathering_topic",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("planned_id", sa.Integer(), sa.ForeignKey("planned_date.id", ondelete="CASCADE"), nullable=False),
        sa.Column("class_id", sa.Integer(), sa.ForeignKey("class_group.id", ondelete="SET NULL"), nullable=True),
        sa.Column("words", sa.String(200), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("on_agenda", sa.Boolean(), nullable=False),
    )
    for column in ("planned_id", "class_id"):
        op.create_index(op.f(f"ix_gathering_topic_{column}"), "gathering_topic", [column])


def downgrade() -> None:
    op.drop_table("gathering_topic")
    op.drop_column("gathering", "topic_days")
