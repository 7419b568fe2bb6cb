"""After a talk: a short conclusion, and who does what by when

Revision: 0017, after: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

WHO = sa.Enum("parent", "pupil", "leader", name="action_by", native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table(
        "talk_note",
        sa.Column("booking_id", sa.Integer(), sa.ForeignKey("booking.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("conclusion", sa.String(280), nullable=False),
        sa.Column("told_beforehand", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.Integer(), sa.ForeignKey("staff.id"), nullable=False),
    )
    op.create_table(
        "talk_action",
        sa.Column(
            "booking_id", sa.Integer(), sa.ForeignKey("talk_note.booking_id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("who", WHO, nullable=False),
        sa.Column("what", sa.String(120), nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.CheckConstraint("length(trim(what)) > 0", name=op.f("ck_talk_action_what")),
        sa.PrimaryKeyConstraint("booking_id", "position"),
    )


def downgrade() -> None:
    op.drop_table("talk_action")
    op.drop_table("talk_note")
