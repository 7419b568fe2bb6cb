"""To whom a family may write: who leads its children's class, and whoever it has a talk with."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.domain.journal import Actor
from scheduling.domain.people import Name, StaffRole
from scheduling.domain.rounds import LIVE
from scheduling.domain.staff import is_here
from scheduling.domain.timeslots import local
from scheduling.models import Booking, ClassLeader, Enrolment, Staff, StaffMemberRole, db
from scheduling.queries.bookings import Home, find_homes, given_names
from scheduling.queries.leaders import year_at


@dataclass(frozen=True)
class Reader:
    """A colleague to whom this family may write about this child."""

    leader_id: int
    name: Name
    pupil_id: int
    household_id: int | None
    child: str

    @property
    def key(self) -> str:
        """How a form names this line."""
        return f"{self.leader_id}-{self.pupil_id}"


def readers_for(by: Actor, now: datetime) -> tuple[Reader, ...]:
    """The leaders of the classes of this family's children, then others with whom it has a talk."""
    session, today = db.session(), local(now).date()
    homes = {home.pupil_id: home for home in find_homes(session, by, today)}
    if not homes:
        return ()
    pairs = dict.fromkeys([*_leading(session, homes, year_at(now).id), *_talking(session, homes, now)])
    names = given_names(session, by, today)
    return tuple(
        Reader(staff.id, staff.name, pupil_id, homes[pupil_id].household_id, names[pupil_id])
        for pupil_id, staff in pairs
        if staff.email and is_here(staff.left_on, today)
    )


def director_address(now: datetime) -> str:
    """Where to write about what concerns the whole school; empty: no director has an address."""
    directors = (
        select(Staff)
        .join(StaffMemberRole, StaffMemberRole.staff_id == Staff.id)
        .where(StaffMemberRole.role == StaffRole.DIRECTOR, Staff.email != "")
        .order_by(Staff.id)
    )
    today = local(now).date()
    found = (one.email for one in db.session.scalars(directors) if one.left_on is None or one.left_on > today)
    return next(found, "")


def _leading(session: Session, homes: Collection[int], year_id: int) -> list[tuple[int, Staff]]:
    rows = session.execute(
        select(Enrolment.pupil_id, Staff)
        .join(ClassLeader, ClassLeader.class_id == Enrolment.class_id)
        .join(Staff, Staff.id == ClassLeader.staff_id)
        .where(Enrolment.pupil_id.in_(homes), Enrolment.year_id == year_id, Enrolment.present)
        .order_by(Enrolment.pupil_id, ClassLeader.position)
    )
    return [(pupil_id, leader) for pupil_id, leader in rows]


def _talking(session: Session, homes: dict[int, Home], now: datetime) -> list[tuple[int, Staff]]:
    rows = session.execute(
        select(Booking.pupil_id, Staff, Booking.household_id)
        .join(Staff, Staff.id == Booking.leader_id)
        .where(Booking.pupil_id.in_(homes), Booking.status.in_(LIVE), Booking.ends_at > now)
        .where(Booking.invited_at.is_not(None))
        .order_by(Booking.starts_at)
    )
    return [(pupil_id, leader) for pupil_id, leader, household_id in rows if homes[pupil_id].is_asked(household_id)]
