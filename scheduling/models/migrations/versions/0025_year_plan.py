"""The plan of a school year: its moments, for whom they are, and what the school decided before

Revision: 0025, after: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "year_plan",
        sa.Column("year_id", sa.Integer(), sa.ForeignKey("school_year.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("information", _word(), nullable=False),
        sa.Column("circles", sa.Integer(), nullable=False),
        sa.Column("reception_minutes", sa.Integer(), nullable=False),
        sa.Column("avoids", sa.Boolean(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("planned_at", MOMENT, nullable=False),
    )
    op.create_table(
        "planned_date",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("year_id", sa.Integer(), sa.ForeignKey("school_year.id", ondelete="CASCADE"), nullable=False),
        sa.Column("kind", _word(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("until", sa.Date()),
        sa.Column("begins", sa.Time()),
        sa.Column("ends", sa.Time()),
        sa.Column("place", sa.String(60), nullable=False),
        sa.Column("for_all", sa.Boolean(), nullable=False),
        sa.Column("why", _word()),
        sa.Column("instead_of", sa.Date()),
        sa.Column("moved", sa.Boolean(), nullable=False),
        sa.Column("published_at", MOMENT),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ical_uid", sa.String(120), nullable=False),
        sa.Column("ical_sequence", sa.Integer(), nullable=False),
        sa.Column("ical_stamp", MOMENT, nullable=False),
        sa.UniqueConstraint("ical_uid"),
        sa.CheckConstraint("until IS NULL OR until >= day", name=op.f("ck_planned_date_days_in_order")),
        sa.CheckConstraint(
            "(begins IS NULL) = (ends IS NULL) AND (begins IS NULL OR ends > begins)",
            name=op.f("ck_planned_date_times"),
        ),
    )
    op.create_index(op.f("ix_planned_date_year_id"), "planned_date", ["year_id"])
    op.create_table(
        "planned_date_class",
        sa.Column("planned_id", sa.Integer(), sa.ForeignKey("planned_date.id", ondelete="CASCADE"), nullable=False),
        sa.Column("class_id", sa.Integer(), sa.ForeignKey("class_group.id", ondelete="CASCADE"), nullable=False),
        sa.PrimaryKeyConstraint("planned_id", "class_id"),
    )
    op.create_index(op.f("ix_planned_date_class_class_id"), "planned_date_class", ["class_id"])


def downgrade() -> None:
    for table in ("planned_date_class", "planned_date", "year_plan"):
        op.drop_table(table)


def _word() -> sa.String:
    return sa.String(32)
