"""Pupils with two homes: what the office arranges, what a home asks, and talks that are split or joined for it.

Changing the arrangement changes no talk: one that stands stays, until the office splits or joins it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.domain.errors import NotFound
from scheduling.domain.homes import (
    GivenOnRequest,
    HomeTalks,
    NoOwnTalkHere,
    NoSuchWish,
    NothingToJoin,
    NothingToSplit,
    OneHome,
    WishDecided,
    ensure_apart,
    ensure_far_enough,
    has_own_talks,
)
from scheduling.domain.journal import Actor
from scheduling.domain.mailings import Letter
from scheduling.domain.people import NoSuchPupil
from scheduling.domain.rounds import LIVE, BookingOrigin, BookingStatus, SlotTaken, slots_needed, starts_of
from scheduling.domain.timeslots import Span, local
from scheduling.models import Booking, Guardianship, Household, OwnTalkWish, Pupil, Round, SchoolYear, Slot, TwoHomes
from scheduling.queries import bookings as asking
from scheduling.queries import homes
from scheduling.services import bookings, outbox
from scheduling.services.journal import record
from scheduling.services.transaction import lock, transaction


def arrange(
    *, pupil_id: int, year_id: int, talks: HomeTalks | None, apart_minutes: int, by: Actor, now: datetime
) -> None:
    """One talk or two for this pupil this year, and how many minutes the homes' talks are kept apart at least."""
    with transaction() as session:
        _hold(session, pupil_id)
        if talks is not HomeTalks.APART and homes.has_talk_on_request(session, pupil_id):
            raise GivenOnRequest
        own = has_own_talks(homes.policy_of(session), talks)
        ensure_apart(apart_minutes, own_talks=own)
        if (talks or apart_minutes) and len(asking.homes_invited(session, pupil_id, local(now).date())) < 2:
            raise OneHome
        row = _row_of(session, pupil_id, year_id)
        row.talks, row.apart_minutes = talks, apart_minutes
        _note(session, "homes.arrange", pupil_id, by, now, talks=talks, apart_minutes=apart_minutes)


def ask(*, pupil_id: int, year_id: int, by: Actor, now: datetime) -> None:
    """A home would rather have a talk of its own. Asking twice is asking once; the other home hears nothing."""
    with transaction() as session:
        household_id = _asking_home(session, pupil_id, year_id, by, now)
        if _waiting(session, pupil_id, year_id, household_id):
            return
        session.add(
            OwnTalkWish(pupil_id=pupil_id, year_id=year_id, household_id=household_id, guardian_id=by.id, asked_at=now)
        )
        _note(session, "homes.ask", pupil_id, by, now)


def withdraw(*, pupil_id: int, year_id: int, by: Actor, now: datetime) -> None:
    """The home takes back what it asked."""
    with transaction() as session:
        household_id = _asking_home(session, pupil_id, year_id, by, now)
        for wish in _waiting(session, pupil_id, year_id, household_id):
            session.delete(wish)
            _note(session, "homes.withdraw", pupil_id, by, now)


def decide(*, wish_id: int, accept: bool, by: Actor, now: datetime) -> int:
    """The office gives each home a talk of its own, or leaves it at one talk; the pupil's id."""
    with transaction() as session:
        lock(session, OwnTalkWish, [wish_id])
        wish = session.get(OwnTalkWish, wish_id)
        if wish is None:
            raise NoSuchWish
        if wish.decided_at is not None:
            raise WishDecided
        same = _waiting(session, wish.pupil_id, wish.year_id) if accept else [wish]
        for one in same:
            one.decided_at, one.accepted, one.decided_by = now, accept, by.id
        if accept:
            _row_of(session, wish.pupil_id, wish.year_id).talks = HomeTalks.APART
        _note(session, "homes.accept" if accept else "homes.decline", wish.pupil_id, by, now)
        return wish.pupil_id


def split(*, round_id: int, pupil_id: int, slots: Mapping[int, int | None], by: Actor, now: datetime) -> None:
    """Each home gets a talk of its own instead of the joint one, at this time; None: it has no time yet.

    For calendars the joint talk is over and the own ones are new: who heard of it is told both.
    """
    with transaction() as session:
        joint = _joint(session, round_id, pupil_id, now)
        invited = asking.homes_invited(session, pupil_id, local(now).date())
        is_wanted = homes.each_has_own(session, pupil_id, joint.round.year_id)
        if not is_wanted or len(invited) < 2 or not slots.keys() <= invited:
            raise NothingToSplit
        offered = asking.leader_slots(session, round_id, [joint.leader_id])
        bookings.hold(session, pupil_id, None, now, [joint.leader_id], offered)
        _ensure_apart(session, joint, slots)
        heard = _has_heard(joint)
        bookings.release(session, booking=joint, by=by, now=now)
        if heard:
            outbox.post(session, letter=Letter.CANCELLED, booking=joint, now=now, facts={"homes": "apart"})
        for household_id, slot_id in sorted(slots.items()):
            if slot_id is not None:
                row = _row(session, joint, household_id, slot_id, now)
                own = bookings.take(
                    session, round=joint.round, pupil_id=pupil_id, household_id=household_id, slots=row,
                    status=BookingStatus.INVITED, origin=BookingOrigin.OFFICE, by=by, now=now,
                )  # fmt: skip
                _invite(session, own, now, heard=heard)
        _note(session, "homes.split", pupil_id, by, now, round=round_id)


