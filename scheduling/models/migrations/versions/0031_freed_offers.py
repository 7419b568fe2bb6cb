"""A time that became free, kept for a family that waits for it

Revision: 0031, after: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
STATE = sa.Enum(
    "open", "taken", "declined", "expired", "off", name="freed_state", native_enum=False, create_constraint=True,
    length=32,
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "freed_offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("offered_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("state", STATE, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["request_id"], ["talk_request.id"],
                                name=op.f("fk_freed_offer_request_id_talk_request"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_freed_offer_slot_id_slot"),
                                ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_freed_offer")),
        sa.UniqueConstraint("key", name=op.f("uq_freed_offer_key")),
    )  # fmt: skip
    for column in ("request_id", "slot_id"):
        op.create_index(op.f(f"ix_freed_offer_{column}"), "freed_offer", [column])
    for column in ("request", "slot"):
        op.execute(f"CREATE UNIQUE INDEX uq_freed_offer_{column} ON freed_offer ({column}_id) WHERE state = 'open'")


def downgrade() -> None:
    op.drop_table("freed_offer")
