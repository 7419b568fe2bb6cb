"""Talks made for one pupil, as their leader and as the family see them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session, selectinload

from scheduling.domain.errors import NotFound
from scheduling.domain.journal import Actor
from scheduling.domain.kinds import PupilPart
from scheduling.domain.people import Name
from scheduling.domain.rounds import LIVE, RoundKind
from scheduling.domain.single_talks import (
    OPEN,
    Details,
    HomeVisits,
    Medium,
    SingleState,
    VisitReason,
    around,
    equal_to,
)
from scheduling.domain.timeslots import Span, local
from scheduling.models import (
    Booking,
    ClassLeader,
    Enrolment,
    Guardian,
    Guardianship,
    Pupil,
    Round,
    School,
    SchoolDay,
    SingleTalk,
    SingleTime,
    Slot,
    Staff,
    TalkRequest,
    TalkWay,
    db,
)
from scheduling.queries import bookings as asking
from scheduling.queries.bookings import Home
from scheduling.queries.joining import times_joining
from scheduling.queries.kept_about import kinds_about
from scheduling.queries.leaders import year_at
from scheduling.queries.school import the_school
from scheduling.queries.support import busy_at_meetings

SHOWN_SLOTS = 24


@dataclass(frozen=True)
class ProposedTime:
    id: int
    span: Span


@dataclass(frozen=True)
class Single:
    """One talk made for one pupil."""

    id: int
    round_id: int
    request_id: int
    kind: RoundKind
    state: SingleState
    """Expired and called off are looked at now, not when somebody tidied up."""
    pupil_id: int
    pupil: Name
    household_id: int | None
    leader_id: int
    leader: Name
    leader_email: str
    subject: str
    details: Details
    times: tuple[ProposedTime, ...]
    expires_at: datetime | None
    rather: Medium | None
    booking_id: int | None
    span: Span | None
    """When it is, once agreed."""
    is_off: bool
    """It was agreed, and called off since."""
    asked_by_family: bool
    address: str
    note: str
    copied_at: datetime | None
    version: int
    year_id: int
    instead: tuple[Medium, ...] = ()
    """How the family may choose to meet in place of this."""

    @property
    def medium(self) -> Medium:
        return self.details.medium

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    def is_over(self, now: datetime) -> bool:
        """It was, is off, or will not be: nothing about it changes any more."""
        closed = self.state in (SingleState.DECLINED, SingleState.WITHDRAWN) or self.is_off
        return closed or (self.span is not None and self.span.ends_at <= now)

    def ahead(self, now: datetime) -> tuple[ProposedTime, ...]:
        """The proposed times that are still to come."""
        return tuple(time for time in self.times if time.span.starts_at > now)


@dataclass(frozen=True)
class AskableChild:
    """A child about whom a parent may ask a talk, and of whom."""

    pupil_id: int
    name: str
    leaders: tuple[tuple[int, Name], ...]


def of_leader(leader_id: int, year_id: int, now: datetime) -> tuple[Single, ...]:
    """What is still to be arranged first, then what is to come, then what was; the newest first."""
    found = _read(db.session(), and_(TalkRequest.teacher_id == leader_id, Round.year_id == year_id), now)
    return tuple(sorted(found, key=lambda one: (not one.is_open, one.span is None, -one.id)))


def of_year(year_id: int, now: datetime) -> tuple[Single, ...]:
    """All of the school, for the office."""
    return tuple(_read(db.session(), Round.year_id == year_id, now))


def the_one(single_id: int, now: datetime) -> Single | None:
    """Anybody's, for the office."""
    return next(iter(_read(db.session(), SingleTalk.id == single_id, now)), None)


def the_single(single_id: int, leader_id: int, now: datetime) -> Single:
    """One of this leader's; somebody else's is not there."""
    found = _read(db.session(), and_(SingleTalk.id == single_id, TalkRequest.teacher_id == leader_id), now)
    if not found:
        raise NotFound
    return found[0]


