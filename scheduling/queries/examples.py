"""People worth showing: for the demo, and for nobody else."""

import itertools
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select

from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.people import Authority
from scheduling.domain.rounds import BookingStatus
from scheduling.models import Booking, Guardian, Guardianship, Household, Round, Slot, Staff, db
from scheduling.queries.family import family_of
from scheduling.queries.swaps import offering_for


@dataclass(frozen=True)
class Example:
    guardian_id: int
    leader_id: int
    booking_id: int


@dataclass(frozen=True)
class Account:
    id: int
    email: str


def leader_of(example: Example) -> Account:
    """The account of the leader whose talks these are."""
    row = db.session.get_one(Staff, example.leader_id)
    return Account(row.id, row.email)


def account_of(email: str) -> Account:
    """The account with this address."""
    row = db.session.scalars(select(Staff).where(Staff.email == email)).one()
    return Account(row.id, row.email)


def two_families_that_could_swap(round_name: str, now: datetime) -> tuple[Example, ...]:
    """Guardians of two families who can go to each other's time; the first has several children if possible."""
    by_leader: dict[int, dict[int, Example]] = defaultdict(dict)
    for household_id, guardian_id, leader_id, booking_id in db.session.execute(_talks(round_name)):
        by_leader[leader_id].setdefault(household_id, Example(guardian_id, leader_id, booking_id))
    for found in by_leader.values():
        for one, other in itertools.combinations(found.values(), 2):
            if _could_take(one, other, now) and _could_take(other, one, now):
                return one, other
    return ()


def _could_take(one: Example, other: Example, now: datetime) -> bool:
    """Does the first see the time of the second among those to tick?"""
    family = family_of(Actor(ActorKind.GUARDIAN, one.guardian_id), now)
    talk = next((talk for talk in family.talks if talk.booking_id == one.booking_id), None)
    if talk is None or not talk.may_swap(now):
        return False
    wanted = db.session.get_one(Booking, other.booking_id).starts_at
    return any(time.starts_at == wanted for day in offering_for(family, talk, now).days for time in day.times)


def _talks(round_name: str) -> Select[int, int, int, int]:
    """Families with mail and one home, those with the most children first."""
    children = (
        select(Guardianship.guardian_id, func.count().label("count")).group_by(Guardianship.guardian_id).subquery()
    )
    length = select(func.count()).where(Slot.booking_id == Booking.id).correlate(Booking).scalar_subquery()
    return (
        select(Household.id, Guardian.id, Booking.leader_id, Booking.id)
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
