"""A family's talk: take a time, confirm it, move it, say that it cannot come, choose again.

`take`, `move_to` and `release` are the only places where a slot gets or loses its booking. They work inside the
caller's transaction and write no letters. What keeps two families from one slot is the compare-and-set in `_claim`;
what keeps one family from two talks at once is the look at its other talks while its households are locked, and the
same holds for an interpreter who is booked.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from scheduling.domain.errors import NotFound
from scheduling.domain.guests import InterpreterElsewhere
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.mailings import Letter
from scheduling.domain.rounds import (
    AlreadyBooked,
    BookingOrigin,
    BookingStatus,
    FamilyBusy,
    OtherHomeToo,
    Rules,
    SlotTaken,
    TalkCancelled,
    TalkStands,
    TimesChanged,
    keeps_pause,
    new_ical_uid,
    slots_needed,
)
from scheduling.domain.single_talks import Medium, may_be_at_home, new_join_link
from scheduling.domain.timeslots import Span, local
from scheduling.domain.travel import NotThereInTime
from scheduling.domain.ways import NoRoomForVisit, Visit, WayNotOffered
from scheduling.models import (
    Booking,
    BookingAbsence,
    CallRequest,
    HomeByPhone,
    Household,
    NoTalkNeeded,
    Outsider,
    Round,
    Slot,
    TalkRequest,
    TalkWay,
)
from scheduling.queries import bookings as asking
from scheduling.queries import turns
from scheduling.queries.agreed_rounds import AgreedParts, agreed_parts
from scheduling.queries.bookings import Answer, Home
from scheduling.queries.homes import times_gone
from scheduling.queries.interpreting import interpreters_of, times_interpreting
from scheduling.queries.joining import times_joining
from scheduling.queries.phoning import phoning_homes
from scheduling.queries.school import video_template
from scheduling.queries.single_talks import home_visits
from scheduling.queries.visits import has_room, taken_around
from scheduling.services import holds, outbox
from scheduling.services.journal import record
from scheduling.services.transaction import is_alone, lock, transaction


def confirm(*, booking_id: int, by: Actor, now: datetime) -> int:
    """Yes, this time suits. Saying it twice is saying it once."""
    with transaction() as session:
        booking, _ = _own(session, booking_id, by, now)
        if booking.status is BookingStatus.CANCELLED:
            raise TalkCancelled
        _comes(session, booking, by, now)
        _confirm(session, booking, by, now)
        return booking.id


def confirm_all(*, seen: Mapping[int, datetime], by: Actor, now: datetime) -> None:
    """Yes, all these times suit: every talk at the time that the family saw, or none of them."""
    with transaction() as session:
        found = [_find_own(session, booking_id, by, now) for booking_id in sorted(seen)]
        hold_all(session, [booking for booking, _ in found], now)
        for booking, home in found:
            is_off = booking.status is BookingStatus.CANCELLED or _stays_away(session, booking, home)
            if is_off or booking.starts_at != seen[booking.id]:
                raise TimesChanged
        for booking, _ in found:
            _confirm(session, booking, by, now)


def pick(
    *, round_id: int, pupil_id: int, slot_id: int, request_id: int | None = None, seen_at: datetime | None = None,
    visit: Visit | None = None, by: Actor, now: datetime,
) -> int:  # fmt: skip
    """Choose a time for a talk that has none yet; on an evening of several talks, for the one that was asked.

    `seen_at`: when this time began as the family saw it. A leader whose talks became longer begins at other moments.
    `visit`: the family would rather be visited at home, where its round lets it.
    """
    with transaction() as session:
        home = _home(session, by, pupil_id, now)
        found = _round(session, round_id)
        asked = _asked(session, round_id, home, request_id)
        leaders = _leaders(session, round_id, pupil_id, asked)
        with_whom = asked.household_id if asked else asking.household_for(session, home, found)
        hold(session, pupil_id, with_whom, now, leaders, asking.leader_slots(session, round_id, leaders))
        standing = asking.find_live(session, round_id, home, request_id)
        if standing and _begins_at(standing, slot_id):
            return standing.id
        if standing:
            raise AlreadyBooked(standing.starts_at)
        rules_for(session, found, home, now).ensure_open(now)
        slots = _row(session, found, leaders, slot_id, with_whom, pupil_id, now, asked=asked)
        _ensure_as_seen(slots, seen_at)
        booking = take(
            session, round=found, pupil_id=pupil_id, household_id=with_whom, slots=slots, request_id=request_id,
            status=BookingStatus.CONFIRMED, origin=BookingOrigin.FAMILY, by=by, now=now,
        )  # fmt: skip
        if visit:
            ensure_at_home(booking, home)
            set_visit(session, booking, visit)
        if request_id is None:  # it came back on "no talk needed"
            said = NoTalkNeeded.round_id == round_id, NoTalkNeeded.pupil_id == pupil_id
            session.execute(delete(NoTalkNeeded).where(*said, NoTalkNeeded.household_id == home.household_id))
        _post(session, Letter.CONFIRMED, booking, now)
        return booking.id


def move(*, booking_id: int, slot_id: int, seen_at: datetime | None = None, by: Actor, now: datetime) -> int:
    """Choose another free time with the same leader; the old one stays until the new one is certain."""
    with transaction() as session:
        booking, home = _own(session, booking_id, by, now)
        if booking.status is BookingStatus.CANCELLED:
            raise TalkCancelled
        if _begins_at(booking, slot_id):
            return booking.id
        if asking.is_joint(booking, home):
            raise OtherHomeToo
        own = rules_for(session, booking.round, home, now)
        own.ensure_open(now)
        own.ensure_in_time(booking.starts_at, now)
        leaders = [booking.leader_id] if asking.is_open_leader(session, booking.round_id, booking.leader_id) else []
        asked = session.get(TalkRequest, booking.request_id) if booking.request_id else None
        slots = _row(
            session, booking.round, leaders, slot_id, booking.household_id, booking.pupil_id, now,
            besides=booking.id, asked=asked,
        )  # fmt: skip
        _ensure_as_seen(slots, seen_at)
        if booking.way and booking.met is Medium.HOME:
            ensure_room(session, booking, _span(slots), booking.way.visit)
        before = outbox.as_it_was(booking)
        move_to(session, booking=booking, slots=slots, by=by, now=now)
        booking.status, booking.confirmed_at, booking.origin = BookingStatus.CONFIRMED, now, BookingOrigin.FAMILY
        _post(session, Letter.CHANGED, booking, now, before)
        return booking.id


def cancel(*, booking_id: int, by: Actor, now: datetime) -> int:
    """We cannot come. Of a joint talk only this home stays away, as long as another home may still come."""
    with transaction() as session:
        booking, home = _own(session, booking_id, by, now)
        if booking.status is BookingStatus.CANCELLED:
            return booking.id
        rules(booking.round).ensure_in_time(booking.starts_at, now)
        if asking.is_joint(booking, home) and not _is_last(session, booking, home, by, now):
            return booking.id
        release(session, booking=booking, by=by, now=now)
        _post(session, Letter.CANCELLED, booking, now)
        return booking.id


def undo_cancel(*, booking_id: int, by: Actor, now: datetime) -> int:
    """We do come after all: the same time, if it is still free. For calendars it is a new talk: the other is over."""
    with transaction() as session:
        booking, home = _own(session, booking_id, by, now)
        if booking.status is not BookingStatus.CANCELLED:
            _comes(session, booking, by, now)
            return booking.id
        standing = asking.find_live(session, booking.round_id, home, booking.request_id)
        if standing and standing.starts_at == booking.starts_at:
            return standing.id
        if standing:
            raise AlreadyBooked(standing.starts_at)
        rules(booking.round).ensure_in_time(booking.starts_at, now)
        slots = [
            slot
            for slot in asking.leader_slots(session, booking.round_id, [booking.leader_id])
            if booking.starts_at <= slot.starts_at and slot.ends_at <= booking.ends_at
        ]
        if not slots or _span(slots) != Span(booking.starts_at, booking.ends_at):
            raise SlotTaken
        again = take(
            session, round=booking.round, pupil_id=booking.pupil_id, household_id=booking.household_id, slots=slots,
            request_id=booking.request_id, status=BookingStatus.CONFIRMED, origin=booking.origin, by=by, now=now,
            as_agreed=False,
        )  # fmt: skip
        if booking.way:
            again.way = booking.way.again()
            session.flush()
            _keep_way(session, again)
        others = homes_away(session, booking) - {home.household_id}
        session.add_all(BookingAbsence(booking_id=again.id, household_id=other, said_at=now) for other in others)
        phoning = phoning_homes(session, [booking.id])
        session.add_all(HomeByPhone(booking_id=again.id, household_id=one, said_at=now) for _talk, one in phoning)
        _post(session, Letter.CONFIRMED, again, now)
        return again.id


def ask_call(*, round_id: int, pupil_id: int, by: Actor, now: datetime) -> None:
    """A family without a talk asks the leader to call. Asking twice is asking once."""
    with transaction() as session:
        home = _home(session, by, pupil_id, now)
        hold(session, pupil_id, home.household_id, now)
        standing = asking.find_live(session, round_id, home)
        if standing and not _stays_away(session, standing, home):
            raise TalkStands(standing.starts_at)
        if not standing and not asking.open_leaders(session, round_id, pupil_id):
            raise NotFound
        if find_call(session, round_id, home):
            return
        session.add(
            CallRequest(
                round_id=round_id, pupil_id=pupil_id, household_id=home.household_id, asked_at=now,
                guardian_id=by.id if by.kind is ActorKind.GUARDIAN else None,
            )
        )  # fmt: skip
        record(
            session, by=by, action="bookings.ask_call", subject="pupil", subject_id=pupil_id, now=now, round=round_id
        )


def take(
    session: Session, *, round: Round, pupil_id: int, household_id: int | None, slots: Sequence[Slot],
    status: BookingStatus, origin: BookingOrigin, by: Actor, now: datetime, request_id: int | None = None,
    as_agreed: bool = True,
) -> Booking:  # fmt: skip
    """A new talk on these adjacent slots. Who takes many at once, holds all households, then all slots, beforehand.

    `as_agreed`: people meet as the family agreed; else as whoever calls says.
    """
    span = _span(slots)
    hold(session, pupil_id, household_id, now, [slots[0].leader_id], slots)
    _ensure_nobody_is_busy(session, pupil_id, household_id, slots[0].leader_id, span)
    _ensure_no_talk_yet(session, round.id, pupil_id, household_id, request_id, local(span.starts_at).date())
    booking = Booking(
        round_id=round.id, pupil_id=pupil_id, household_id=household_id, leader_id=slots[0].leader_id,
        request_id=request_id,
        starts_at=span.starts_at, ends_at=span.ends_at, room=slots[0].room, status=status, origin=origin,
        ical_uid=new_ical_uid(), ical_stamp=now,
        confirmed_at=now if status is BookingStatus.CONFIRMED else None,
    )  # fmt: skip
    session.add(booking)
    session.flush()
    _claim(session, booking, slots)
    if as_agreed:
        meet_as_agreed(session, booking, agreed_parts(session, round.id, frozenset({pupil_id})), now)
    _note(session, "bookings.take", booking, by, now, slots=[slot.id for slot in slots])
    return booking


def meet_as_agreed(session: Session, booking: Booking, agreed: AgreedParts, now: datetime) -> None:
    """On the phone or by video where that was agreed.

    In a joint talk at school only the homes that agreed on it are called; by video is a talk in which every home is.
    """
    homes: set[int | None] = {booking.household_id}
    if booking.household_id is None:
        homes = {*asking.homes_invited(session, booking.pupil_id, local(booking.starts_at).date())} or homes
    phoning = agreed.homes_by_phone(booking.pupil_id, homes)
    if phoning == homes:
        booking.way = TalkWay()
        booking.way.become(Medium.PHONE)
    elif agreed.homes_by_video(booking.pupil_id, homes) == homes:
        link = new_join_link(video_template(session))
        booking.way = TalkWay()
        booking.way.become(Medium.VIDEO, join_link=link)
    else:
        session.add_all(
            HomeByPhone(booking_id=booking.id, household_id=home, said_at=now) for home in phoning if home
        )  # fmt: skip
    session.flush()


def move_to(session: Session, *, booking: Booking, slots: Sequence[Slot], by: Actor, now: datetime) -> None:
    """The same talk on other adjacent slots: the old ones are free at the moment the new ones are taken."""
    span = _span(slots)
    hold(session, booking.pupil_id, booking.household_id, now, [slots[0].leader_id], [*booking.slots, *slots])
    if booking.status is BookingStatus.CANCELLED:
        raise TalkCancelled
    _ensure_nobody_is_busy(
        session, booking.pupil_id, booking.household_id, slots[0].leader_id, span, besides=booking.id
    )
    was, left = asking.answer_of(booking).as_facts(), _leave_slots(session, booking)
    _claim(session, booking, slots)
    booking.leader_id, booking.room = slots[0].leader_id, slots[0].room
    booking.starts_at, booking.ends_at = span.starts_at, span.ends_at
    _keep_way(session, booking)
    _changed(booking, now)
    _note(session, "bookings.move", booking, by, now, left=left, slots=[slot.id for slot in slots], was=was)


def exchange(session: Session, *, moves: Sequence[tuple[Booking, Sequence[Slot]]], by: Actor, now: datetime) -> None:
    """These talks of one leader change times together: each gives up its slots before the first takes new ones.

    Who calls holds every family and slot of this leader beforehand.
    """
    for booking, slots in moves:
        if booking.status is BookingStatus.CANCELLED:
            raise TalkCancelled
        if len(slots) != len(booking.slots) or any(slot.leader_id != booking.leader_id for slot in slots):
            raise SlotTaken
    was = {booking.id: asking.answer_of(booking).as_facts() for booking, _ in moves}
    left = {booking.id: _leave_slots(session, booking) for booking, _ in moves}
    for booking, slots in moves:
        _claim(session, booking, slots)
        span = _span(slots)
        booking.starts_at, booking.ends_at, booking.room = span.starts_at, span.ends_at, slots[0].room
        _changed(booking, now)
    session.flush()
    for booking, slots in moves:
        _ensure_nobody_is_busy(
            session, booking.pupil_id, booking.household_id, booking.leader_id, _span(slots), besides=booking.id
        )
        _keep_way(session, booking)
        _note(
            session, "bookings.swap", booking, by, now, left=left[booking.id], slots=[slot.id for slot in slots],
            talks=len(moves), was=was[booking.id],
        )  # fmt: skip


def answer_again(booking: Booking, answer: Answer | None) -> None:
    """The talk is back at its earlier time: what its family said to that time counts again."""
    if answer is not None:
        booking.status, booking.confirmed_at, booking.origin = answer.status, answer.confirmed_at, answer.origin


def share(session: Session, *, booking: Booking, by: Actor, now: datetime) -> None:
    """The same talk at the same time, from now on with every home: each is asked whether the time suits."""
    hold(session, booking.pupil_id, None, now, [booking.leader_id], booking.slots)
    if booking.status is BookingStatus.CANCELLED:
        raise TalkCancelled
    span = Span(booking.starts_at, booking.ends_at)
    _ensure_nobody_is_busy(session, booking.pupil_id, None, booking.leader_id, span, besides=booking.id)
    before = booking.household_id
    booking.household_id, booking.status, booking.confirmed_at = None, BookingStatus.INVITED, None
    if booking.met is Medium.HOME:
        booking.way = None  # two homes meet at school
    _changed(booking, now)
    _note(session, "bookings.share", booking, by, now, household=before)


def change_room(session: Session, *, booking: Booking, room: str, by: Actor, now: datetime) -> None:
    """The same talk in another room; a family that knows of the talk hears it. Hold everybody first: `hold_all`."""
    before, left = outbox.as_it_was(booking), booking.room
    booking.room = room
    _changed(booking, now)
    _note(session, "bookings.change_room", booking, by, now, left=left)
    if booking.invited_at is not None or booking.confirmed_at is not None:
        _post(session, Letter.CHANGED, booking, now, before)


def change_way(
    session: Session, *, booking: Booking, way: Medium, join_link: str = "", visit: Visit | None = None, by: Actor,
    now: datetime,
) -> None:  # fmt: skip
    """The same talk at the same time, met in another way; a family that knows of the talk hears it.

    Hold everybody first: `hold_all`.
    """
    before, left = outbox.as_it_was(booking), booking.met
    if visit:
        set_visit(session, booking, visit)
    elif way is Medium.SCHOOL:
        booking.way = None
    else:
        booking.way = booking.way or TalkWay()
        booking.way.become(way, join_link=join_link)
    session.flush()
    _changed(booking, now)
    _note(session, "bookings.change_way", booking, by, now, left=left.value, way=way.value)
    if booking.invited_at is not None or booking.confirmed_at is not None:
        _post(session, Letter.CHANGED, booking, now, before)


def lengthen(session: Session, *, booking: Booking, by: Actor, now: datetime) -> bool:
    """Add the slot right after this talk, if it is free, nobody is busy then and the leader keeps a pause."""
    offered = asking.leader_slots(session, booking.round_id, [booking.leader_id])
    after = next((slot for slot in offered if slot.starts_at == booking.ends_at), None)
    if after is None or after.blocked or after.booking_id is not None:
        return False
    slots = [*booking.slots, after]
    taken = [_span([slot]) for slot in offered if slot.booking_id not in (None, booking.id)]
    if not keeps_pause([_span([slot]) for slot in slots], taken, booking.round.max_in_a_row):
        return False
    if _is_somebody_busy(session, booking, _span([after])):
        return False
    before = outbox.as_it_was(booking)
    move_to(session, booking=booking, slots=slots, by=by, now=now)
    _post(session, Letter.CHANGED, booking, now, before)
    return True


def ensure_at_home(booking: Booking, home: Home) -> None:
    """A family of this round may be visited; a talk with another home too is at school."""
    if asking.is_joint(booking, home) or not may_be_at_home(booking.round.kind, home_visits()):
        raise WayNotOffered


def set_visit(session: Session, booking: Booking, visit: Visit) -> None:
    """This talk is at the family's home from now on, if there is time to be on the way. Hold everybody first."""
    fit = visit.ensure_fit()
    ensure_room(session, booking, Span(booking.starts_at, booking.ends_at), fit)
    booking.way = booking.way or TalkWay()
    booking.way.become(Medium.HOME, visit=fit)
    session.flush()


