"""Swaps: what families offer, what they would take instead, and who is asked."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.domain.swaps import OfferState, ProposalKind, ProposalState, new_key
from scheduling.models.base import Base, Moment, choice
from scheduling.models.rounds import Booking, Slot

OPEN = text("state = 'open'")


class SwapOffer(Base):
    """A family would rather have another time for this talk, and ticked which."""

    __tablename__ = "swap_offer"
    __table_args__ = (
        Index("uq_swap_offer_one_open", "booking_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="ended"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"), index=True)
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"))
    """The home that offers; None: an adult pupil."""
    starts_at: Mapped[datetime] = mapped_column(Moment)
    """The time that is offered: a talk that moved meanwhile ends its offer."""
    state: Mapped[OfferState] = mapped_column(choice(OfferState, "offer_state"), default=OfferState.OPEN)
    offered_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    told_at: Mapped[datetime | None] = mapped_column(Moment)
    """When the family heard that nobody could, for the times it ticked."""

    booking: Mapped[Booking] = relationship()
    wishes: Mapped[list["SwapWish"]] = relationship(back_populates="offer", cascade="all, delete-orphan")


class SwapWish(Base):
    """One ticked time: the first of the slots the talk would have."""

    __tablename__ = "swap_wish"

    offer_id: Mapped[int] = mapped_column(ForeignKey("swap_offer.id", ondelete="CASCADE"), primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id", ondelete="CASCADE"), primary_key=True)

    offer: Mapped[SwapOffer] = relationship(back_populates="wishes")
    slot: Mapped[Slot] = relationship()


class SwapProposal(Base):
    """One to three talks that change times together, or not at all."""

    __tablename__ = "swap_proposal"
    __table_args__ = (
        Index("ix_swap_proposal_market", "round_id", "leader_id", "state"),
        CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="ended"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"))
    leader_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    kind: Mapped[ProposalKind] = mapped_column(choice(ProposalKind, "proposal_kind"))
    state: Mapped[ProposalState] = mapped_column(choice(ProposalState, "proposal_state"), default=ProposalState.OPEN)
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    """The colleague who made it; None: it came from what families ticked."""
    expires_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    back_until: Mapped[datetime | None] = mapped_column(Moment)
    """Until when somebody who said yes may put everything back."""

    moves: Mapped[list["SwapMove"]] = relationship(
        back_populates="proposal", cascade="all, delete-orphan", order_by="SwapMove.position"
    )
    parties: Mapped[list["SwapParty"]] = relationship(
        back_populates="proposal", cascade="all, delete-orphan", order_by="SwapParty.id"
    )


class SwapMove(Base):
    """One talk of a proposal: the time it has and the time it would get."""

    __tablename__ = "swap_move"

    proposal_id: Mapped[int] = mapped_column(ForeignKey("swap_proposal.id", ondelete="CASCADE"), primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"), primary_key=True, index=True)
    position: Mapped[int]
    offer_id: Mapped[int | None] = mapped_column(ForeignKey("swap_offer.id", ondelete="SET NULL"))
    from_slot_id: Mapped[int | None] = mapped_column(ForeignKey("slot.id", ondelete="SET NULL"))
    from_starts_at: Mapped[datetime] = mapped_column(Moment)
    to_slot_id: Mapped[int | None] = mapped_column(ForeignKey("slot.id", ondelete="SET NULL"))
    to_starts_at: Mapped[datetime] = mapped_column(Moment)

    proposal: Mapped[SwapProposal] = relationship(back_populates="moves")
    booking: Mapped[Booking] = relationship()


class SwapParty(Base):
    """A home whose yes a proposal needs. `accepted_at` stands from the start where its own ticks say yes."""

    __tablename__ = "swap_party"
    __table_args__ = (
        UniqueConstraint("key"),
        Index("uq_swap_party_one", "proposal_id", "booking_id", func.coalesce(text("household_id"), text("0")),
              unique=True),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(24), default=new_key)
    """Names this question in an address, to this home only."""
    proposal_id: Mapped[int] = mapped_column(ForeignKey("swap_proposal.id", ondelete="CASCADE"), index=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"), index=True)
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"))
    asked: Mapped[bool] = mapped_column(default=True)
    """False: its own ticks, or the school, said yes; nobody is asked."""
    accepted_at: Mapped[datetime | None] = mapped_column(Moment)
    declined_at: Mapped[datetime | None] = mapped_column(Moment)

    proposal: Mapped[SwapProposal] = relationship(back_populates="parties")
    booking: Mapped[Booking] = relationship()