def single_of_booking(booking_id: int, now: datetime) -> Single | None:
    """What this talk was made from, if it was made for one pupil."""
    return next(iter(_read(db.session(), SingleTalk.booking_id == booking_id, now)), None)


def of_family(by: Actor, now: datetime) -> tuple[Single, ...]:
    """All of this year that are of the own home, or of both homes together."""
    session = db.session()
    homes = asking.find_homes(session, by, local(now).date())
    if TalkRequest not in kinds_about(session, [home.pupil_id for home in homes]):
        return ()
    wanted = and_(or_(false(), *(_is_of(home) for home in homes)), Round.year_id == year_at(now).id)
    found = _read(session, wanted, now)
    return tuple(sorted(found, key=lambda one: (one.span.starts_at if one.span else now, one.id)))


def of_home(single_id: int, by: Actor, now: datetime) -> Single:
    """One of the own home."""
    for one in of_family(by, now):
        if one.id == single_id:
            return one
    raise NotFound


def askable(by: Actor, now: datetime) -> tuple[AskableChild, ...]:
    """The own children, each with the leaders of its class."""
    session, year_id = db.session(), year_at(now).id
    pupils = [home.pupil_id for home in asking.find_homes(session, by, local(now).date())]
    rows = session.execute(
        select(Pupil.id, Pupil.given_name, Staff)
        .join(Enrolment, Enrolment.pupil_id == Pupil.id)
        .join(ClassLeader, ClassLeader.class_id == Enrolment.class_id)
        .join(Staff, Staff.id == ClassLeader.staff_id)
        .where(Pupil.id.in_(pupils), Enrolment.year_id == year_id, Enrolment.present)
        .order_by(Pupil.birth_date, Pupil.id, ClassLeader.position)
    )
    found: dict[int, tuple[str, list[tuple[int, Name]]]] = {}
    for pupil_id, name, staff in rows:
        found.setdefault(pupil_id, (name, []))[1].append((staff.id, staff.name))
    return tuple(AskableChild(pupil_id, name, tuple(leaders)) for pupil_id, (name, leaders) in found.items())


def read_for_letter(session: Session, single_id: int, now: datetime) -> Single | None:
    """As it stands when a letter about it leaves."""
    return next(iter(_read(session, SingleTalk.id == single_id, now)), None)


def single_of(session: Session, booking_id: int) -> SingleTalk | None:
    """What this talk was made from, if it was made for one pupil."""
    return session.scalar(select(SingleTalk).where(SingleTalk.booking_id == booking_id))


def single_request(session: Session, booking: Booking) -> int | None:
    """What a talk that was made for one pupil was asked by; of a talk of a round: nothing of its own."""
    return booking.request_id if single_of(session, booking.id) else None


def media_of(session: Session, booking_ids: Collection[int]) -> dict[int, Medium]:
    """How people meet in those of these talks that were made for one pupil."""
    if not booking_ids:
        return {}
    rows = session.execute(
        select(SingleTalk.booking_id, SingleTalk.medium).where(SingleTalk.booking_id.in_(booking_ids))
    )
    return {booking_id: medium for booking_id, medium in rows if booking_id is not None}


def leader_out(
    session: Session, leader_id: int, *, besides: int = 0, besides_meeting: int = 0, besides_talk: int = 0
) -> list[Span]:
    """When this leader has a talk, with the way to and from it, or proposed a time in `besides` any other talk.

    A talk to which this leader comes as the other mentor counts too; `besides_talk` not.
    """
    times = leader_times(
        session, leader_id, besides=besides, besides_meeting=besides_meeting, besides_talk=besides_talk
    )  # fmt: skip
    return [whole for _, whole in times]


