"""What a leader does with own times and talks; the office does the same on the pages of any leader.

`leader_id` says whose pages these are: a talk or time of somebody else is not there. `by` says who acts.
"""

import itertools
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from scheduling.domain.errors import NotFound
from scheduling.domain.guests import HelpState
from scheduling.domain.journal import Actor
from scheduling.domain.leading import (
    CallDone,
    MovedMeanwhile,
    NothingChosen,
    NotPublished,
    OwnChild,
    SlotHasTalk,
    ensure_ahead,
    ensure_may_be_marked,
)
from scheduling.domain.mailings import Letter
from scheduling.domain.rounds import (
    LIVE,
    BookingOrigin,
    BookingStatus,
    Outcome,
    SlotTaken,
    TalkCancelled,
    slots_needed,
)
from scheduling.domain.timeslots import local
from scheduling.models import (
    Booking,
    CallRequest,
    Guardian,
    Guardianship,
    InterpreterRequest,
    Round,
    Slot,
)
from scheduling.queries import bookings as asking
from scheduling.queries import leaders
from scheduling.queries.leading import earlier_slot
from scheduling.queries.single_talks import single_request
from scheduling.services import bookings, outbox
from scheduling.services.guests import tell_family
from scheduling.services.journal import record
from scheduling.services.transaction import lock, transaction
from scheduling.services.turns import ensure_turn


def block(*, slot_ids: Collection[int], leader_id: int, by: Actor, now: datetime) -> int:
    """Take own times out of the round, so that no family can choose them. Answers how many changed."""
    return _set_blocked(True, slot_ids, leader_id, by, now)


def free(*, slot_ids: Collection[int], leader_id: int, by: Actor, now: datetime) -> int:
    """Offer own times again. Answers how many changed."""
    return _set_blocked(False, slot_ids, leader_id, by, now)


def move(
    *, booking_id: int, slot_id: int, leader_id: int, agreed: bool, origin: BookingOrigin,
    seen: datetime | None = None, by: Actor, now: datetime,
) -> int:  # fmt: skip
    """Put a talk on another free time of the same leader. `agreed`: the family knows and said yes already.

    `seen`: when the talk began on the page of who moves it; nobody overwrites unseen what was chosen since.
    """
    with transaction() as session:
        booking = _own_talk(session, booking_id, leader_id)
        bookings.hold_all(session, [booking], now)  # what it was before is what a colleague or the family made of it
        if booking.slots and booking.slots[0].id == slot_id:
            return booking.id
        if seen and booking.status in LIVE and booking.starts_at != seen:
            raise MovedMeanwhile(booking.starts_at)
        slots = _row(session, booking.round_id, leader_id, slot_id, len(booking.slots), now, besides=booking.id)
        before, heard = outbox.as_it_was(booking), _has_heard(booking)
        bookings.move_to(session, booking=booking, slots=slots, by=by, now=now)
        booking.origin = origin
        booking.status = BookingStatus.CONFIRMED if agreed else BookingStatus.INVITED
        booking.confirmed_at = now if agreed else None
        booking.outcome = booking.outcome_at = None
        if heard or agreed:
            booking.invited_at = booking.invited_at or now  # a next move is news to this family too
            outbox.post(session, letter=Letter.CHANGED, booking=booking, now=now, facts=before)
        return booking.id


def move_back(*, booking_id: int, slot_id: int, leader_id: int, by: Actor, now: datetime) -> None:
    """Undo a move by the school: the earlier time, and what the family had said to it. Twice is once."""
    with transaction() as session:
        booking = _own_talk(session, booking_id, leader_id)
        bookings.hold_all(session, [booking], now)
        if booking.slots and booking.slots[0].id == slot_id:
            return
        if earlier_slot(asking.last_step(session, booking_id)) != slot_id:
            raise SlotTaken
        slots = _row(session, booking.round_id, leader_id, slot_id, len(booking.slots), now, besides=booking.id)
        before, answer = outbox.as_it_was(booking), asking.answer_before(session, booking_id)
        bookings.move_to(session, booking=booking, slots=slots, by=by, now=now)
        bookings.answer_again(booking, answer)
        if _has_heard(booking):
            outbox.post(session, letter=Letter.CHANGED, booking=booking, now=now, facts=before)


