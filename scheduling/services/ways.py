"""How a family and a leader meet in a talk of a round: the family chooses, or the school writes it down for it."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from scheduling.domain.errors import NotFound
from scheduling.domain.journal import Actor
from scheduling.domain.leading import ensure_ahead
from scheduling.domain.mailings import Letter
from scheduling.domain.rounds import BookingStatus, OtherHomeToo, TalkCancelled
from scheduling.domain.single_talks import JoinLinkUsed, Medium, https, may_be_at_home, new_join_link
from scheduling.domain.timeslots import local
from scheduling.domain.ways import (
    NobodyAtTheTable,
    Visit,
    WayChangedMeanwhile,
    WayNotOffered,
    seen_as,
    ways_beside_other_home,
    ways_for_family,
    ways_for_school,
)
from scheduling.models import Booking, HomeByPhone, StandingRound
from scheduling.queries import bookings as asking
from scheduling.queries.agreed_rounds import agreed_parts
from scheduling.queries.school import video_template
from scheduling.queries.single_talks import home_visits, is_link_used
from scheduling.services import bookings, outbox, single_talks
from scheduling.services.journal import record
from scheduling.services.transaction import transaction


def choose(*, booking_id: int, way: Medium, address: str = "", by: Actor, now: datetime) -> None:
    """The family says how it would like to meet, until it may change nothing any more. Twice is once.

    At home: `address` says where, if the family wants to; only the visitor reads it. In a talk with another home too
    it is only about this home: on the phone, or at the table as well.
    """
    with transaction() as session:
        booking = _talk(session, booking_id)
        home = asking.find_home(session, by, booking.pupil_id, local(now).date())
        if home is None or not asking.is_of(booking, home):
            raise NotFound
        bookings.hold_all(session, [booking], now)
        _ensure_stands(booking)
        bookings.rules(booking.round).ensure_in_time(booking.starts_at, now)
        if asking.is_joint(booking, home):
            _take_part(session, booking, home.household_id, way, by, now)
            return
        template = video_template(session)
        by_video = booking.round.by_video and bool(template)
        at_home = may_be_at_home(booking.round.kind, home_visits())
        agreed = agreed_parts(session, booking.round_id, frozenset({booking.pupil_id}))
        by_phone = booking.round.by_phone or (home.pupil_id, home.household_id) in agreed.phone
        offered = ways_for_family(by_phone=by_phone, by_video=by_video, at_home=at_home, met=booking.met)
        if way not in offered:
            raise WayNotOffered
        if way is Medium.HOME:
            _visit(session, booking, _visit_of(booking, address), by, now)
        elif way is not booking.met:
            link = new_join_link(template) if way is Medium.VIDEO else ""
            bookings.change_way(session, booking=booking, way=way, join_link=link, by=by, now=now)


def set_way(
    *, booking_id: int, leader_id: int, way: Medium, join_link: str, seen: str, visit: Visit | None = None, by: Actor,
    now: datetime,
) -> None:  # fmt: skip
    """The school writes down how this family would like to meet; a video call may have a link that was pasted.

    At home only in a round in which families may say so, and with how long the visitor is on the way. `seen`: what
    stood there when the colleague looked. Of two who write at once, one hears what the other wrote.
    """
    with transaction() as session:
        if way is Medium.VIDEO and join_link.strip():
            single_talks.hold_links(session)
        booking = _talk(session, booking_id)
        if booking.leader_id != leader_id:
            raise NotFound
        bookings.hold_all(session, [booking], now)
        _ensure_stands(booking)
        ensure_ahead(booking.ends_at, now)
        if way not in ways_for_school(at_home=may_be_at_home(booking.round.kind, home_visits()), met=booking.met):
            raise WayNotOffered
        if way is Medium.HOME:
            homes = asking.homes_invited(session, booking.pupil_id, local(now).date())
            if booking.household_id is None and len(homes) > 1:
                raise OtherHomeToo
            if booking.met is not Medium.HOME:
                _ensure_as_seen(booking, seen)
            _visit(session, booking, visit or Visit(), by, now)
            return
        link = _link(session, booking, join_link.strip(), now) if way is Medium.VIDEO else ""
        if (way, link) == (booking.met, _link_of(booking)):
            return
        _ensure_as_seen(booking, seen)
        bookings.change_way(session, booking=booking, way=way, join_link=link, by=by, now=now)


def set_part(
    *, booking_id: int, leader_id: int, phoning: Collection[int], by: Actor, now: datetime
) -> None:  # fmt: skip
    """The school writes down which of the homes of a joint talk take part on the phone: `phoning`; not all of them."""
    with transaction() as session:
        booking = _talk(session, booking_id)
        homes = asking.homes_invited(session, booking.pupil_id, local(now).date())
        if booking.leader_id != leader_id or booking.household_id is not None or len(homes) < 2:
            raise NotFound
        bookings.hold_all(session, [booking], now)
        _ensure_stands(booking)
        ensure_ahead(booking.ends_at, now)
        if homes <= set(phoning):
            raise NobodyAtTheTable
        for household_id in sorted(homes):
            way = Medium.PHONE if household_id in phoning else booking.met
            _take_part(session, booking, household_id, way, by, now)


def _take_part(
    session: Session, booking: Booking, household_id: int | None, way: Medium, by: Actor, now: datetime
) -> None:
    """This home is on the phone in a talk at school, or at the table; it alone hears of it."""
    if household_id is None or way not in ways_beside_other_home(booking.met):
        raise OtherHomeToo
    known = session.get(HomeByPhone, (booking.id, household_id))
    if (known is not None) is (way is Medium.PHONE):
        return
    if known is None:
        session.add(HomeByPhone(booking_id=booking.id, household_id=household_id, said_at=now))
    else:
        session.delete(known)
    left = Medium.SCHOOL if known is None else Medium.PHONE
    record(
        session, by=by, action="ways.take_part", subject="booking", subject_id=booking.id, now=now,
        household=household_id, way=way.value,
    )  # fmt: skip
    if booking.invited_at is not None or booking.confirmed_at is not None:
        before = outbox.as_it_was(booking)
        before["was"]["way"] = left.value
        outbox.post_to_home(
            session, letter=Letter.CHANGED, booking=booking, household_id=household_id, now=now, facts=before
        )


def _visit(session: Session, booking: Booking, visit: Visit, by: Actor, now: datetime) -> None:
    """At home from now on; who was visited already hears nothing of another way there."""
    if booking.met is Medium.HOME:
        bookings.set_visit(session, booking, visit)
    else:
        bookings.change_way(session, booking=booking, way=Medium.HOME, visit=visit, by=by, now=now)


def _visit_of(booking: Booking, address: str) -> Visit:
    """Where the family says it is now, with the way there as the visitor set it before."""
    is_visit = booking.way is not None and booking.met is Medium.HOME
    return replace(booking.way.visit if booking.way and is_visit else Visit(), address=address)


def _link(session: Session, booking: Booking, pasted: str, now: datetime) -> str:
    """What was pasted, what this talk has already, or a new one; never that of another talk."""
    if not pasted:
        return _link_of(booking) or https(new_join_link(video_template(session)))
    link = https(pasted)
    if is_link_used(session, link, besides_talk=booking.id, now=now):
        raise JoinLinkUsed("join_link")
    return link


def _link_of(booking: Booking) -> str:
    return booking.way.join_link if booking.way else ""


def _ensure_as_seen(booking: Booking, seen: str) -> None:
    if seen_as(booking.met, _link_of(booking)) != seen:
        raise WayChangedMeanwhile(booking.met, _link_of(booking))


def _talk(session: Session, booking_id: int) -> Booking:
    """A talk of a round; how a talk for one pupil is held, was proposed with it."""
    booking = session.get(Booking, booking_id)
    if booking is None or session.get(StandingRound, booking.round_id) is not None:
        raise NotFound
    return booking


def _ensure_stands(booking: Booking) -> None:
    if booking.status is BookingStatus.CANCELLED:
        raise TalkCancelled
