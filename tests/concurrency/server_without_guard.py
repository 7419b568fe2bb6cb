"""The twin: the same app, but slots are taken without asking whether they are still free. It must overbook."""

from collections.abc import Sequence

from sqlalchemy import update
from sqlalchemy.orm import Session

from scheduling.models import Booking, Slot
from scheduling.services import bookings
from tests.concurrency.server import app

__all__ = ["app"]


def claim_without_looking(session: Session, booking: Booking, slots: Sequence[Slot]) -> None:
    session.execute(update(Slot).where(Slot.id.in_([slot.id for slot in slots])).values(booking_id=booking.id))


bookings._claim = claim_without_looking
