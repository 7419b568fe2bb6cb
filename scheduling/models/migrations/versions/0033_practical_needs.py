"""What a family needs to be able to come: a room on the ground floor, or something else in a few words

Revision: 0033, after: 0032
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

ONE_NEED = "CREATE UNIQUE INDEX uq_practical_need_one ON practical_need (round_id, pupil_id, coalesce(household_id, 0))"


def upgrade() -> None:
    op.create_table(
        "practical_need",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("round_id", sa.Integer(), sa.ForeignKey("round.id", ondelete="CASCADE"), nullable=False),
        sa.Column("pupil_id", sa.Integer(), sa.ForeignKey("pupil.id", ondelete="CASCADE"), nullable=False),
        sa.Column("household_id", sa.Integer(), sa.ForeignKey("household.id"), nullable=True),
        sa.Column("ground_floor", sa.Boolean(), nullable=False),
        sa.Column("words", sa.String(120), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index(op.f("ix_practical_need_round_id"), "practical_need", ["round_id"])
    op.create_index(op.f("ix_practical_need_pupil_id"), "practical_need", ["pupil_id"])
    op.execute(ONE_NEED)


def downgrade() -> None:
    op.drop_table("practical_need")