def ensure_room(session: Session, booking: Booking, span: Span, visit: Visit) -> None:
    """Before and after this time neither the visitor nor the family has another talk too soon to be on the way."""
    expected = asking.expected_guardians(session, booking.pupil_id, booking.household_id, local(span.starts_at).date())
    taken = taken_around(session, guardians=expected, leader_id=booking.leader_id, besides=booking.id)
    if not has_room(span, visit, taken):
        raise NoRoomForVisit(span.starts_at)


def release(session: Session, *, booking: Booking, by: Actor, now: datetime) -> None:
    """The talk is off; its slots are free for others. The row stays, and knows what it was."""
    hold(session, booking.pupil_id, booking.household_id, now, slots=booking.slots)
    if booking.status is BookingStatus.CANCELLED:
        return
    left = _leave_slots(session, booking)
    holds.let_go_of_talk(session, booking.id)
    booking.status, booking.cancelled_at = BookingStatus.CANCELLED, now
    _changed(booking, now)
    _note(session, "bookings.release", booking, by, now, left=left)


def hold(
    session: Session, pupil_id: int, household_id: int | None, now: datetime,
    leaders: Sequence[int] = (), slots: Sequence[Slot] = (),
) -> None:  # fmt: skip
    """Lock everybody a change touches: households first, then slots. The leader may be somebody's parent too."""
    if is_alone(session):
        return
    guardians = asking.expected_guardians(session, pupil_id, household_id, local(now).date())
    guardians |= asking.guardians_among(session, leaders)
    wanted = [slot.id for slot in slots]
    lock(session, Household, asking.households_around(session, pupil_id, guardians))
    lock(session, Slot, wanted)


