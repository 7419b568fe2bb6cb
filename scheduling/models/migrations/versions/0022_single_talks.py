"""Talks made for one pupil: proposed to the family before there is a booking; what the school does with visits at home

Revision: 0022, after: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("school", sa.Column("home_visits", _word(), nullable=False, server_default="agreed_only"))
    op.create_table(
        "standing_round",
        sa.Column("round_id", sa.Integer(), sa.ForeignKey("round.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("year_id", sa.Integer(), sa.ForeignKey("school_year.id"), nullable=False),
        sa.Column("kind", _word(), nullable=False),
        sa.UniqueConstraint("year_id", "kind"),
    )
    _talks()
    op.create_table(
        "single_time",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("talk_id", sa.Integer(), sa.ForeignKey("single_talk.id", ondelete="CASCADE"), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_single_time_in_order")),
    )
    op.create_index(op.f("ix_single_time_talk_id"), "single_time", ["talk_id"])
    op.create_table(
        "single_hold",
        sa.Column("time_id", sa.Integer(), sa.ForeignKey("single_time.id", ondelete="CASCADE"), nullable=False),
        sa.Column("slot_id", sa.Integer(), sa.ForeignKey("slot.id", ondelete="CASCADE"), nullable=False),
        sa.PrimaryKeyConstraint("time_id", "slot_id"),
    )
    op.create_index(op.f("ix_single_hold_slot_id"), "single_hold", ["slot_id"])
    op.create_table(
        "open_question",
        sa.Column("talk_id", sa.Integer(), sa.ForeignKey("single_talk.id", ondelete="CASCADE"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("talk_id", "position"),
    )


def downgrade() -> None:
    for table in ("open_question", "single_hold", "single_time", "single_talk", "standing_round"):
        op.drop_table(table)
    op.drop_column("school", "home_visits")


def _talks() -> None:
    op.create_table(
        "single_talk",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("request_id", sa.Integer(), sa.ForeignKey("talk_request.id", ondelete="CASCADE"), nullable=False),
        sa.Column("state", _word(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("medium", _word(), nullable=False),
        sa.Column("pupil_part", _word(), nullable=False),
        sa.Column("room", sa.String(60), nullable=False),
        sa.Column("join_link", sa.String(300), nullable=False),
        sa.Column("reason", _word()),
        sa.Column("travel_before", sa.Integer(), nullable=False),
        sa.Column("travel_after", sa.Integer(), nullable=False),
        sa.Column("rather", _word()),
        sa.Column("address", sa.String(200), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("copied_at", MOMENT),
        sa.Column("after_id", sa.Integer(), sa.ForeignKey("booking.id", ondelete="SET NULL")),
        sa.Column("booking_id", sa.Integer(), sa.ForeignKey("booking.id", ondelete="SET NULL")),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("minutes BETWEEN 5 AND 120", name=op.f("ck_single_talk_minutes")),
        sa.UniqueConstraint("request_id"),
        sa.UniqueConstraint("booking_id"),
    )
    op.create_index(op.f("ix_single_talk_after_id"), "single_talk", ["after_id"])


def _word() -> sa.String:
    return sa.String(32)
