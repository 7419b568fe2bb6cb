"""Letters follow a person to a new address, and talks leave the calendar of the old one."""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from scheduling.domain.journal import Actor
from scheduling.domain.mailings import ARRIVED, TELLS_THE_TIME, UNSENT
from scheduling.domain.rounds import LIVE
from scheduling.models import Booking, ContactCorrection, Guardian, Outbox, Pupil
from scheduling.queries.mailings import circle_of
from scheduling.services import consults, gatherings, outbox, plan_calendars

Reached = Guardian | Pupil
"""Whom the school writes to: a guardian, or an adult pupil."""


def subject_of(person: Reached) -> str:
    """What the journal calls this person."""
    return "guardian" if isinstance(person, Guardian) else "pupil"


def follow(session: Session, *, person: Reached, old: str, now: datetime) -> None:
    """The new mailbox hears of every talk, gathering and consult ahead that was told; the old one forgets them.

    Letters that have not left need nothing: they look up the address when they leave.
    """
    session.flush()
    talks = _told(session, person, now)
    for talk in talks:
        told = circle_of(session, talk.pupil_id, outbox.day_of(talk, now)).audience(talk.household_id).to
        for one in told:
            is_own = (one.guardian_id if isinstance(person, Guardian) else one.pupil_id) == person.id
            if is_own and not _waits(session, talk, person):
                outbox.post_again(session, booking=talk, person=one, now=now)
        still_used = {one.address.casefold() for one in told}
        if old.casefold() not in still_used and _stands_in(session, talk, person, old):
            outbox.post_elsewhere(session, booking=talk, person=person, address=old, now=now)
    gatherings.follow_address(session, person=person, old=old, now=now)
    consults.follow_address(session, person=person, old=old, now=now)
    plan_calendars.follow_address(session, person=person, old=old, now=now)


def corrected(guardian: Guardian, field: str, value: str, by: Actor, now: datetime) -> ContactCorrection:
    """A correction that the office made itself: kept like a parent's, so that a later import respects it."""
    return ContactCorrection(
        guardian_id=guardian.id, field=field, old_value=getattr(guardian, field), new_value=value,
        proposed_at=now, decided_at=now, accepted=True, decided_by=by.id,
    )  # fmt: skip


def _told(session: Session, person: Reached, now: datetime) -> list[Booking]:
    letters = select(Outbox.booking_id).where(_is_to(person), Outbox.letter.in_(TELLS_THE_TIME))
    ahead = (Booking.starts_at > now, Booking.status.in_(LIVE))
    return list(session.scalars(select(Booking).where(Booking.id.in_(letters), *ahead).order_by(Booking.starts_at)))


def _waits(session: Session, talk: Booking, person: Reached) -> bool:
    """Is a letter that tells the time still in the house? It will find the new address by itself."""
    return session.scalar(_letters(talk, person).where(Outbox.state.in_(UNSENT)).limit(1)) is not None


def _stands_in(session: Session, talk: Booking, person: Reached, address: str) -> bool:
    """Did a letter about this talk arrive at the old address?"""
    arrived = _letters(talk, person).where(Outbox.state.in_(ARRIVED), Outbox.address == address)
    return session.scalar(arrived.limit(1)) is not None


def _letters(talk: Booking, person: Reached) -> Select[int]:
    return select(Outbox.id).where(Outbox.booking_id == talk.id, _is_to(person), Outbox.letter.in_(TELLS_THE_TIME))


def _is_to(person: Reached) -> ColumnElement[bool]:
    return Outbox.guardian_id == person.id if isinstance(person, Guardian) else Outbox.pupil_id == person.id
