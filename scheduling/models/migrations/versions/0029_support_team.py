"""Conversations of the support team, apart from all other talks

Revision: 0029, after: 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "support_meeting",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("year_id", sa.Integer(), sa.ForeignKey("school_year.id"), nullable=False),
        sa.Column("pupil_id", sa.Integer(), sa.ForeignKey("pupil.id", ondelete="CASCADE"), nullable=False),
        sa.Column("household_id", sa.Integer(), sa.ForeignKey("household.id")),
        sa.Column("supervisor_id", sa.Integer(), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("teacher_id", sa.Integer(), sa.ForeignKey("staff.id")),
        sa.Column("director_id", sa.Integer(), sa.ForeignKey("staff.id")),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("room", sa.String(60), nullable=False),
        sa.Column("ical_uid", sa.String(120), nullable=False, unique=True),
        sa.Column("ical_sequence", sa.Integer(), nullable=False),
        sa.Column("ical_stamp", MOMENT, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("cancelled_at", MOMENT),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_support_meeting_in_order")),
    )
    for column in ("year_id", "pupil_id", "supervisor_id", "teacher_id", "director_id"):
        op.create_index(op.f(f"ix_support_meeting_{column}"), "support_meeting", [column])
    op.create_table(
        "support_guest",
        sa.Column("id", sa.Integer(), primary_key=True),
        _meeting(),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("left_at", MOMENT),
    )
    op.create_index(op.f("ix_support_guest_meeting_id"), "support_guest", ["meeting_id"])
    op.create_table(
        "support_answer",
        sa.Column("id", sa.Integer(), primary_key=True),
        _meeting(),
        sa.Column("household_id", sa.Integer(), sa.ForeignKey("household.id")),
        sa.Column("said", sa.String(32), nullable=False),
        sa.Column("said_at", MOMENT, nullable=False),
    )
    op.create_index(op.f("ix_support_answer_meeting_id"), "support_answer", ["meeting_id"])
    op.execute("CREATE UNIQUE INDEX uq_support_answer_one ON support_answer (meeting_id, coalesce(household_id, 0))")


def downgrade() -> None:
    for table in ("support_answer", "support_guest", "support_meeting"):
        op.drop_table(table)


def _meeting() -> sa.Column[int]:
    return sa.Column("meeting_id", sa.Integer(), sa.ForeignKey("support_meeting.id", ondelete="CASCADE"), nullable=False)
