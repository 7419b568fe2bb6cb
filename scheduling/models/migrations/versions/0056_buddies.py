"""Parents who can mean something to each other

Revision: 0056, after: 0055
"""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "buddy_wish",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("year_id", sa.Integer(), sa.ForeignKey("school_year.id", ondelete="CASCADE"), nullable=False),
        sa.Column("guardian_id", sa.Integer(), sa.ForeignKey("guardian.id", ondelete="CASCADE"), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("offers", sa.Boolean(), nullable=False),
        sa.Column("topic", sa.String(100), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
    )
    for column in ("year_id", "guardian_id"):
        op.create_index(op.f(f"ix_buddy_wish_{column}"), "buddy_wish", [column])
    op.create_table(
        "buddy_pair",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("need_id", sa.Integer(), sa.ForeignKey("buddy_wish.id", ondelete="CASCADE"), nullable=False),
        sa.Column("offer_id", sa.Integer(), sa.ForeignKey("buddy_wish.id", ondelete="CASCADE"), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("need_yes", sa.Boolean(), nullable=True),
        sa.Column("offer_yes", sa.Boolean(), nullable=True),
        sa.Column("need_shows", sa.String(32), nullable=True),
        sa.Column("offer_shows", sa.String(32), nullable=True),
        sa.UniqueConstraint("need_id", "offer_id", name=op.f("uq_buddy_pair_need_id_offer_id")),
    )
    op.create_index(op.f("ix_buddy_pair_offer_id"), "buddy_pair", ["offer_id"])


def downgrade() -> None:
    op.drop_table("buddy_pair")
    op.drop_table("buddy_wish")
