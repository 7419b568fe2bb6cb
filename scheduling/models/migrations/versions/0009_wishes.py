"""Families say beforehand which days and times suit them

Revision: 0009, after: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
ONE_A_HOME = (
    "CREATE UNIQUE INDEX uq_home_wishes_one ON home_wishes (round_id, coalesce(household_id, 0), coalesce(pupil_id, 0))"
)


def upgrade() -> None:
    op.create_table(
        "home_wishes",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("round_id", sa.Integer(), sa.ForeignKey("round.id", ondelete="CASCADE"), nullable=False),
        sa.Column("household_id", sa.Integer(), sa.ForeignKey("household.id")),
        sa.Column("pupil_id", sa.Integer(), sa.ForeignKey("pupil.id", ondelete="CASCADE")),
        _one_of("siblings", "sibling_wish", "together", "apart", "no_matter"),
        sa.Column("said_at", MOMENT, nullable=False),
        sa.Column("guardian_id", sa.Integer(), sa.ForeignKey("guardian.id", ondelete="SET NULL")),
        sa.Column("staff_id", sa.Integer(), sa.ForeignKey("staff.id")),
        sa.CheckConstraint("(household_id IS NULL) <> (pupil_id IS NULL)", name=op.f("ck_home_wishes_one_wisher")),
    )
    op.create_index(op.f("ix_home_wishes_household_id"), "home_wishes", ["household_id"])
    op.create_index(op.f("ix_home_wishes_pupil_id"), "home_wishes", ["pupil_id"])
    op.execute(ONE_A_HOME)
    op.create_table(
        "wished_time",
        sa.Column("wishes_id", sa.Integer(), sa.ForeignKey("home_wishes.id", ondelete="CASCADE"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        _one_of("part", "part_of_day", "morning", "early_afternoon", "late_afternoon", "evening"),
        _one_of("answer", "wish_answer", "good", "can", "cannot"),
        sa.PrimaryKeyConstraint("wishes_id", "day", "part"),
    )


def downgrade() -> None:
    op.drop_table("wished_time")
    op.drop_table("home_wishes")


def _one_of(column: str, name: str, *words: str) -> sa.Column[str]:
    return sa.Column(
        column, sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32), nullable=False
    )
