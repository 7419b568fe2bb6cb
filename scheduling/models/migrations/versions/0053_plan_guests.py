"""What each person of a home was told of the moments of its agreement

Revision: 0053, after: 0052
"""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plan_guest",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "plan_id", sa.Integer(), sa.ForeignKey("communication_plan.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("moment_id", sa.Integer(), sa.ForeignKey("plan_moment.id", ondelete="SET NULL"), nullable=True),
        sa.Column("guardian_id", sa.Integer(), sa.ForeignKey("guardian.id", ondelete="CASCADE"), nullable=True),
        sa.Column("pupil_id", sa.Integer(), sa.ForeignKey("pupil.id", ondelete="CASCADE"), nullable=True),
        sa.Column("ical_uid", sa.String(120), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("stamp", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(guardian_id IS NULL) <> (pupil_id IS NULL)", name=op.f("ck_plan_guest_one_person")
        ),
        sa.UniqueConstraint("ical_uid", name=op.f("uq_plan_guest_ical_uid")),
    )
    for column in ("plan_id", "guardian_id", "pupil_id"):
        op.create_index(op.f(f"ix_plan_guest_{column}"), "plan_guest", [column])
    op.create_index(
        "uq_plan_guest_one", "plan_guest",
        ["moment_id", sa.text("coalesce(guardian_id, 0)"), sa.text("coalesce(pupil_id, 0)")], unique=True,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("plan_guest")
