"""How a family and a leader meet in a talk of a round: the family chooses, or the school writes it down for it."""

from datetime import datetime

from sqlalchemy.orm import Session

from scheduling.domain.errors import NotFound
from scheduling.domain.journal import Actor
from scheduling.domain.leading import ensure_ahead
from scheduling.domain.rounds import BookingStatus, OtherHomeToo, TalkCancelled
from scheduling.domain.single_talks import JoinLinkUsed, Medium, https, new_join_link
from scheduling.domain.timeslots import local
from scheduling.domain.ways import WAYS, WayNotOffered, ways_for_family
from scheduling.models import Booking, School, StandingRound
from scheduling.queries import bookings as asking
from scheduling.queries.single_talks import is_link_used, video_template
from scheduling.services import bookings
from scheduling.services.transaction import lock, transaction


def choose(*, booking_id: int, way: Medium, by: Actor, now: datetime) -> None:
    """The family says how it would like to meet, until it may change nothing any more. Twice is once.

    A talk with another home too is for the school to change: that home comes as well.
    """
    with transaction() as session:
        booking = _talk(session, booking_id)
        home = asking.find_home(session, by, booking.pupil_id, local(now).date())
        if home is None or not asking.is_of(booking, home):
            raise NotFound
        bookings.hold_all(session, [booking], now)
        _ensure_stands(booking)
        if asking.is_joint(booking, home):
            raise OtherHomeToo
        bookings.rules(booking.round).ensure_in_time(booking.starts_at, now)
        template = video_template(session)
        by_video = booking.round.by_video and bool(template)
        if way not in ways_for_family(by_phone=booking.round.by_phone, by_video=by_video, met=booking.met):
            raise WayNotOffered
        if way is booking.met:
            return
        link = new_join_link(template) if way is Medium.VIDEO else ""
        bookings.change_way(session, booking=booking, way=way, join_link=link, by=by, now=now)


def set_way(*, booking_id: int, leader_id: int, way: Medium, join_link: str, by: Actor, now: datetime) -> None:
    """The school writes down how this family would like to meet; a video call may have a link that was pasted."""
    with transaction() as session:
        booking = _talk(session, booking_id)
        if booking.leader_id != leader_id:
            raise NotFound
        bookings.hold_all(session, [booking], now)
        _ensure_stands(booking)
        ensure_ahead(booking.ends_at, now)
        if way not in WAYS:
            raise WayNotOffered
        link = _link(session, booking, join_link.strip(), now) if way is Medium.VIDEO else ""
        if (way, link) == (booking.met, booking.way.join_link if booking.way else ""):
            return
        bookings.change_way(session, booking=booking, way=way, join_link=link, by=by, now=now)


def _link(session: Session, booking: Booking, pasted: str, now: datetime) -> str:
    """What was pasted, what this talk has already, or a new one; never that of another talk."""
    if not pasted:
        if booking.way and booking.way.join_link:
            return booking.way.join_link
        return https(new_join_link(video_template(session)))
    link = https(pasted)
    lock(session, School, [1])  # of two leaders who paste the same link, one hears that it is taken
    if is_link_used(session, link, besides_talk=booking.id, now=now):
        raise JoinLinkUsed("join_link")
    return link


def _talk(session: Session, booking_id: int) -> Booking:
    """A talk of a round; how a talk for one pupil is held, was proposed with it."""
    booking = session.get(Booking, booking_id)
    if booking is None or session.get(StandingRound, booking.round_id) is not None:
        raise NotFound
    return booking


def _ensure_stands(booking: Booking) -> None:
    if booking.status is BookingStatus.CANCELLED:
        raise TalkCancelled
