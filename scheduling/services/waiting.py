"""The waiting list of a teacher: a time that becomes free is kept for the family whose turn it is, until it answers."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.domain.errors import NotFound
from scheduling.domain.journal import SYSTEM, Actor
from scheduling.domain.mailings import Letter
from scheduling.domain.requests import NOT_AGAIN, FreedState, OfferOver, kept_until
from scheduling.domain.rounds import BookingOrigin, BookingStatus, SlotFacts, keeps_pause, slots_needed, starts_of
from scheduling.domain.timeslots import Span, local
from scheduling.domain.wishes import Answer, Wisher
from scheduling.models import FreedOffer, Household, Round, Slot, TalkRequest, db
from scheduling.queries import bookings as asking
from scheduling.queries import requests as wanted
from scheduling.queries import waiting as waits
from scheduling.queries.wishes import wishes_of_round
from scheduling.services import bookings, outbox
from scheduling.services.journal import record
from scheduling.services.transaction import lock, transaction


def look_again(now: datetime) -> int:
    """Offer what became free, and end what nobody answered; answers how many new offers there are."""
    return sum(_settle(round_id, teacher_id, now) for round_id, teacher_id in waits.waiting_lists(db.session(), now))


def accept(*, key: str, by: Actor, now: datetime) -> int:
    """Yes, this time: the talk is booked at once."""
    with transaction() as session:
        offer, home = _own(session, key, by, now)
        asked = offer.request
        found = session.get_one(Round, asked.round_id)
        slots = asking.leader_slots(session, found.id, [asked.teacher_id])
        bookings.hold(session, asked.pupil_id, asked.household_id, now, [asked.teacher_id], slots)
        session.refresh(offer)
        standing = asking.find_live(session, found.id, home, asked.id)
        if standing:
            return standing.id
        _ensure_kept(offer, now)
        if asking.find_request(session, found.id, home, asked.id) is None:
            raise OfferOver
        row = bookings.row_for(session, found, asked, offer.slot_id, offer.starts_at, now)
        booking = bookings.take(
            session, round=found, pupil_id=asked.pupil_id, household_id=asked.household_id, slots=row,
            request_id=asked.id, status=BookingStatus.CONFIRMED, origin=BookingOrigin.FAMILY, by=by, now=now,
        )  # fmt: skip
        _end(session, offer, FreedState.TAKEN, by, now)
        outbox.post(session, letter=Letter.CONFIRMED, booking=booking, now=now)
        return booking.id


def decline(*, key: str, by: Actor, now: datetime) -> None:
    """No, not this time: the next family is asked. The family goes on waiting for another time."""
    with transaction() as session:
        offer, _ = _own(session, key, by, now)
        lock(session, Household, [offer.request.household_id] if offer.request.household_id else [])
        lock(session, Slot, [offer.slot_id])
        session.refresh(offer)
        _ensure_kept(offer, now)
        _end(session, offer, FreedState.DECLINED, by, now)


def _own(session: Session, key: str, by: Actor, now: datetime) -> tuple[FreedOffer, asking.Home]:
    """The offer of this key, if it was made to this person's home."""
    offer = session.scalar(select(FreedOffer).where(FreedOffer.key == key))
    home = asking.find_home(session, by, offer.request.pupil_id, local(now).date()) if offer else None
    if offer is None or home is None or offer.request.household_id != home.household_id:
        raise NotFound
    return offer, home


def _ensure_kept(offer: FreedOffer, now: datetime) -> None:
    if offer.state is not FreedState.OPEN or now >= offer.expires_at:
        raise OfferOver


def _end(session: Session, offer: FreedOffer, state: FreedState, by: Actor, now: datetime) -> None:
    offer.state, offer.ended_at = state, now
    session.flush()
    record(
        session, by=by, action=f"waiting.{state}", subject="request", subject_id=offer.request_id, now=now,
        slot=offer.slot_id,
    )  # fmt: skip


def _settle(round_id: int, teacher_id: int, now: datetime) -> int:
    """One teacher's list: everybody on it and every time of this teacher holds still meanwhile."""
    with transaction() as session:
        found = session.get_one(Round, round_id)
        homes = {row.household_id for row in waits.in_turn(session, round_id, teacher_id)}
        lock(session, Household, [home for home in homes if home])
        lock(session, Slot, [slot.id for slot in asking.leader_slots(session, round_id, [teacher_id])])
        waiting = waits.in_turn(session, round_id, teacher_id)
        slots = asking.leader_slots(session, round_id, [teacher_id])
        _end_what_is_over(session, teacher_id, round_id, waiting, slots, now)
        offered = {one.request_id for one in _open(session, round_id, teacher_id)}
        new = 0
        for row in waiting:
            if row.id not in offered and _offer(session, found, row, slots, now):
                new += 1
        return new


