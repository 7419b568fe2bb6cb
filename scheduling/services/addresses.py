"""Letters follow a person to a new address."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.domain.mailings import TELLS_THE_TIME, UNSENT
from scheduling.domain.rounds import LIVE
from scheduling.domain.timeslots import local
from scheduling.models import Booking, Guardian, Outbox
from scheduling.queries.mailings import circles_of
from scheduling.services import outbox


def follow(session: Session, *, guardian: Guardian, now: datetime) -> int:
    """The new mailbox hears of every talk ahead that the old one knew of; answers how many.

    Letters that have not left need nothing: they look up the address when they leave.
    """
    session.flush()
    talks = _told(session, guardian, now)
    circles = circles_of(session, [talk.pupil_id for talk in talks], local(now).date())
    told = 0
    for talk in talks:
        for person in circles[talk.pupil_id].audience(talk.household_id).to:
            if person.guardian_id == guardian.id:
                told += outbox.post_again(session, booking=talk, person=person, now=now).queued
    return told


def _told(session: Session, guardian: Guardian, now: datetime) -> list[Booking]:
    letters = select(Outbox.booking_id).where(Outbox.guardian_id == guardian.id, Outbox.letter.in_(TELLS_THE_TIME))
    waiting = letters.where(Outbox.state.in_(UNSENT))
    return list(
        session.scalars(
            select(Booking)
            .where(
                Booking.id.in_(letters), Booking.id.not_in(waiting), Booking.starts_at > now, Booking.status.in_(LIVE)
            )
            .order_by(Booking.starts_at)
        )
    )
