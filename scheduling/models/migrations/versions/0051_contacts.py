"""What became of contact with a home, and what is still due

Revision: 0051, after: 0050
"""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

POINTS_AT = ("year_id", "pupil_id", "household_id", "staff_id")


def upgrade() -> None:
    op.create_table(
        "logged_contact",
        sa.Column("id", sa.Integer(), primary_key=True),
        *_whose(),
        sa.Column("moment_id", sa.Integer(), sa.ForeignKey("plan_moment.id", ondelete="SET NULL"), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("began", sa.String(32), nullable=False),
        sa.Column("went", sa.String(32), nullable=False),
        sa.Column("good_news", sa.Boolean(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("line", sa.String(120), nullable=False),
        sa.Column("moved_to", sa.Date(), nullable=True),
        sa.Column("logged_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_logged_contact_minutes")),
    )
    op.create_table(
        "due_contact",
        sa.Column("id", sa.Integer(), primary_key=True),
        *_whose(),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.CheckConstraint("closes_on >= opens_on", name=op.f("ck_due_contact_days")),
    )
    for table in ("logged_contact", "due_contact"):
        for column in POINTS_AT:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    op.create_index(op.f("ix_logged_contact_moment_id"), "logged_contact", ["moment_id"])


def downgrade() -> None:
    op.drop_table("due_contact")
    op.drop_table("logged_contact")


def _whose() -> list[sa.Column[object]]:
    return [
        sa.Column("year_id", sa.Integer(), sa.ForeignKey("school_year.id"), nullable=False),
        sa.Column("pupil_id", sa.Integer(), sa.ForeignKey("pupil.id", ondelete="CASCADE"), nullable=False),
        sa.Column("household_id", sa.Integer(), sa.ForeignKey("household.id"), nullable=True),
        sa.Column("staff_id", sa.Integer(), sa.ForeignKey("staff.id"), nullable=False),
    ]