def _open(session: Session, round_id: int, teacher_id: int) -> Sequence[FreedOffer]:
    return session.scalars(
        select(FreedOffer)
        .join(TalkRequest, TalkRequest.id == FreedOffer.request_id)
        .where(
            TalkRequest.round_id == round_id, TalkRequest.teacher_id == teacher_id,
            FreedOffer.state == FreedState.OPEN,
        )
    ).all()  # fmt: skip


def _end_what_is_over(
    session: Session, teacher_id: int, round_id: int, waiting: Sequence[TalkRequest], slots: Sequence[Slot],
    now: datetime,
) -> None:  # fmt: skip
    still = {row.id for row in waiting}
    for offer in _open(session, round_id, teacher_id):
        row = [slot for slot in slots if offer.starts_at <= slot.starts_at and slot.ends_at <= offer.ends_at]
        if now >= offer.expires_at:
            _end(session, offer, FreedState.EXPIRED, SYSTEM, now)
        elif offer.request_id not in still or not _is_free_still(offer, row):
            _end(session, offer, FreedState.OFF, SYSTEM, now)


def _is_free_still(offer: FreedOffer, row: Sequence[Slot]) -> bool:
    """Is the time free, and does it begin when the family was told?"""
    as_told = bool(row) and (row[0].id, row[0].starts_at) == (offer.slot_id, offer.starts_at)
    return as_told and not any(slot.blocked or slot.booking_id for slot in row)


def _offer(session: Session, found: Round, row: TalkRequest, slots: Sequence[Slot], now: datetime) -> bool:
    """Keep the first time that suits for this family, and ask it."""
    place = next(iter(_possible(session, found, row, slots, now)), None)
    if place is None:
        return False
    lead_time = timedelta(hours=found.lead_time_hours)
    hours = wanted.rules_of(session, found.id).answer_hours
    until = kept_until(
        now, place[0].span.starts_at, hours=hours, lead_time=lead_time, closes_at=found.closes_at
    )  # fmt: skip
    if until is None:
        return False
    offer = FreedOffer(
        key=secrets.token_hex(16), request_id=row.id, slot_id=place[0].id, starts_at=place[0].span.starts_at,
        ends_at=place[-1].span.ends_at, offered_at=now, expires_at=until, state=FreedState.OPEN,
    )  # fmt: skip
    session.add(offer)
    session.flush()
    wisher = Wisher(row.household_id, None if row.household_id else row.pupil_id)
    outbox.post_about_wishes(
        session, round_id=found.id, wisher=wisher, pupil_ids=[row.pupil_id], now=now, by=None,
        letter=Letter.TIME_FREED, offer=offer.key,
    )  # fmt: skip
    record(
        session, by=SYSTEM, action="waiting.offer", subject="request", subject_id=row.id, now=now, slot=offer.slot_id
    )
    return True


def _possible(
    session: Session, found: Round, row: TalkRequest, slots: Sequence[Slot], now: datetime
) -> list[tuple[SlotFacts, ...]]:
    """The times this family could have, in order: free, kept for nobody, in time, and not named as impossible."""
    language = asking.interpreter_language(session, found.id, row.pupil_id, row.household_id)
    needed = max(row.slots, slots_needed(interpreter=bool(language)))
    held = asking.held_slots(session, found.id, [row.teacher_id], now)
    refused = _refused(session, row)
    free = [
        asking.facts_of(slot)
        for slot in slots
        if not slot.blocked and slot.booking_id is None and slot.id not in held and slot.id not in refused
    ]
    taken = [Span(slot.starts_at, slot.ends_at) for slot in slots if slot.booking_id is not None]
    expected = asking.expected_guardians(session, row.pupil_id, row.household_id, local(now).date())
    out = asking.times_out(session, guardians=expected, leader_id=row.teacher_id, pupil_id=row.pupil_id)
    out += asking.times_walking(session, guardians=expected, leader_id=row.teacher_id)
    said = wishes_of_round(found.id).get(Wisher(row.household_id, None if row.household_id else row.pupil_id))
    return [
        place
        for place in starts_of(free, needed)
        if not any(map(_span(place).overlaps, out))
        and keeps_pause([one.span for one in place], taken, found.max_in_a_row)
        and (said is None or said.answer_to(_span(place)) is not Answer.CANNOT)
    ]


def _refused(session: Session, row: TalkRequest) -> set[int]:
    """The times this family would not have, or did not answer about."""
    wanted_before = select(FreedOffer.slot_id).where(
        FreedOffer.request_id == row.id, FreedOffer.state.in_(NOT_AGAIN)
    )  # fmt: skip
    return set(session.scalars(wanted_before))


def _span(place: Sequence[SlotFacts]) -> Span:
    return Span(place[0].span.starts_at, place[-1].span.ends_at)
