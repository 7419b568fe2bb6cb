"""Families swap times: offers, ticked times, proposals and who must say yes

Revision: 0005, after: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
ONE_OPEN_OFFER = "CREATE UNIQUE INDEX uq_swap_offer_one_open ON swap_offer (booking_id) WHERE state = 'open'"
ONE_PARTY = "CREATE UNIQUE INDEX uq_swap_party_one ON swap_party (proposal_id, booking_id, coalesce(household_id, 0))"


def upgrade() -> None:
    op.add_column("booking", sa.Column("keeps_time", sa.Boolean(), nullable=False, server_default="0"))
    op.add_column("leader_opening", sa.Column("swaps_seen", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("leader_opening", sa.Column("swaps_due", MOMENT, nullable=True))
    _offers()
    _proposals()
    _moves()
    _parties()
    op.execute(ONE_OPEN_OFFER)
    op.execute(ONE_PARTY)


def downgrade() -> None:
    for table in ("swap_party", "swap_move", "swap_proposal", "swap_wish", "swap_offer"):
        op.drop_table(table)
    op.drop_column("leader_opening", "swaps_due")
    op.drop_column("leader_opening", "swaps_seen")
    op.drop_column("booking", "keeps_time")


def _offers() -> None:
    op.create_table(
        "swap_offer",
        sa.Column("id", sa.Integer(), primary_key=True),
        _to("booking", nullable=False, ondelete="CASCADE"),
        _to("household"),
        sa.Column("starts_at", MOMENT, nullable=False),
        _one_of("state", "offer_state", "open", "done", "withdrawn", "expired", "ended"),
        sa.Column("offered_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("told_at", MOMENT),
        sa.CheckConstraint("(state = 'open') = (ended_at IS NULL)", name=op.f("ck_swap_offer_ended")),
    )
    op.create_index(op.f("ix_swap_offer_booking_id"), "swap_offer", ["booking_id"])
    op.create_table(
        "swap_wish",
        _to("swap_offer", "offer_id", primary_key=True, ondelete="CASCADE"),
        _to("slot", primary_key=True, ondelete="CASCADE"),
    )


def _proposals() -> None:
    op.create_table(
        "swap_proposal",
        sa.Column("id", sa.Integer(), primary_key=True),
        _to("round", nullable=False, ondelete="CASCADE"),
        _to("staff", "leader_id", nullable=False),
        _one_of("kind", "proposal_kind", "free", "pair", "ring", "by_school"),
        _one_of("state", "proposal_state", "open", "done", "undone", "declined", "withdrawn", "expired", "off"),
        sa.Column("made_at", MOMENT, nullable=False),
        _to("staff", "made_by"),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("back_until", MOMENT),
        sa.CheckConstraint("(state = 'open') = (ended_at IS NULL)", name=op.f("ck_swap_proposal_ended")),
    )
    op.create_index("ix_swap_proposal_market", "swap_proposal", ["round_id", "leader_id", "state"])


def _moves() -> None:
    op.create_table(
        "swap_move",
        _to("swap_proposal", "proposal_id", primary_key=True, ondelete="CASCADE"),
        _to("booking", primary_key=True, ondelete="CASCADE"),
        sa.Column("position", sa.Integer(), nullable=False),
        _to("swap_offer", "offer_id", ondelete="SET NULL"),
        _to("slot", "from_slot_id", ondelete="SET NULL"),
        sa.Column("from_starts_at", MOMENT, nullable=False),
        _to("slot", "to_slot_id", ondelete="SET NULL"),
        sa.Column("to_starts_at", MOMENT, nullable=False),
    )
    op.create_index(op.f("ix_swap_move_booking_id"), "swap_move", ["booking_id"])


def _parties() -> None:
    op.create_table(
        "swap_party",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", sa.String(length=24), nullable=False),
        _to("swap_proposal", "proposal_id", nullable=False, ondelete="CASCADE"),
        _to("booking", nullable=False, ondelete="CASCADE"),
        _to("household"),
        sa.Column("asked", sa.Boolean(), nullable=False),
        sa.Column("accepted_at", MOMENT),
        sa.Column("declined_at", MOMENT),
        sa.UniqueConstraint("key", name=op.f("uq_swap_party_key")),
    )
    op.create_index(op.f("ix_swap_party_proposal_id"), "swap_party", ["proposal_id"])
    op.create_index(op.f("ix_swap_party_booking_id"), "swap_party", ["booking_id"])


def _to(
    table: str, column: str = "", *, nullable: bool = True, primary_key: bool = False, ondelete: str | None = None
) -> sa.Column[int]:
    return sa.Column(
        column or f"{table}_id",
        sa.Integer(),
        sa.ForeignKey(f"{table}.id", ondelete=ondelete),
        nullable=nullable and not primary_key,
        primary_key=primary_key,
    )


def _one_of(column: str, name: str, *words: str) -> sa.Column[str]:
    return sa.Column(
        column, sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32), nullable=False
    )
