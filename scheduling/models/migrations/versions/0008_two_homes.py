"""Pupils with two homes: other than the school's policy, kept apart, and homes that ask for a talk of their own

Revision: 0008, after: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
ONE_WAITING = (
    "CREATE UNIQUE INDEX uq_own_talk_wish_waiting ON own_talk_wish (pupil_id, year_id, household_id) "
    "WHERE decided_at IS NULL"
)


def upgrade() -> None:
    op.add_column("school", sa.Column("apart_minutes", sa.Integer(), nullable=False, server_default="20"))
    op.create_table(
        "two_homes",
        sa.Column("id", sa.Integer(), primary_key=True),
        *_whose(),
        sa.Column(
            "talks",
            sa.Enum("together", "apart", name="home_talks", native_enum=False, create_constraint=True, length=32),
        ),
        sa.Column("apart_minutes", sa.Integer(), nullable=False),
        sa.UniqueConstraint("pupil_id", "year_id", name=op.f("uq_two_homes_pupil_id_year_id")),
        sa.CheckConstraint("apart_minutes BETWEEN 0 AND 240", name=op.f("ck_two_homes_apart_minutes")),
    )
    op.create_table(
        "own_talk_wish",
        sa.Column("id", sa.Integer(), primary_key=True),
        *_whose(),
        sa.Column("household_id", sa.Integer(), sa.ForeignKey("household.id"), nullable=False),
        sa.Column("guardian_id", sa.Integer(), sa.ForeignKey("guardian.id", ondelete="SET NULL")),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("decided_at", MOMENT),
        sa.Column("accepted", sa.Boolean()),
        sa.Column("decided_by", sa.Integer(), sa.ForeignKey("staff.id")),
        sa.CheckConstraint("(decided_at IS NULL) = (accepted IS NULL)", name=op.f("ck_own_talk_wish_decided")),
    )
    for table, column in (
        ("two_homes", "pupil_id"), ("two_homes", "year_id"), ("own_talk_wish", "pupil_id"),
        ("own_talk_wish", "year_id"), ("own_talk_wish", "household_id"),
    ):  # fmt: skip
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    op.execute(ONE_WAITING)


def downgrade() -> None:
    op.drop_table("own_talk_wish")
    op.drop_table("two_homes")
    op.drop_column("school", "apart_minutes")


def _whose() -> tuple[sa.Column[int], sa.Column[int]]:
    return (
        sa.Column("pupil_id", sa.Integer(), sa.ForeignKey("pupil.id", ondelete="CASCADE"), nullable=False),
        sa.Column("year_id", sa.Integer(), sa.ForeignKey("school_year.id"), nullable=False),
    )