def leader_times(
    session: Session, leader_id: int, *, besides: int = 0, besides_meeting: int = 0, besides_talk: int = 0
) -> list[tuple[Span, Span]]:
    """The same, each beside when it is without the way."""
    agreed = (
        select(
            Booking.starts_at, Booking.ends_at, func.coalesce(SingleTalk.travel_before, TalkWay.travel_before),
            func.coalesce(SingleTalk.travel_after, TalkWay.travel_after),
        )
        .outerjoin(SingleTalk, SingleTalk.booking_id == Booking.id)
        .outerjoin(TalkWay, TalkWay.booking_id == Booking.id)
        .where(Booking.leader_id == leader_id, Booking.status.in_(LIVE), Booking.id != besides_talk)
    )  # fmt: skip
    proposed = (
        select(SingleTime.starts_at, SingleTime.ends_at, SingleTalk.travel_before, SingleTalk.travel_after)
        .join(SingleTalk, SingleTalk.id == SingleTime.talk_id)
        .join(TalkRequest, TalkRequest.id == SingleTalk.request_id)
        .where(TalkRequest.teacher_id == leader_id, SingleTalk.state == SingleState.PROPOSED, SingleTalk.id != besides)
    )
    rows = session.execute(agreed.union_all(proposed))
    times = [(Span(starts, ends), before or 0, after or 0) for starts, ends, before, after in rows]
    times += [(span, 0, 0) for span in busy_at_meetings(session, [leader_id], besides=besides_meeting)]
    times += [(span, 0, 0) for span in times_joining(session, leader_id, besides=besides_talk)]
    return [(span, around(span, before, after)) for span, before, after in times]


def free_times(leader_id: int, now: datetime) -> tuple[Span, ...]:
    """The next own times of any round that nobody has."""
    rows = db.session.execute(
        select(Slot.starts_at, Slot.ends_at)
        .where(
            Slot.leader_id == leader_id, Slot.starts_at > now + timedelta(hours=1), Slot.booking_id.is_(None),
            Slot.blocked.is_(False),
        )
        .order_by(Slot.starts_at)
        .limit(SHOWN_SLOTS)
    )  # fmt: skip
    return tuple(Span(starts_at, ends_at) for starts_at, ends_at in rows)


def days_off(session: Session, year_id: int, spans: Sequence[Span]) -> list[datetime]:
    """Of these moments those on a holiday or a day that the school is closed."""
    days = session.scalars(select(SchoolDay).where(SchoolDay.year_id == year_id)).all()
    free = [day for day in days if day.kind.is_free]
    return [
        span.starts_at
        for span in spans
        if any(day.starts_on <= local(span.starts_at).date() <= day.ends_on for day in free)
    ]


def home_visits() -> HomeVisits:
    """What this school does with visits at home."""
    return db.session.scalar(select(School.home_visits)) or HomeVisits.AGREED_ONLY


def is_link_used(session: Session, link: str, *, besides: int = 0, besides_talk: int = 0, now: datetime) -> bool:
    """Is another talk, that is proposed or still to come, held at this link?"""
    of_rounds = (
        select(TalkWay.booking_id)
        .join(Booking, Booking.id == TalkWay.booking_id)
        .where(
            TalkWay.join_link == link, TalkWay.booking_id != besides_talk, Booking.status.in_(LIVE),
            Booking.ends_at > now,
        )
    )  # fmt: skip
    found = (
        select(SingleTalk.id)
        .outerjoin(Booking, Booking.id == SingleTalk.booking_id)
        .where(
            SingleTalk.join_link == link, SingleTalk.id != besides,
            or_(SingleTalk.state == SingleState.PROPOSED, and_(Booking.status.in_(LIVE), Booking.ends_at > now)),
        )
    )  # fmt: skip
    return any(session.scalar(wanted.limit(1)) is not None for wanted in (found, of_rounds))


