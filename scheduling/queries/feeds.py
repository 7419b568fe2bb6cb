"""A leader's talks, as a calendar wants them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from scheduling.domain.links import LINK_OUTLIVES_YEAR, hash_of
from scheduling.domain.people import FeedDetail, Name, Sector
from scheduling.domain.rounds import LIVE
from scheduling.domain.single_talks import Medium
from scheduling.domain.staff import is_here
from scheduling.domain.timeslots import local
from scheduling.models import (
    Booking,
    CalendarFeed,
    ClassGroup,
    CommunicationPlan,
    Enrolment,
    PlanMoment,
    Pupil,
    Round,
    School,
    SchoolYear,
    SingleTalk,
    Staff,
    TalkColleague,
    TalkWay,
    db,
)
from scheduling.queries.consults import ConsultFacts, of_leader
from scheduling.queries.plans import DatedMoment, leader_plans
from scheduling.queries.year_plans import CalendarMoment, calendar_of_leader


@dataclass(frozen=True)
class AgendaTalk:
    """One talk of a leader."""

    uid: str
    sequence: int
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    room: str
    medium: Medium
    pupil: Name
    class_name: str


@dataclass(frozen=True)
class AgendaContact:
    """One moment of contact with a family."""

    dated: DatedMoment
    pupil: Name
    class_name: str


@dataclass(frozen=True)
class Agenda:
    """A leader's talks of the running school years, and how much of them a calendar may show."""

    leader: Name
    language: str
    school: str
    detail: FeedDetail
    talks: tuple[AgendaTalk, ...]
    sector: Sector = Sector.PRIMARY
    moments: tuple[CalendarMoment, ...] = ()
    """What the school made known of its year plan and concerns this colleague."""
    consults: tuple[ConsultFacts, ...] = ()
    """When this colleague consults with contact parents."""
    contacts: tuple[AgendaContact, ...] = ()
    """Moments of contact that families and this colleague agreed on."""


def find_feed(token: str, now: datetime) -> Agenda | None:
    """The agenda behind a feed's secret; None when it is unknown, withdrawn, or its leader has left."""
    feed = db.session.scalar(
        select(CalendarFeed).where(CalendarFeed.token_hash == hash_of(token), CalendarFeed.revoked_at.is_(None))
    )
    return find_agenda(feed.staff_id, now) if feed else None


def find_agenda(staff_id: int, now: datetime) -> Agenda | None:
    """The agenda of a colleague who works here."""
    staff, school = db.session.get(Staff, staff_id), db.session.get(School, 1)
    if staff is None or school is None or not is_here(staff.left_on, local(now).date()):
        return None
    return Agenda(
        staff.name, staff.language, school.name, school.feed_detail,
        (*_talks(staff_id, now), *_joined(staff_id, now)), school.sector,
        calendar_of_leader(staff_id, _still(now)), of_leader(staff_id, _still(now)), _contacts(staff_id, now),
    )  # fmt: skip


def has_feed(staff_id: int) -> bool:
    """Does this colleague have a calendar address that works?"""
    living = select(CalendarFeed.id).where(CalendarFeed.staff_id == staff_id, CalendarFeed.revoked_at.is_(None))
    return db.session.scalar(living.limit(1)) is not None


def _still(now: datetime) -> date:
    """Years that ended since this day are still shown."""
    return local(now).date() - timedelta(days=LINK_OUTLIVES_YEAR.days)


def _contacts(staff_id: int, now: datetime) -> tuple[AgendaContact, ...]:
    """Of agreements that stand, in every year that still shows."""
    having = select(PlanMoment.id).join(CommunicationPlan).where(CommunicationPlan.year_id == SchoolYear.id)
    years = db.session.scalars(
        select(SchoolYear.id).where(SchoolYear.ends_on >= _still(now), having.exists()).order_by(SchoolYear.starts_on)
    )
    return tuple(
        AgendaContact(dated, row.pupil.name, row.pupil.class_name)
        for year_id in years
        for row in leader_plans(staff_id, year_id, today=local(now).date())
        if row.plan
        for dated in row.plan.in_calendars
    )


def _talks(staff_id: int, now: datetime) -> list[AgendaTalk]:
    still = _still(now)
    rows = db.session.execute(
        select(Booking, Pupil, ClassGroup.name, func.coalesce(SingleTalk.medium, TalkWay.way))
        .join(Round, Round.id == Booking.round_id)
        .join(SchoolYear, SchoolYear.id == Round.year_id)
        .join(Pupil, Pupil.id == Booking.pupil_id)
        .outerjoin(Enrolment, (Enrolment.pupil_id == Pupil.id) & (Enrolment.year_id == Round.year_id))
        .outerjoin(ClassGroup, ClassGroup.id == Enrolment.class_id)
        .outerjoin(SingleTalk, SingleTalk.booking_id == Booking.id)
        .outerjoin(TalkWay, TalkWay.booking_id == Booking.id)
        .where(Booking.leader_id == staff_id, Booking.status.in_(LIVE), SchoolYear.ends_on >= still)
        .order_by(Booking.starts_at)
    )
    return [
        AgendaTalk(
            uid=booking.ical_uid,
            sequence=booking.ical_sequence,
            changed_at=booking.ical_stamp,
            starts_at=booking.starts_at,
            ends_at=booking.ends_at,
            room=booking.room,
            medium=medium or Medium.SCHOOL,
            pupil=pupil.name,
            class_name=class_name or "",
        )
        for booking, pupil, class_name, medium in rows
    ]


def _joined(staff_id: int, now: datetime) -> list[AgendaTalk]:
    """Talks of others to which this colleague comes, as they were told last."""
    rows = db.session.execute(
        select(TalkColleague, Pupil, ClassGroup.name, func.coalesce(SingleTalk.medium, TalkWay.way))
        .join(Booking, Booking.id == TalkColleague.booking_id)
        .join(Round, Round.id == Booking.round_id)
        .join(SchoolYear, SchoolYear.id == Round.year_id)
        .join(Pupil, Pupil.id == Booking.pupil_id)
        .outerjoin(Enrolment, (Enrolment.pupil_id == Pupil.id) & (Enrolment.year_id == Round.year_id))
        .outerjoin(ClassGroup, ClassGroup.id == Enrolment.class_id)
        .outerjoin(SingleTalk, SingleTalk.booking_id == Booking.id)
        .outerjoin(TalkWay, TalkWay.booking_id == Booking.id)
        .where(
            TalkColleague.staff_id == staff_id, TalkColleague.cancelled_at.is_(None), SchoolYear.ends_on >= _still(now)
        )
        .order_by(TalkColleague.id)
    )
    return [
        AgendaTalk(
            uid=row.ical_uid, sequence=row.sequence, changed_at=row.stamp,
            starts_at=datetime.fromisoformat(row.told["starts_at"]),
            ends_at=datetime.fromisoformat(row.told["ends_at"]), room=row.told["room"],
            medium=medium or Medium.SCHOOL, pupil=pupil.name, class_name=class_name or "",
        )
        for row, pupil, class_name, medium in rows
    ]  # fmt: skip