def row_for(
    session: Session, found: Round, asked: TalkRequest, slot_id: int, seen_at: datetime, now: datetime
) -> list[Slot]:
    """The slots from this one on that a family may take now for a talk that was asked, if they still begin when the
    family saw. Hold everybody first."""
    row = _row(session, found, [asked.teacher_id], slot_id, asked.household_id, asked.pupil_id, now, asked=asked)
    _ensure_as_seen(row, seen_at)
    return row


def rules(found: Round) -> Rules:
    """When this round lets families choose."""
    return Rules(timedelta(hours=found.lead_time_hours), found.opens_at, found.closes_at)


def rules_for(session: Session, found: Round, home: Home, now: datetime) -> Rules:
    """When this round lets this home choose: where it opens in turns, from its own turn on."""
    return replace(rules(found), opens_at=turns.opens_for(session, found, home, local(now).date()))


def find_call(session: Session, round_id: int, home: Home) -> CallRequest | None:
    """The call this home asked for and has not had yet."""
    wanted = select(CallRequest).where(
        CallRequest.round_id == round_id, CallRequest.pupil_id == home.pupil_id, CallRequest.done_at.is_(None),
        CallRequest.household_id == home.household_id,
    )  # fmt: skip
    return session.scalars(wanted).first()


def _own(session: Session, booking_id: int, by: Actor, now: datetime) -> tuple[Booking, Home]:
    """This talk as its family holds it, with everybody it touches holding still; somebody else's is not there."""
    booking, home = _find_own(session, booking_id, by, now)
    leaders = [booking.leader_id]
    offered = asking.leader_slots(session, booking.round_id, leaders)
    hold(session, booking.pupil_id, booking.household_id, now, leaders, offered)
    return booking, home


