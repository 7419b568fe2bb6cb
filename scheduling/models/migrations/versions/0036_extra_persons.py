"""Who else comes to a talk, and what a colleague who does was told of it

Revision: 0036, after: 0035
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("school", sa.Column("extra_days", sa.Integer(), nullable=False, server_default="5"))
    op.create_table(
        "extra_person",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("round_id", sa.Integer(), sa.ForeignKey("round.id", ondelete="CASCADE"), nullable=False),
        sa.Column("pupil_id", sa.Integer(), sa.ForeignKey("pupil.id", ondelete="CASCADE"), nullable=False),
        sa.Column("household_id", sa.Integer(), sa.ForeignKey("household.id"), nullable=True),
        sa.Column("request_id", sa.Integer(), sa.ForeignKey("talk_request.id"), nullable=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("wish", sa.String(120), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("staff_id", sa.Integer(), sa.ForeignKey("staff.id"), nullable=True),
        sa.Column("outsider_id", sa.Integer(), sa.ForeignKey("outsider.id"), nullable=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("by_school", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "talk_colleague",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("booking_id", sa.Integer(), sa.ForeignKey("booking.id", ondelete="CASCADE"), nullable=False),
        sa.Column("staff_id", sa.Integer(), sa.ForeignKey("staff.id", ondelete="CASCADE"), nullable=False),
        sa.Column("ical_uid", sa.String(120), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("stamp", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.UniqueConstraint("ical_uid", name=op.f("uq_talk_colleague_ical_uid")),
    )
    for column in ("round_id", "pupil_id", "request_id", "staff_id", "outsider_id"):
        op.create_index(op.f(f"ix_extra_person_{column}"), "extra_person", [column])
    for column in ("booking_id", "staff_id"):
        op.create_index(op.f(f"ix_talk_colleague_{column}"), "talk_colleague", [column])


def downgrade() -> None:
    op.drop_table("talk_colleague")
    op.drop_table("extra_person")
    op.drop_column("school", "extra_days")
