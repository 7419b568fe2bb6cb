"""Swaps, as each side may see them: a family only its own two times, the school everything of its own leaders."""

from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from scheduling.domain.swaps import OfferState, ProposalState
from scheduling.models import Booking, LeaderOpening, Slot, SwapOffer, SwapProposal, db


def markets_to_look_at(now: datetime) -> list[tuple[int, int]]:
    """Round and leader of every market where something changed or ended since it was looked at last."""
    offered = (
        select(SwapOffer.id)
        .join(Booking, Booking.id == SwapOffer.booking_id)
        .where(
            Booking.round_id == LeaderOpening.round_id, Booking.leader_id == LeaderOpening.leader_id,
            SwapOffer.state == OfferState.OPEN,
        )
    )  # fmt: skip
    proposed = select(SwapProposal.id).where(
        SwapProposal.round_id == LeaderOpening.round_id, SwapProposal.leader_id == LeaderOpening.leader_id,
        SwapProposal.state == ProposalState.OPEN,
    )  # fmt: skip
    with Session(db.engine) as session:
        rows = session.scalars(select(LeaderOpening).where(or_(offered.exists(), proposed.exists()))).all()
        return [
            (row.round_id, row.leader_id)
            for row in rows
            if (row.swaps_due and row.swaps_due <= now)
            or row.swaps_seen != versions_of(session, row.round_id, row.leader_id)
        ]


def versions_of(session: Session, round_id: int, leader_id: int) -> int:
    """A number that rises with every change of this leader's slots."""
    wanted = select(func.sum(Slot.version)).where(Slot.round_id == round_id, Slot.leader_id == leader_id)
    return session.scalar(wanted) or 0
