"""Rounds that open in turns

Revision: 0032, after: 0031
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "opening_turns",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("siblings_at", MOMENT, nullable=True),
        sa.Column("obligatory_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_opening_turns_round_id_round"),
                                ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_opening_turns")),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("opening_turns")