def _find_own(session: Session, booking_id: int, by: Actor, now: datetime) -> tuple[Booking, Home]:
    booking = session.get(Booking, booking_id)
    if booking is None:
        raise NotFound
    home = _home(session, by, booking.pupil_id, now)
    if not asking.is_of(booking, home):
        raise NotFound
    return booking, home


def hold_all(session: Session, talks: Sequence[Booking], now: datetime) -> None:
    """Lock everybody whom several talks touch: all households first, then all slots of their leaders."""
    if is_alone(session):
        return
    hold_everybody(session, [(one.round_id, one.pupil_id, one.household_id, one.leader_id) for one in talks], now)


def hold_everybody(session: Session, talks: Sequence[tuple[int, int, int | None, int]], now: datetime) -> None:
    """The same, of talks that may still have to be made: of which round, pupil and home, with which leader."""
    if is_alone(session):
        return
    on = local(now).date()
    homes: set[int] = set()
    slots: set[int] = set()
    for round_id, pupil_id, household_id, leader_id in talks:
        guardians = asking.expected_guardians(session, pupil_id, household_id, on)
        guardians |= asking.guardians_among(session, [leader_id])
        homes.update(asking.households_around(session, pupil_id, guardians))
        slots.update(slot.id for slot in asking.leader_slots(session, round_id, [leader_id]))
    lock(session, Household, homes)
    lock(session, Slot, slots)


