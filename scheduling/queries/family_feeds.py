"""What a family's own calendar shows: the same talks and gatherings as its page, and nothing of another home."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, false, or_, select

from scheduling.domain.gatherings import Coming
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.links import LINK_OUTLIVES_YEAR, HolderKind, hash_of
from scheduling.domain.people import Name, Person
from scheduling.domain.rooms import Place
from scheduling.domain.rounds import LIVE, RoundKind
from scheduling.domain.single_talks import Medium
from scheduling.domain.timeslots import local
from scheduling.models import (
    Booking,
    BookingAbsence,
    FamilyFeed,
    Gathering,
    GatheringAnswer,
    GatheringGuest,
    Guardian,
    HomeByPhone,
    PlanGuest,
    PlannedDate,
    Pupil,
    Round,
    SchoolYear,
    SingleTalk,
    Staff,
    SupportMeeting,
    TalkWay,
    db,
)
from scheduling.queries import bookings as asking
from scheduling.queries import rooms
from scheduling.queries.bookings import Home
from scheduling.queries.consults import ConsultFacts, consults_of_parent
from scheduling.queries.extra_persons import mentors_beside
from scheduling.queries.gatherings import HomeGathering, for_home
from scheduling.queries.plan_guests import objects_of
from scheduling.queries.plans import DatedMoment, family_plans, has_agreements
from scheduling.queries.school import SchoolFacts, find_school
from scheduling.queries.year_plans import CalendarMoment, moments_of


@dataclass(frozen=True)
class FamilyTalk:
    """One talk of the own home. `kind` None: with the support team, of which a calendar never tells more."""

    uid: str
    sequence: int
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    kind: RoundKind | None
    leader: Name
    place: Place
    medium: Medium = Medium.SCHOOL
    join_link: str = ""
    mentors: tuple[Name, ...] = ()
    """Who of the class comes beside the leader, as the own home asked."""

    @property
    def with_whom(self) -> str:
        """Everybody of the school whom the family speaks, the leader first."""
        return ", ".join(name.full for name in (self.leader, *self.mentors))


@dataclass(frozen=True)
class FamilyAgenda:
    """Everything with a time of one person's running school years."""

    language: str
    school: SchoolFacts
    talks: tuple[FamilyTalk, ...]
    gatherings: tuple[CalendarMoment, ...]
    contacts: tuple[DatedMoment, ...] = ()
    """When the school and the own home are in touch, as they agreed."""
    consults: tuple[ConsultFacts, ...] = ()
    """When this person, as a contact parent, consults with a mentor."""


def find_family_feed(token: str, now: datetime) -> FamilyAgenda | None:
    """The agenda behind a family's secret; None when it is unknown, withdrawn, or nothing here is this person's."""
    feed = db.session.scalar(select(FamilyFeed).where(FamilyFeed.token_hash == hash_of(token)))
    if feed is None:
        return None
    kind = ActorKind.PUPIL if feed.pupil_id else ActorKind.GUARDIAN
    by, school = Actor(kind, feed.pupil_id or feed.guardian_id), find_school()
    if school is None or not may_follow(by, now):
        return None
    homes, still = asking.find_homes(db.session(), by, local(now).date()), _still(now)
    talks = (*_talks(homes, still), *_meetings(homes, still))
    return FamilyAgenda(
        _language(by), school, talks, _gatherings(by, homes, now), _contacts(by, now), consults_of_parent(by, now)
    )  # fmt: skip


def has_feed(by: Actor) -> bool:
    """Does this person have a calendar address that works?"""
    return db.session.scalar(select(FamilyFeed.id).where(feed_of(by)).limit(1)) is not None


def feed_of(by: Actor) -> ColumnElement[bool]:
    """This person's."""
    return FamilyFeed.pupil_id == by.id if by.kind is ActorKind.PUPIL else FamilyFeed.guardian_id == by.id


def may_follow(by: Actor, now: datetime) -> bool:
    """Is this still somebody to whom the school's talks are told: here, and not a pupil for whom others speak?"""
    session, today = db.session(), local(now).date()
    if by.kind is ActorKind.PUPIL:
        pupil = session.get(Pupil, by.id)
        return pupil is not None and asking.speaks_for_himself(session, pupil, today)
    guardian = session.get(Guardian, by.id) if by.kind is ActorKind.GUARDIAN and by.id else None
    return guardian is not None and guardian.active and asking.opens_to_guardian(session, guardian.id, now)


def _still(now: datetime) -> date:
    """Years that ended since this day are still shown."""
    return local(now).date() - timedelta(days=LINK_OUTLIVES_YEAR.days)


def _language(by: Actor) -> str:
    table = Pupil if by.kind is ActorKind.PUPIL else Guardian
    return db.session.scalar(select(table.language).where(table.id == by.id)) or ""


def _contacts(by: Actor, now: datetime) -> tuple[DatedMoment, ...]:
    """Of the agreements that this person reads on the own page, and that stand."""
    person = Person(HolderKind.PUPIL if by.kind is ActorKind.PUPIL else HolderKind.GUARDIAN, by.id or 0)
    if not has_agreements(person):
        return ()
    years = db.session.scalars(select(SchoolYear.id).where(SchoolYear.ends_on >= _still(now)))
    own = objects_of(db.session(), by)
    return tuple(
        _as_told(dated, own.get(dated.id))
        for year_id in years
        for row in family_plans(person, year_id, today=local(now).date())
        if row.plan
        for dated in row.plan.in_calendars
    )


