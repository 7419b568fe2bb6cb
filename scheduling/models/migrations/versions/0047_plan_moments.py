"""The moments of an agreed contact form, and who does what

Revision: 0047, after: 0046
"""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

TABLES = ("communication_plan", "plan_version")
COLUMNS = ("reason", "initiative", "self_managed", "pupil_does", "told_by")


def upgrade() -> None:
    for table in TABLES:
        for column in _columns():
            op.add_column(table, column)
    op.add_column("plan_version", sa.Column("moments", sa.JSON(), nullable=False, server_default="[]"))
    op.create_table(
        "plan_moment",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "plan_id", sa.Integer(), sa.ForeignKey("communication_plan.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("anchor", sa.String(32), nullable=True),
        sa.Column("month", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("begins", sa.Time(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("form", sa.String(32), nullable=True),
        sa.Column("with_pupil", sa.Boolean(), nullable=False),
        sa.Column("purpose", sa.String(120), nullable=False),
        sa.Column("is_review", sa.Boolean(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=True),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("stands", sa.Boolean(), nullable=False, server_default="0"),
        sa.Column("ical_uid", sa.String(120), nullable=False),
        sa.Column("ical_sequence", sa.Integer(), nullable=False),
        sa.Column("ical_stamp", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(opens_on IS NULL) = (closes_on IS NULL) AND (opens_on IS NULL OR closes_on >= opens_on)",
            name=op.f("ck_plan_moment_days"),
        ),
        sa.UniqueConstraint("ical_uid", name=op.f("uq_plan_moment_ical_uid")),
    )
    op.create_index(op.f("ix_plan_moment_plan_id"), "plan_moment", ["plan_id"])


def downgrade() -> None:
    op.drop_table("plan_moment")
    op.drop_column("plan_version", "moments")
    for table in TABLES:
        for column in COLUMNS:
            op.drop_column(table, column)


def _columns() -> list[sa.Column[object]]:
    return [
        sa.Column("reason", sa.String(200), nullable=False, server_default=""),
        sa.Column("initiative", sa.String(32), nullable=True),
        sa.Column("self_managed", sa.Boolean(), nullable=False, server_default="0"),
        sa.Column("pupil_does", sa.String(200), nullable=False, server_default=""),
        sa.Column("told_by", sa.String(32), nullable=True),
    ]