def _confirm(session: Session, booking: Booking, by: Actor, now: datetime) -> None:
    if booking.status is BookingStatus.INVITED:
        booking.status, booking.confirmed_at = BookingStatus.CONFIRMED, now
        booking.version += 1
        _note(session, "bookings.confirm", booking, by, now)
        _post(session, Letter.CONFIRMED, booking, now)


def _home(session: Session, by: Actor, pupil_id: int, now: datetime) -> Home:
    home = asking.find_home(session, by, pupil_id, local(now).date())
    if home is None:
        raise NotFound
    return home


def _round(session: Session, round_id: int) -> Round:
    found = asking.find_round(session, round_id)
    if found is None:
        raise NotFound
    return found


def _row(
    session: Session, found: Round, leaders: Sequence[int], slot_id: int, household_id: int | None, pupil_id: int,
    now: datetime, besides: int | None = None, asked: TalkRequest | None = None,
) -> list[Slot]:  # fmt: skip
    """The slots from this one on that a family may take now, as many as its talk needs.

    Of an evening with several talks: with time to walk from one to the other.
    """
    slots = asking.leader_slots(session, found.id, leaders)
    first = next((slot for slot in slots if slot.id == slot_id), None)
    if first is None:
        raise NotFound
    rules(found).ensure_in_time(first.starts_at, now)
    count = slots_needed(interpreter=bool(asking.interpreter_language(session, found.id, pupil_id, household_id)))
    count = max(count, asked.slots) if asked else count
    own = [slot for slot in slots if slot.leader_id == first.leader_id]
    row = own[own.index(first) :][:count]
    adjoin = all(a.ends_at == b.starts_at for a, b in itertools.pairwise(row))
    taken = [_span([slot]) for slot in own if slot.booking_id not in (None, besides)]
    spans = [_span([slot]) for slot in row]
    if len(row) < count or not adjoin or not keeps_pause(spans, taken, found.max_in_a_row):
        raise SlotTaken
    held = asking.held_slots(session, found.id, [first.leader_id], now, besides=asked.id if asked else None)
    if any(slot.id in held for slot in row):
        raise SlotTaken
    if asked:
        _ensure_time_to_walk(session, asked, first.leader_id, _span(row), besides)
    return row


