"""Who represents a class at a parent circle

Revision: 0049, after: 0048
"""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "circle_seat",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("planned_id", sa.Integer(), sa.ForeignKey("planned_date.id", ondelete="CASCADE"), nullable=False),
        sa.Column("class_id", sa.Integer(), sa.ForeignKey("class_group.id", ondelete="CASCADE"), nullable=False),
        sa.Column("guardian_id", sa.Integer(), sa.ForeignKey("guardian.id", ondelete="CASCADE"), nullable=False),
        sa.Column("came", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("planned_id", "class_id", name=op.f("uq_circle_seat_planned_id_class_id")),
    )
    for column in ("class_id", "guardian_id"):
        op.create_index(op.f(f"ix_circle_seat_{column}"), "circle_seat", [column])


def downgrade() -> None:
    op.drop_table("circle_seat")