def book(
    *,
    round_id: int,
    pupil_id: int,
    household_id: int | None,
    slot_id: int,
    leader_id: int,
    origin: BookingOrigin,
    early: bool = False,
    by: Actor,
    now: datetime,
) -> int:
    """Choose a time for a family that is on the phone; a call it asked for is done with that.

    `early`: the school knows that others go first, and books all the same.
    """
    with transaction() as session:
        found = _round(session, round_id)
        pupil = leaders.the_pupil(pupil_id, found.year_id, leader_id=leader_id, today=local(now).date())
        if not pupil.may_meet(household_id):
            raise NotFound
        _ensure_may_lead(session, found, leader_id, pupil_id)
        ensure_turn(session, found, pupil_id=pupil_id, household_id=household_id, early=early, now=now)
        count = slots_needed(interpreter=bool(asking.interpreter_language(session, round_id, pupil_id, household_id)))
        slots = _row(session, round_id, leader_id, slot_id, count, now)
        booking = bookings.take(
            session,
            round=found,
            pupil_id=pupil_id,
            household_id=household_id,
            slots=slots,
            status=BookingStatus.CONFIRMED,
            origin=origin,
            by=by,
            now=now,
        )
        _close_calls(session, booking, by, now)
        outbox.post(session, letter=Letter.CONFIRMED, booking=booking, now=now)
        return booking.id


def call_off(*, booking_id: int, leader_id: int, by: Actor, now: datetime) -> None:
    """The family rang that it cannot come: the time is free for others."""
    with transaction() as session:
        booking = _own_talk(session, booking_id, leader_id)
        heard = _has_heard(booking)
        bookings.release(session, booking=booking, by=by, now=now)
        if heard:
            outbox.post(session, letter=Letter.CANCELLED, booking=booking, now=now)


def mark(*, booking_id: int, outcome: Outcome | None, leader_id: int, by: Actor, now: datetime) -> None:
    """What became of a talk; None takes an earlier mark back."""
    with transaction() as session:
        booking = _own_talk(session, booking_id, leader_id)
        ensure_may_be_marked(outcome, booking.starts_at, now)
        if booking.outcome is outcome:
            return
        changed = session.execute(
            update(Booking)
            .where(Booking.id == booking_id, Booking.status.in_(LIVE))
            .values(outcome=outcome, outcome_at=now if outcome else None, version=Booking.version + 1)
            .returning(Booking.id)
            .execution_options(synchronize_session=False)
        ).all()
        if not changed:
            raise TalkCancelled
        _note(session, "leading.mark", "booking", booking_id, by, now, outcome=outcome.value if outcome else None)


def call_done(*, call_id: int, leader_id: int, by: Actor, now: datetime) -> None:
    """The family that asked for a call has been called."""
    with transaction() as session:
        lock(session, CallRequest, [call_id])
        call = session.get(CallRequest, call_id)
        if call is None:
            raise NotFound
        found = _round(session, call.round_id)
        leaders.the_pupil(call.pupil_id, found.year_id, leader_id=leader_id, today=local(now).date())
        if call.done_at is not None:
            raise CallDone
        _close(session, call, by, now)


def arrange_interpreter(*, booking_id: int, leader_id: int, by: Actor, now: datetime) -> None:
    """The interpreter for this talk will come."""
    with transaction() as session:
        booking = _own_talk(session, booking_id, leader_id)
        needs = _interpreters(session, booking)
        if not needs:
            raise NotFound
        for request in needs:
            session.add(request)
            session.flush()
            if request.state is not HelpState.CONFIRMED:
                request.state = HelpState.CONFIRMED
                tell_family(session, request, now)
        _note(session, "leading.arrange_interpreter", "booking", booking.id, by, now)


def _set_blocked(blocked: bool, slot_ids: Collection[int], leader_id: int, by: Actor, now: datetime) -> int:
    if not slot_ids:
        raise NothingChosen
    with transaction() as session:
        lock(session, Slot, slot_ids)
        slots = session.scalars(select(Slot).where(Slot.id.in_(slot_ids), Slot.leader_id == leader_id)).all()
        if {slot.id for slot in slots} != set(slot_ids):
            raise NotFound
        taken = next((slot for slot in slots if slot.booking_id is not None), None)
        if taken is not None:
            raise SlotHasTalk(taken.starts_at)
        changed = [slot for slot in slots if slot.blocked is not blocked]
        for slot in changed:
            slot.blocked = blocked
            slot.version += 1
            _note(session, "leading.block" if blocked else "leading.free", "slot", slot.id, by, now)
        return len(changed)