def _ensure_as_seen(slots: Sequence[Slot], seen_at: datetime | None) -> None:
    if seen_at is not None and slots[0].starts_at != seen_at:
        raise SlotTaken


def _ensure_time_to_walk(session: Session, asked: TalkRequest, leader_id: int, span: Span, besides: int | None) -> None:
    expected = asking.expected_guardians(session, asked.pupil_id, asked.household_id, local(span.starts_at).date())
    walking = asking.times_walking(session, guardians=expected, leader_id=leader_id, besides=besides)
    if any(map(span.overlaps, walking)):
        raise FamilyBusy(span.starts_at)


def _asked(session: Session, round_id: int, home: Home, request_id: int | None) -> TalkRequest | None:
    """The request a talk is chosen for; somebody else's is not there."""
    if request_id is None:
        return None
    asked = asking.find_request(session, round_id, home, request_id)
    if asked is None:
        raise NotFound
    return asked


def _leaders(session: Session, round_id: int, pupil_id: int, asked: TalkRequest | None) -> list[int]:
    """With whom a first time may be chosen."""
    if asked is None:
        return asking.open_leaders(session, round_id, pupil_id)
    return [asked.teacher_id] if asking.is_open_leader(session, round_id, asked.teacher_id) else []


def _claim(session: Session, booking: Booking, slots: Sequence[Slot]) -> None:
    """Compare and set: these slots, only if every one of them is still free."""
    wanted = [slot.id for slot in slots]
    got = session.execute(
        update(Slot)
        .where(Slot.id.in_(wanted), Slot.booking_id.is_(None), Slot.blocked.is_(False))
        .values(booking_id=booking.id, version=Slot.version + 1)
        .returning(Slot.id)
        .execution_options(synchronize_session=False)
    ).all()
    if len(got) != len(wanted):
        raise SlotTaken
    _forget(session, booking, slots)