def join(*, round_id: int, pupil_id: int, booking_id: int, by: Actor, now: datetime) -> None:
    """This home's talk becomes one with every home; those of the others are off."""
    with transaction() as session:
        kept, others = _kept_and_others(session, round_id, pupil_id, booking_id, now)
        if homes.each_has_own(session, pupil_id, kept.round.year_id):
            raise NothingToJoin
        bookings.hold_all(session, [kept, *others], now)
        heard = any(_has_heard(talk) for talk in (kept, *others))
        for other in others:
            told = _has_heard(other)
            bookings.release(session, booking=other, by=by, now=now)
            if told:
                outbox.post(session, letter=Letter.CANCELLED, booking=other, now=now, facts={"homes": "together"})
        bookings.share(session, booking=kept, by=by, now=now)
        _invite(session, kept, now, heard=heard)
        _note(session, "homes.join", pupil_id, by, now, round=round_id)


def _hold(session: Session, pupil_id: int) -> None:
    """Nobody books for this pupil's homes while the arrangement changes."""
    if session.get(Pupil, pupil_id) is None:
        raise NoSuchPupil
    lock(
        session, Household,
        session.scalars(select(Guardianship.household_id).where(Guardianship.pupil_id == pupil_id).distinct()),
    )  # fmt: skip


def _row_of(session: Session, pupil_id: int, year_id: int) -> TwoHomes:
    wanted = select(TwoHomes).where(TwoHomes.pupil_id == pupil_id, TwoHomes.year_id == year_id)
    row = session.scalar(wanted)
    if row is None:
        if session.get(SchoolYear, year_id) is None:
            raise NotFound
        row = TwoHomes(pupil_id=pupil_id, year_id=year_id, talks=None, apart_minutes=0)
        session.add(row)
    return row


def _asking_home(session: Session, pupil_id: int, year_id: int, by: Actor, now: datetime) -> int:
    """The home of this guardian, if it may ask; a child with one home looks like one that has own talks already."""
    _hold(session, pupil_id)
    home = asking.find_home(session, by, pupil_id, local(now).date())
    if home is None:
        raise NotFound
    if home.household_id is None or not home.has_another or not homes.may_ask_own(session, pupil_id, year_id):
        raise NoOwnTalkHere
    return home.household_id


def _waiting(session: Session, pupil_id: int, year_id: int, household_id: int | None = None) -> list[OwnTalkWish]:
    wanted = select(OwnTalkWish).where(
        OwnTalkWish.pupil_id == pupil_id, OwnTalkWish.year_id == year_id, OwnTalkWish.decided_at.is_(None)
    )
    if household_id is not None:
        wanted = wanted.where(OwnTalkWish.household_id == household_id)
    return list(session.scalars(wanted.order_by(OwnTalkWish.id)))


def _joint(session: Session, round_id: int, pupil_id: int, now: datetime) -> Booking:
    found = [talk for talk in _live(session, round_id, pupil_id, now) if talk.household_id is None]
    if not found:
        raise NothingToSplit
    return found[0]


def _kept_and_others(
    session: Session, round_id: int, pupil_id: int, booking_id: int, now: datetime
) -> tuple[Booking, list[Booking]]:
    own = {talk.id: talk for talk in _live(session, round_id, pupil_id, now) if talk.household_id is not None}
    kept = own.pop(booking_id, None)
    if kept is None:
        raise NothingToJoin
    return kept, list(own.values())


def _live(session: Session, round_id: int, pupil_id: int, now: datetime) -> list[Booking]:
    """The talks of this pupil in a round that still lie ahead."""
    if session.get(Round, round_id) is None:
        raise NotFound
    wanted = select(Booking).where(
        Booking.round_id == round_id, Booking.pupil_id == pupil_id, Booking.status.in_(LIVE), Booking.starts_at > now
    )
    return list(session.scalars(wanted.order_by(Booking.id)))


def _ensure_apart(session: Session, joint: Booking, slots: Mapping[int, int | None]) -> None:
    """The homes get different times, far enough apart: said before anything is released."""
    wanted = select(TwoHomes.apart_minutes).where(
        TwoHomes.pupil_id == joint.pupil_id, TwoHomes.year_id == joint.round.year_id
    )
    chosen = [session.get(Slot, slot_id) for slot_id in slots.values() if slot_id is not None]
    spans = [Span(slot.starts_at, slot.ends_at) for slot in chosen if slot]
    ensure_far_enough(spans, session.scalar(wanted) or 0)


def _row(session: Session, joint: Booking, household_id: int, slot_id: int, now: datetime) -> Sequence[Slot]:
    """The slots from this one on, as many as the talk with this home needs."""
    language = asking.interpreter_language(session, joint.round_id, joint.pupil_id, household_id)
    offered = {slot.id: slot for slot in asking.leader_slots(session, joint.round_id, [joint.leader_id])}
    ahead = [slot for slot in offered.values() if slot.starts_at > now and not slot.blocked and not slot.booking_id]
    rows = starts_of(map(asking.facts_of, ahead), slots_needed(interpreter=bool(language)))
    row = next((row for row in rows if row[0].id == slot_id), None)
    if row is None:
        raise SlotTaken
    return [offered[fact.id] for fact in row]


def _invite(session: Session, booking: Booking, now: datetime, *, heard: bool) -> None:
    """Families that heard of their talk are invited to the new one at once; others with everybody else."""
    if heard:
        booking.invited_at = now
        outbox.post(session, letter=Letter.INVITATION, booking=booking, now=now)


def _has_heard(booking: Booking) -> bool:
    return booking.invited_at is not None or booking.confirmed_at is not None


def _note(session: Session, action: str, pupil_id: int, by: Actor, now: datetime, **facts: object) -> None:
    record(session, by=by, action=action, subject="pupil", subject_id=pupil_id, now=now, **facts)
