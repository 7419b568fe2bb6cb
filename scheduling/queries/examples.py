"""People worth showing: for the demo, and for nobody else."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import Select, func, select

from scheduling.domain.people import Authority
from scheduling.domain.rounds import BookingStatus
from scheduling.models import Booking, Guardian, Guardianship, Household, Round, Slot, Staff, db


@dataclass(frozen=True)
class Example:
    guardian_id: int
    leader_id: int


@dataclass(frozen=True)
class Account:
    id: int
    email: str


def leader_of(example: Example) -> Account:
    """The account of the leader whose talks these are."""
    row = db.session.get_one(Staff, example.leader_id)
    return Account(row.id, row.email)


def two_families_that_could_swap(round_name: str) -> tuple[Example, ...]:
    """Guardians of two families with one-slot talks of the same leader; the first has several children if possible."""
    by_leader: dict[int, dict[int, Example]] = defaultdict(dict)
    for household_id, guardian_id, leader_id in db.session.execute(_talks(round_name)):
        by_leader[leader_id].setdefault(household_id, Example(guardian_id, leader_id))
    pairs = [tuple(found.values())[:2] for found in by_leader.values() if len(found) > 1]
    return pairs[0] if pairs else ()


def _talks(round_name: str) -> Select[int, int, int]:
    """Families with mail and one home, those with the most children first."""
    children = (
        select(Guardianship.guardian_id, func.count().label("count")).group_by(Guardianship.guardian_id).subquery()
    )
    length = select(func.count()).where(Slot.booking_id == Booking.id).correlate(Booking).scalar_subquery()
    return (
        select(Household.id, Guardian.id, Booking.leader_id)
        .join(Booking, Booking.household_id == Household.id)
        .join(Guardianship, (Guardianship.pupil_id == Booking.pupil_id) & (Guardianship.household_id == Household.id))
        .join(Guardian, Guardian.id == Guardianship.guardian_id)
        .join(children, children.c.guardian_id == Guardian.id)
        .join(Round, Round.id == Booking.round_id)
        .where(
            Round.name == round_name,
            Booking.status != BookingStatus.CANCELLED,
            Guardian.email != "",
            Guardian.active,
            Guardianship.authority != Authority.NO,
            length == 1,
        )
        .order_by(children.c.count.desc(), Guardianship.position, Guardian.id)
    )
