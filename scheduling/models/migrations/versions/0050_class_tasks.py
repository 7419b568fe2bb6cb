"""Help that a class asks of its families

Revision: 0050, after: 0049
"""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "class_task",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("class_id", sa.Integer(), sa.ForeignKey("class_group.id", ondelete="CASCADE"), nullable=False),
        sa.Column("planned_id", sa.Integer(), sa.ForeignKey("planned_date.id", ondelete="SET NULL"), nullable=True),
        sa.Column("title", sa.String(80), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("what", sa.String(120), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("guardian_id", sa.Integer(), sa.ForeignKey("guardian.id", ondelete="SET NULL"), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("wanted > 0", name=op.f("ck_class_task_wanted")),
    )
    for column in ("class_id", "planned_id", "guardian_id"):
        op.create_index(op.f(f"ix_class_task_{column}"), "class_task", [column])
    op.create_table(
        "class_task_helper",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("task_id", sa.Integer(), sa.ForeignKey("class_task.id", ondelete="CASCADE"), nullable=False),
        sa.Column("guardian_id", sa.Integer(), sa.ForeignKey("guardian.id", ondelete="CASCADE"), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_day", sa.Date(), nullable=True),
        sa.UniqueConstraint("task_id", "guardian_id", name=op.f("uq_class_task_helper_task_id_guardian_id")),
    )
    op.create_index(op.f("ix_class_task_helper_guardian_id"), "class_task_helper", ["guardian_id"])


def downgrade() -> None:
    op.drop_table("class_task_helper")
    op.drop_table("class_task")
