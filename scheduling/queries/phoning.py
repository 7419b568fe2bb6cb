"""Joint talks in which one of two homes takes part on the phone."""

from collections.abc import Collection

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from scheduling.models import Booking, Guardianship, HomeByPhone


def phoning_homes(session: Session, booking_ids: Collection[int]) -> set[tuple[int, int]]:
    """Of these talks: which home takes part on the phone."""
    if not booking_ids:
        return set()
    wanted = select(HomeByPhone.booking_id, HomeByPhone.household_id).where(HomeByPhone.booking_id.in_(booking_ids))
    return {(booking_id, household_id) for booking_id, household_id in session.execute(wanted)}


def is_phoning(session: Session, booking: Booking, guardian_id: int | None) -> bool:
    """Does this parent's home take part in this talk on the phone?"""
    if booking.household_id is not None or guardian_id is None:
        return False
    here = exists().where(
        HomeByPhone.booking_id == booking.id, HomeByPhone.household_id == Guardianship.household_id,
        Guardianship.guardian_id == guardian_id, Guardianship.pupil_id == booking.pupil_id,
    )  # fmt: skip
    return bool(session.scalar(select(here)))