def _own_talk(session: Session, booking_id: int, leader_id: int) -> Booking:
    booking = session.get(Booking, booking_id)
    if booking is None or booking.leader_id != leader_id:
        raise NotFound
    if booking.status is BookingStatus.CANCELLED:
        raise TalkCancelled
    return booking


def _round(session: Session, round_id: int) -> Round:
    found = session.get(Round, round_id)
    if found is None:
        raise NotFound
    return found


def _row(
    session: Session,
    round_id: int,
    leader_id: int,
    slot_id: int,
    count: int,
    now: datetime,
    *,
    besides: int | None = None,
) -> Sequence[Slot]:
    """So many adjacent slots from this one on that nobody else has; about pauses the leader decides."""
    own = asking.leader_slots(session, round_id, [leader_id])
    first = next((slot for slot in own if slot.id == slot_id), None)
    if first is None:
        raise NotFound
    ensure_ahead(first.starts_at, now)
    row = own[own.index(first) :][: max(count, 1)]
    adjoin = all(a.ends_at == b.starts_at for a, b in itertools.pairwise(row))
    is_free = all(not slot.blocked and slot.booking_id in (None, besides) for slot in row)
    if len(row) < count or not adjoin or not is_free:
        raise SlotTaken
    return row


def _ensure_may_lead(session: Session, found: Round, leader_id: int, pupil_id: int) -> None:
    if not asking.is_open_leader(session, found.id, leader_id):
        raise NotPublished
    own_child = select(Guardian.id).join(Guardianship, Guardianship.guardian_id == Guardian.id)
    if session.scalar(own_child.where(Guardian.staff_id == leader_id, Guardianship.pupil_id == pupil_id)):
        raise OwnChild


def _has_heard(booking: Booking) -> bool:
    """Was the family told about this talk, or did it choose the time itself?"""
    return booking.invited_at is not None or booking.confirmed_at is not None


def _close_calls(session: Session, booking: Booking, by: Actor, now: datetime) -> None:
    waiting = select(CallRequest).where(
        CallRequest.round_id == booking.round_id,
        CallRequest.pupil_id == booking.pupil_id,
        CallRequest.done_at.is_(None),
    )
    for call in session.scalars(waiting):
        if booking.household_id in (None, call.household_id):
            _close(session, call, by, now)


def _close(session: Session, call: CallRequest, by: Actor, now: datetime) -> None:
    call.done_at, call.done_by = now, by.id
    _note(session, "leading.call_done", "call_request", call.id, by, now)


def _interpreters(session: Session, booking: Booking) -> list[InterpreterRequest]:
    """What each home of this talk asked, or else what the school's file says it needs."""
    asked = {
        row.household_id: row
        for row in session.scalars(
            select(InterpreterRequest).where(
                InterpreterRequest.round_id == booking.round_id,
                InterpreterRequest.pupil_id == booking.pupil_id,
                InterpreterRequest.request_id.is_(None) | (InterpreterRequest.request_id == booking.request_id),
            )
        )
    }
    filed = session.execute(
        select(Guardianship.household_id, Guardianship.interpreter)
        .where(Guardianship.pupil_id == booking.pupil_id, Guardianship.interpreter != "")
        .order_by(Guardianship.position)
    )
    for household_id, language in filed:
        asked.setdefault(
            household_id,
            InterpreterRequest(
                round_id=booking.round_id,
                pupil_id=booking.pupil_id,
                household_id=household_id,
                request_id=single_request(session, booking),
                language=language,
                asked_at=booking.ical_stamp,
            ),
        )
    return [request for home, request in asked.items() if request.language and booking.household_id in (None, home)]


def _note(
    session: Session, action: str, subject: str, subject_id: int, by: Actor, now: datetime, **facts: object
) -> None:
    record(session, by=by, action=action, subject=subject, subject_id=subject_id, now=now, **facts)