def _as_told(dated: DatedMoment, own: PlanGuest | None) -> DatedMoment:
    """By the calendar object of this person's letter; without a letter by the agreement's own."""
    if own is None:
        return dated
    return replace(dated, uid=own.ical_uid, sequence=own.sequence, stamp=max(own.stamp, dated.stamp))


def _talks(homes: Sequence[Home], still: date) -> list[FamilyTalk]:
    session, own = db.session(), {home.pupil_id: home for home in homes}
    away = exists().where(
        BookingAbsence.booking_id == Booking.id,
        BookingAbsence.household_id.in_([home.household_id for home in homes if home.household_id]),
    )
    phoning = exists().where(
        HomeByPhone.booking_id == Booking.id, HomeByPhone.household_id.in_([home.household_id for home in homes])
    )
    rows = session.execute(
        select(Booking, Round.kind, Round.year_id, Staff, SingleTalk, TalkWay, phoning)
        .join(Round, Round.id == Booking.round_id)
        .join(SchoolYear, SchoolYear.id == Round.year_id)
        .join(Staff, Staff.id == Booking.leader_id)
        .outerjoin(SingleTalk, SingleTalk.booking_id == Booking.id)
        .outerjoin(TalkWay, TalkWay.booking_id == Booking.id)
        .where(Booking.pupil_id.in_(own), Booking.status.in_(LIVE), SchoolYear.ends_on >= still, ~away)
        .order_by(Booking.id)
    ).all()
    listed = rooms.room_list(session)
    mentors = mentors_beside(session, [booking.id for booking, *_ in rows])
    return [
        FamilyTalk(
            uid=booking.ical_uid, sequence=booking.ical_sequence, changed_at=booking.ical_stamp,
            starts_at=booking.starts_at, ends_at=booking.ends_at, kind=kind, leader=staff.name,
            place=rooms.place_of(session, listed, booking.room, pupil_id=booking.pupil_id, year_id=year_id),
            medium=Medium.PHONE if by_phone else _medium(single, way),
            join_link=single.join_link if single else way.join_link if way else "",
            mentors=mentors.get((booking.id, own[booking.pupil_id].household_id), ()),
        )
        for booking, kind, year_id, staff, single, way, by_phone in rows
        if asking.is_of(booking, own[booking.pupil_id])
    ]  # fmt: skip


def _medium(single: SingleTalk | None, way: TalkWay | None) -> Medium:
    if single:
        return single.medium
    return way.way if way else Medium.SCHOOL


def _meetings(homes: Sequence[Home], still: date) -> list[FamilyTalk]:
    """Those with the support team to which the own home is asked."""
    wanted = or_(false(), *(_is_asked(home) for home in homes))
    rows = db.session.execute(
        select(SupportMeeting, Staff)
        .join(Staff, Staff.id == SupportMeeting.supervisor_id)
        .join(SchoolYear, SchoolYear.id == SupportMeeting.year_id)
        .where(wanted, SupportMeeting.cancelled_at.is_(None), SchoolYear.ends_on >= still)
        .order_by(SupportMeeting.id)
    )
    return [
        FamilyTalk(
            uid=row.ical_uid, sequence=row.ical_sequence, changed_at=row.ical_stamp, starts_at=row.starts_at,
            ends_at=row.ends_at, kind=None, leader=staff.name, place=Place(row.room),
        )
        for row, staff in rows
    ]  # fmt: skip


def _is_asked(home: Home) -> ColumnElement[bool]:
    return and_(SupportMeeting.pupil_id == home.pupil_id, home.asked_by(SupportMeeting.household_id.expression))


def _gatherings(by: Actor, homes: Sequence[Home], now: datetime) -> tuple[CalendarMoment, ...]:
    """Those to which the own home is invited, and from which it does not stay away.

    By the calendar object of this person's letter; without a letter by the school's own.
    """
    if by.kind is ActorKind.PUPIL:
        me, ours = GatheringGuest.pupil_id == by.id, GatheringAnswer.pupil_id == by.id
    else:
        me = GatheringGuest.guardian_id == by.id
        ours = GatheringAnswer.household_id.in_({home.household_id for home in homes})
    no = exists().where(GatheringAnswer.planned_id == PlannedDate.id, ours, GatheringAnswer.coming == Coming.NO)
    told = db.session.scalars(
        select(GatheringGuest)
        .join(PlannedDate, PlannedDate.id == GatheringGuest.planned_id)
        .join(Gathering, Gathering.planned_id == PlannedDate.id)
        .join(SchoolYear, SchoolYear.id == PlannedDate.year_id)
        .where(
            me,
            GatheringGuest.cancelled_at.is_(None),
            Gathering.called_off_at.is_(None),
            SchoolYear.ends_on >= _still(now),
            ~no,
        )
    )
    moments = moments_of({row.planned_id: row for row in told}) if homes else ()
    written = {moment.planned.id for moment in moments}
    others = [
        CalendarMoment(one.line.planned, one.line.group_names, one.uid, one.sequence, one.stamp)
        for one in for_home(by, homes, now)
        if one.planned_id not in written and not one.called_off and not _stays_away(one)
    ]
    return (*moments, *others)


def _stays_away(gathering: HomeGathering) -> bool:
    return gathering.answer is not None and gathering.answer.coming is Coming.NO