def was_visited(session: Session, pupil_id: int, household_id: int | None) -> bool:
    """Had this family its visit for the first child already, of any of its children?"""
    siblings = select(Guardianship.pupil_id).where(Guardianship.household_id == (household_id or 0))
    found = (
        select(SingleTalk.id)
        .join(TalkRequest, TalkRequest.id == SingleTalk.request_id)
        .where(
            or_(TalkRequest.pupil_id == pupil_id, TalkRequest.pupil_id.in_(siblings)),
            SingleTalk.reason == VisitReason.FIRST_CHILD, SingleTalk.state == SingleState.AGREED,
        )
    )  # fmt: skip
    return session.scalar(found.limit(1)) is not None


def has_secret_address(pupil_id: int, household_id: int | None) -> bool:
    """Somebody of this home keeps the address to himself."""
    wanted = (
        select(Guardian.id)
        .join(Guardianship, Guardianship.guardian_id == Guardian.id)
        .where(Guardianship.pupil_id == pupil_id, Guardian.secret_address)
    )
    if household_id is not None:
        wanted = wanted.where(Guardianship.household_id == household_id)
    return db.session.scalar(wanted.limit(1)) is not None


def _is_of(home: Home) -> ColumnElement[bool]:
    return and_(TalkRequest.pupil_id == home.pupil_id, home.asked_by(TalkRequest.household_id.expression))


def _read(session: Session, wanted: ColumnElement[bool], now: datetime) -> list[Single]:
    rows = session.execute(
        select(SingleTalk, TalkRequest, Round, Pupil, Staff, Booking)
        .join(TalkRequest, TalkRequest.id == SingleTalk.request_id)
        .join(Round, Round.id == TalkRequest.round_id)
        .join(Pupil, Pupil.id == TalkRequest.pupil_id)
        .join(Staff, Staff.id == TalkRequest.teacher_id)
        .outerjoin(Booking, Booking.id == SingleTalk.booking_id)
        .where(wanted)
        .order_by(SingleTalk.id)
        .options(selectinload(SingleTalk.times), selectinload(SingleTalk.questions))
    ).all()
    school = the_school(session) if rows else None
    policy = school.home_visits if school else HomeVisits.AGREED_ONLY
    return [_facts(*row, policy, now) for row in rows]


def _facts(
    talk: SingleTalk, request: TalkRequest, found: Round, pupil: Pupil, staff: Staff, booking: Booking | None,
    policy: HomeVisits, now: datetime,
) -> Single:  # fmt: skip
    return Single(
        id=talk.id,
        round_id=found.id,
        request_id=request.id,
        kind=found.kind,
        state=_state(talk, now),
        pupil_id=pupil.id,
        pupil=pupil.name,
        household_id=request.household_id,
        leader_id=staff.id,
        leader=staff.name,
        leader_email=staff.email,
        subject=request.subject,
        details=Details(
            kind=found.kind,
            minutes=talk.minutes,
            medium=talk.medium,
            pupil_part=PupilPart(talk.pupil_part),
            subject=request.subject,
            room=talk.room,
            join_link=talk.join_link,
            questions=tuple(question.text for question in talk.questions),
            reason=talk.reason,
            travel_before=talk.travel_before,
            travel_after=talk.travel_after,
            in_place=talk.in_place,
        ),
        times=tuple(ProposedTime(time.id, Span(time.starts_at, time.ends_at)) for time in talk.times),
        expires_at=talk.expires_at,
        rather=talk.rather,
        booking_id=booking.id if booking else None,
        span=Span(booking.starts_at, booking.ends_at) if booking else None,
        is_off=talk.state is SingleState.AGREED and (booking is None or booking.status not in LIVE),
        asked_by_family=request.wanted,
        address=talk.address,
        note=talk.note,
        copied_at=talk.copied_at,
        version=talk.version,
        year_id=found.year_id,
        instead=equal_to(found.kind, talk.medium, policy),
    )


def _state(talk: SingleTalk, now: datetime) -> SingleState:
    over = talk.state is SingleState.PROPOSED and talk.expires_at is not None and talk.expires_at <= now
    return SingleState.EXPIRED if over else talk.state
