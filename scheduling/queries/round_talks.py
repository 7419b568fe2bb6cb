"""Every talk of a round on one line: for the roster as a sheet."""

from dataclasses import dataclass

from sqlalchemy import and_, select

from scheduling.domain.people import Name
from scheduling.domain.rounds import LIVE, BookingStatus
from scheduling.domain.single_talks import Medium
from scheduling.domain.timeslots import Span
from scheduling.models import Booking, ClassGroup, Enrolment, Pupil, Round, Staff, TalkWay, db


@dataclass(frozen=True)
class RoundTalk:
    """A talk that stands; `is_joint`: with every home of the pupil together."""

    leader_id: int
    leader: Name
    pupil: Name
    number: str
    class_name: str
    span: Span
    room: str
    status: BookingStatus
    is_joint: bool
    met: Medium = Medium.SCHOOL


def talks_of_round(round_id: int) -> list[RoundTalk]:
    """All talks that stand, by time and then by leader."""
    rows = db.session.execute(
        select(Booking, Pupil, Staff, ClassGroup.name, TalkWay.way)
        .join(Round, Round.id == Booking.round_id)
        .join(Pupil, Pupil.id == Booking.pupil_id)
        .join(Staff, Staff.id == Booking.leader_id)
        .outerjoin(Enrolment, and_(Enrolment.pupil_id == Pupil.id, Enrolment.year_id == Round.year_id))
        .outerjoin(ClassGroup, ClassGroup.id == Enrolment.class_id)
        .outerjoin(TalkWay, TalkWay.booking_id == Booking.id)
        .where(Booking.round_id == round_id, Booking.status.in_(LIVE))
        .order_by(Booking.starts_at, Staff.surname, Staff.given_name, Booking.id)
    )
    return [
        RoundTalk(
            leader_id=booking.leader_id, leader=leader.name, pupil=pupil.name, number=pupil.number,
            class_name=group or "", span=Span(booking.starts_at, booking.ends_at), room=booking.room,
            status=booking.status, is_joint=booking.household_id is None,
            met=way or Medium.SCHOOL,
        )
        for booking, pupil, leader, group, way in rows
    ]  # fmt: skip