def _leave_slots(session: Session, booking: Booking) -> list[int]:
    left = list(booking.slots)
    session.execute(
        update(Slot)
        .where(Slot.booking_id == booking.id)
        .values(booking_id=None, version=Slot.version + 1)
        .execution_options(synchronize_session=False)
    )
    _forget(session, booking, left)
    return [slot.id for slot in left]


def _forget(session: Session, booking: Booking, slots: Sequence[Slot]) -> None:
    for slot in slots:
        session.expire(slot, ["booking_id", "booking", "version"])
    session.expire(booking, ["slots"])


def _ensure_nobody_is_busy(
    session: Session, pupil_id: int, household_id: int | None, leader_id: int, span: Span, besides: int | None = None
) -> None:
    expected = asking.expected_guardians(session, pupil_id, household_id, local(span.starts_at).date())
    if any(map(span.overlaps, asking.busy_spans(session, guardians=expected, besides=besides))):
        raise FamilyBusy(span.starts_at)
    travelling = asking.times_travelling(session, guardians=expected, pupil_id=pupil_id, besides=besides)
    if any(map(span.overlaps, travelling)):
        raise NotThereInTime(span.starts_at)
    interpreters = interpreters_of(session, pupil_id, expected)
    lock(session, Outsider, interpreters)
    if any(map(span.overlaps, times_interpreting(session, interpreters, besides=besides))):
        raise InterpreterElsewhere(span.starts_at)
    # The child's talk with the other home, or too near to one of that home, or the leader's own child's: only that
    # this time is gone may be known.
    leading = asking.guardians_among(session, [leader_id])
    gone = asking.busy_spans(session, guardians=leading, pupil_id=pupil_id, besides=besides)
    gone += times_gone(session, expected, besides=besides)
    gone += asking.times_travelling(session, guardians=(), pupil_id=pupil_id, besides=besides, leader_id=leader_id)
    gone += times_joining(session, leader_id, besides=besides)
    if any(map(span.overlaps, gone)):
        raise SlotTaken


