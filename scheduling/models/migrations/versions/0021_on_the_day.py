"""Who runs late, who has arrived, and the screens in the hall

Revision: 0021, after: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "leader_delay",
        sa.Column("leader_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("minutes BETWEEN 1 AND 90", name=op.f("ck_leader_delay_minutes")),
        sa.ForeignKeyConstraint(["leader_id"], ["staff.id"], ondelete="CASCADE",
                                name=op.f("fk_leader_delay_leader_id_staff")),
        sa.PrimaryKeyConstraint("leader_id", "day", name=op.f("pk_leader_delay")),
    )  # fmt: skip
    op.create_table(
        "arrival",
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], ondelete="CASCADE",
                                name=op.f("fk_arrival_booking_id_booking")),
        sa.ForeignKeyConstraint(["noted_by"], ["staff.id"], ondelete="SET NULL",
                                name=op.f("fk_arrival_noted_by_staff")),
        sa.PrimaryKeyConstraint("booking_id", name=op.f("pk_arrival")),
    )  # fmt: skip
    op.create_table(
        "hall_screen",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("shown_as", sa.Enum("first_names", "codes", name="shown_as", native_enum=False,
                                      create_constraint=True, length=32), nullable=False),
        sa.Column("rooms", sa.JSON(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["staff.id"], ondelete="SET NULL",
                                name=op.f("fk_hall_screen_created_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hall_screen")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_hall_screen_token_hash")),
    )  # fmt: skip


def downgrade() -> None:
    for table in ("hall_screen", "arrival", "leader_delay"):
        op.drop_table(table)
