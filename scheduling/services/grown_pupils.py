"""A pupil of eighteen decides whether the parents stay involved, and may take that back: then everything stops at once.

The pupil keeps the own talk. What had not left for the parents stays in the house, talks to come leave their calendars,
and they no longer answer questions about swaps. Given again, they are told anew.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.domain.journal import Actor
from scheduling.domain.mailings import TELLS_THE_TIME, Letter, SkipReason
from scheduling.domain.people import NoSuchPupil, NotYetAdult
from scheduling.domain.rounds import LIVE, BookingStatus
from scheduling.domain.swaps import OfferState
from scheduling.domain.timeslots import local
from scheduling.models import (
    Booking,
    Guardianship,
    Household,
    Outbox,
    Pupil,
    SwapOffer,
    SwapParty,
    SwapProposal,
)
from scheduling.queries.bookings import speaks_for_himself
from scheduling.queries.mailings import circle_of
from scheduling.services import outbox
from scheduling.services.journal import record
from scheduling.services.markets import Market
from scheduling.services.transaction import lock, transaction


def permit_parents(*, pupil_id: int, permitted: bool, by: Actor, now: datetime) -> None:
    """An adult pupil lets the parents stay involved, or no longer. Saying it twice is saying it once."""
    with transaction() as session:
        lock(session, Household, _households(session, pupil_id))
        pupil = session.get(Pupil, pupil_id)
        if pupil is None:
            raise NoSuchPupil
        if permitted and not speaks_for_himself(session, pupil, local(now).date()):
            raise NotYetAdult
        before = pupil.parents_permitted
        pupil.parents_permitted, pupil.permission_said_at = permitted, now
        record(
            session, by=by, action="people.permit_parents", subject="pupil", subject_id=pupil_id, now=now,
            permitted=permitted,
        )  # fmt: skip
        if before is not permitted:
            follow(session, [pupil_id], by=by, now=now)


def follow(session: Session, pupil_ids: Iterable[int], *, by: Actor, now: datetime) -> None:
    """Letters and calendars follow what these pupils decided about their parents."""
    session.flush()
    wanted = select(Pupil).where(Pupil.id.in_(list(pupil_ids))).order_by(Pupil.id)
    for pupil in session.scalars(wanted.execution_options(populate_existing=True)).all():
        talks = _ahead(session, pupil.id, now)
        if pupil.parents_permitted:
            _tell_anew(session, talks, now)
        else:
            _keep_in(session, pupil, now)
            _take_out(session, pupil, talks, now)
            _end_swaps(session, talks, by, now)


def _ahead(session: Session, pupil_id: int, now: datetime) -> list[Booking]:
    wanted = select(Booking).where(Booking.pupil_id == pupil_id, Booking.status.in_(LIVE), Booking.starts_at > now)
    return list(session.scalars(wanted.order_by(Booking.starts_at)))


def _keep_in(session: Session, pupil: Pupil, now: datetime) -> None:
    """What had not left for the parents about this pupil stays in the house."""
    mine = select(Guardianship.guardian_id).where(Guardianship.pupil_id == pupil.id)
    for row in outbox.unsent_about(session, pupil.id, session.scalars(mine).all()):
        booking = session.get(Booking, row.booking_id) if row.booking_id else None
        day = outbox.day_of(booking, now) if booking else local(now).date()
        told = circle_of(session, pupil.id, day).audience(None)
        grown = {one.guardian_id for one in told.skipped if one.reason is SkipReason.ADULT_PUPIL}
        if row.guardian_id in grown:
            outbox.keep_in(row, SkipReason.ADULT_PUPIL)
    session.flush()


def _take_out(session: Session, pupil: Pupil, talks: Iterable[Booking], now: datetime) -> None:
    for talk in talks:
        told = circle_of(session, pupil.id, outbox.day_of(talk, now)).audience(talk.household_id)
        grown = [one.guardian_id for one in told.skipped if one.reason is SkipReason.ADULT_PUPIL]
        outbox.take_out(session, booking=talk, guardian_ids=grown, besides=[pupil.email], now=now)


def _tell_anew(session: Session, talks: Iterable[Booking], now: datetime) -> None:
    """Everybody who may hear of a talk that was told already hears of it again, and calendars take it back in."""
    for talk in talks:
        told = select(Outbox.id).where(Outbox.booking_id == talk.id, Outbox.letter.in_(TELLS_THE_TIME)).limit(1)
        if talk.invited_at is None and session.scalar(told) is None:
            continue
        # The cancellation that the parents may have had counts one above the talk; only what is higher brings it back.
        talk.ical_sequence += 2
        talk.ical_stamp = now
        talk.version += 1
        letter = Letter.CONFIRMED if talk.status is BookingStatus.CONFIRMED else Letter.INVITATION
        outbox.post(session, letter=letter, booking=talk, now=now)


def _end_swaps(session: Session, talks: Iterable[Booking], by: Actor, now: datetime) -> None:
    """What a home offered or was asked about these talks is over; the pupil may look for another time himself."""
    for talk in talks:
        offered = select(SwapOffer.id).where(
            SwapOffer.booking_id == talk.id, SwapOffer.state == OfferState.OPEN, SwapOffer.household_id.is_not(None)
        )
        asked = (
            select(SwapParty.id)
            .join(SwapProposal, SwapProposal.id == SwapParty.proposal_id)
            .where(
                SwapParty.booking_id == talk.id, SwapParty.household_id.is_not(None), SwapProposal.ended_at.is_(None)
            )
        )
        if session.scalar(offered.limit(1)) is None and session.scalar(asked.limit(1)) is None:
            continue
        market = Market(session, talk.round_id, talk.leader_id, now)
        if talk.id in market.offers and market.offers[talk.id].household_id is not None:
            market.end_offer(market.offers[talk.id], OfferState.WITHDRAWN, by)
        for proposal in list(market.proposals):
            for party in proposal.parties:
                if party.booking_id == talk.id and party.household_id is not None and party.declined_at is None:
                    market.refuse(party, by)
                    break
        market.settle()


def _households(session: Session, pupil_id: int) -> list[int]:
    wanted = select(Guardianship.household_id).where(Guardianship.pupil_id == pupil_id)
    return list(session.scalars(wanted.distinct()))