def _is_somebody_busy(session: Session, booking: Booking, span: Span) -> bool:
    expected = asking.expected_guardians(session, booking.pupil_id, booking.household_id, local(span.starts_at).date())
    out = asking.times_out(
        session, guardians=expected, leader_id=booking.leader_id, pupil_id=booking.pupil_id, besides=booking.id
    )
    return any(map(span.overlaps, out))


def _ensure_no_talk_yet(
    session: Session, round_id: int, pupil_id: int, household_id: int | None, request_id: int | None, on: date
) -> None:
    own = asking.expected_guardians(session, pupil_id, household_id, on)
    joins = not own or bool(own & asking.expected_guardians(session, pupil_id, None, on))
    standing = asking.find_live(session, round_id, Home(pupil_id, household_id, frozenset(), joins), request_id)
    if standing:
        raise AlreadyBooked(standing.starts_at)


def _is_last(session: Session, booking: Booking, home: Home, by: Actor, now: datetime) -> bool:
    """This home stays away; did every other home say so before?"""
    if not _stays_away(session, booking, home):
        session.add(BookingAbsence(booking_id=booking.id, household_id=home.household_id, said_at=now))
        session.flush()
        _note(session, "bookings.stay_away", booking, by, now, household=home.household_id)
    return home.homes <= homes_away(session, booking)


def homes_away(session: Session, booking: Booking) -> set[int]:
    return set(session.scalars(select(BookingAbsence.household_id).where(BookingAbsence.booking_id == booking.id)))


def _comes(session: Session, booking: Booking, by: Actor, now: datetime) -> None:
    """Take back that this home stays away."""
    home = _home(session, by, booking.pupil_id, now)
    absence = session.get(BookingAbsence, (booking.id, home.household_id)) if home.household_id else None
    if absence:
        session.delete(absence)
        _note(session, "bookings.come_after_all", booking, by, now, household=home.household_id)


def _stays_away(session: Session, booking: Booking, home: Home) -> bool:
    return home.household_id is not None and session.get(BookingAbsence, (booking.id, home.household_id)) is not None


def _begins_at(booking: Booking, slot_id: int) -> bool:
    return bool(booking.slots) and booking.slots[0].id == slot_id


def _span(slots: Sequence[Slot]) -> Span:
    return Span(slots[0].starts_at, slots[-1].ends_at)


def _keep_way(session: Session, booking: Booking) -> None:
    """A visit at its new time, if there is time to be on the way; else the talk is at school, as its letter says."""
    if booking.way is None or booking.met is not Medium.HOME:
        return
    session.flush()
    try:
        ensure_room(session, booking, Span(booking.starts_at, booking.ends_at), booking.way.visit)
    except NoRoomForVisit:
        booking.way = None
        session.flush()


def _changed(booking: Booking, now: datetime) -> None:
    booking.ical_sequence += 1
    booking.ical_stamp = now
    booking.version += 1


def _note(session: Session, action: str, booking: Booking, by: Actor, now: datetime, **facts: object) -> None:
    record(
        session, by=by, action=action, subject="booking", subject_id=booking.id, now=now,
        starts_at=booking.starts_at.isoformat(), **facts,
    )  # fmt: skip


def _post(
    session: Session, letter: Letter, booking: Booking, now: datetime, facts: dict[str, Any] | None = None
) -> None:
    outbox.post(session, letter=letter, booking=booking, now=now, facts=facts)
