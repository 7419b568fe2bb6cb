"""The day of the talks itself, as the welcome desk, a door, the hall and a leader see it."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, func, select

from scheduling.domain.links import hash_of
from scheduling.domain.on_the_day import ShownAs, code_of, is_over, is_shown
from scheduling.domain.people import Name
from scheduling.domain.rooms import Place
from scheduling.domain.rounds import LIVE, BookingStatus, Outcome
from scheduling.domain.single_talks import Medium
from scheduling.domain.timeslots import Span, local, moment_at
from scheduling.models import (
    Arrival,
    Booking,
    ClassGroup,
    Enrolment,
    HallScreen,
    LeaderDelay,
    Pupil,
    Round,
    SingleTalk,
    Slot,
    Staff,
    TalkWay,
    db,
)
from scheduling.queries import rooms

SCREEN_LINES = 16


@dataclass(frozen=True)
class DayTalk:
    """One talk of a day. `called` is all that a door or a screen may say of the family."""

    id: int
    leader_id: int
    leader: Name
    pupil: Name
    class_name: str
    code: str
    span: Span
    place: Place
    status: BookingStatus
    outcome: Outcome | None
    arrived_at: datetime | None
    minutes_late: int
    met: Medium = Medium.SCHOOL

    @property
    def at_school(self) -> bool:
        """Is this family expected at the school?"""
        return self.met is Medium.SCHOOL

    @property
    def starts_at(self) -> datetime:
        return self.span.starts_at

    @property
    def ends_at(self) -> datetime:
        return self.span.ends_at

    def called(self, shown_as: ShownAs) -> str:
        return self.pupil.given if shown_as is ShownAs.FIRST_NAMES else self.code


@dataclass(frozen=True)
class Door:
    """One leader in one room on a day: what hangs on the door."""

    place: Place
    leader: Name
    talks: tuple[DayTalk, ...]
    span: Span


@dataclass(frozen=True)
class Screen:
    """What a hall screen shows now."""

    name: str
    shown_as: ShownAs
    day: date
    talks: tuple[DayTalk, ...]
    late: tuple[tuple[str, int], ...]
    """Who runs late, and how much: the leader's name and the minutes."""


@dataclass(frozen=True)
class ScreenLine:
    """A screen as the office sees it in the list."""

    id: int
    name: str
    shown_as: ShownAs
    rooms: tuple[str, ...]
    until: date


def talks_on(day: date, *, leader_ids: Collection[int] | None = None) -> tuple[DayTalk, ...]:
    """All talks of a day by time, then by room; of these leaders, or of everybody."""
    session = db.session()
    begins, ends = moment_at(day, time(0)), moment_at(day + timedelta(days=1), time(0))
    wanted = (
        select(
            Booking,
            Pupil,
            Staff,
            ClassGroup.name,
            Arrival.arrived_at,
            LeaderDelay.minutes,
            Round.year_id,
            func.coalesce(SingleTalk.medium, TalkWay.way),
        )
        .join(Round, Round.id == Booking.round_id)
        .join(Pupil, Pupil.id == Booking.pupil_id)
        .join(Staff, Staff.id == Booking.leader_id)
        .outerjoin(Enrolment, and_(Enrolment.pupil_id == Pupil.id, Enrolment.year_id == Round.year_id))
        .outerjoin(ClassGroup, ClassGroup.id == Enrolment.class_id)
        .outerjoin(SingleTalk, SingleTalk.booking_id == Booking.id)
        .outerjoin(TalkWay, TalkWay.booking_id == Booking.id)
        .outerjoin(Arrival, Arrival.booking_id == Booking.id)
        .outerjoin(LeaderDelay, and_(LeaderDelay.leader_id == Booking.leader_id, LeaderDelay.day == day))
        .where(Booking.status.in_(LIVE), Booking.starts_at >= begins, Booking.starts_at < ends)
        .order_by(Booking.starts_at, Booking.room, Booking.id)
    )
    if leader_ids is not None:
        wanted = wanted.where(Booking.leader_id.in_(leader_ids))
    listed = rooms.room_list(session)
    return tuple(
        DayTalk(
            id=booking.id, leader_id=leader.id, leader=leader.name, pupil=pupil.name, class_name=group or "",
            code=code_of(booking.ical_uid), span=Span(booking.starts_at, booking.ends_at),
            place=rooms.place_of(session, listed, booking.room, pupil_id=pupil.id, year_id=year_id),
            status=booking.status, outcome=booking.outcome, arrived_at=arrived_at, minutes_late=late or 0,
            met=met or Medium.SCHOOL,
        )
        for booking, pupil, leader, group, arrived_at, late, year_id, met in session.execute(wanted)
    )  # fmt: skip


def days_with_talks(now: datetime) -> tuple[date, ...]:
    """Today and the days to come on which there are talks, the next ten."""
    begins = moment_at(local(now).date(), time(0))
    starts = select(Booking.starts_at).where(Booking.status.in_(LIVE), Booking.starts_at >= begins)
    days = sorted({local(moment).date() for moment in db.session.scalars(starts)})
    return tuple(days[:10])


def doors_on(day: date) -> tuple[Door, ...]:
    """Per room and leader the talks of a day."""
    found: dict[tuple[str, int], list[DayTalk]] = defaultdict(list)
    for talk in talks_on(day):
        found[talk.place.room, talk.leader_id].append(talk)
    hours = _hours_on(day)
    doors = [
        Door(talks[0].place, talks[0].leader, tuple(talks), hours.get((room, leader), _whole(talks)))
        for (room, leader), talks in found.items()
    ]
    return tuple(sorted(doors, key=lambda door: (door.place.room.casefold(), door.leader.sort_key)))


def minutes_late(leader_id: int, now: datetime) -> int:
    """How late this leader runs today."""
    found = db.session.get(LeaderDelay, (leader_id, local(now).date()))
    return found.minutes if found else 0


def late_today(leader_ids: Collection[int], now: datetime) -> dict[int, int]:
    """Of these leaders, who runs late today and how much."""
    wanted = select(LeaderDelay.leader_id, LeaderDelay.minutes).where(
        LeaderDelay.day == local(now).date(), LeaderDelay.leader_id.in_(list(leader_ids))
    )
    return {row.leader_id: row.minutes for row in db.session.execute(wanted)}


def shows_codes(now: datetime) -> bool:
    """Is there a screen today that calls families by a code?"""
    wanted = select(HallScreen.id).where(HallScreen.shown_as == ShownAs.CODES, *_alive(local(now).date()))
    return db.session.scalar(wanted.limit(1)) is not None


def screens(now: datetime) -> tuple[ScreenLine, ...]:
    """The screens that work."""
    rows = db.session.scalars(select(HallScreen).where(*_alive(local(now).date())).order_by(HallScreen.id))
    return tuple(ScreenLine(row.id, row.name, row.shown_as, tuple(row.rooms), row.until) for row in rows)


def find_screen(token: str, now: datetime) -> Screen | None:
    """What the screen behind this token shows now; None when it is unknown, over, or withdrawn."""
    today = local(now).date()
    row = db.session.scalar(select(HallScreen).where(HallScreen.token_hash == hash_of(token), *_alive(today)))
    if row is None:
        return None
    shown = [
        talk
        for talk in talks_on(today)
        if talk.at_school and is_shown(talk.place.room, row.rooms) and talk.outcome is None
        and not is_over(talk.ends_at, talk.minutes_late, now)
    ]  # fmt: skip
    late = {talk.leader.full: talk.minutes_late for talk in shown if talk.minutes_late}
    return Screen(row.name, row.shown_as, today, tuple(shown[:SCREEN_LINES]), tuple(sorted(late.items())))


def room_names() -> tuple[str, ...]:
    """The rooms in which talks are or will be held."""
    held = set(db.session.scalars(select(Slot.room).where(Slot.room != "").distinct()))
    held |= set(db.session.scalars(select(Booking.room).where(Booking.room != "").distinct()))
    return tuple(sorted(held, key=str.casefold))


def _alive(today: date) -> tuple[ColumnElement[bool], ...]:
    return (HallScreen.revoked_at.is_(None), HallScreen.until >= today)


def _hours_on(day: date) -> dict[tuple[str, int], Span]:
    """Per room and leader from when until when there are times on this day."""
    begins, ends = moment_at(day, time(0)), moment_at(day + timedelta(days=1), time(0))
    rows = db.session.execute(
        select(Slot.room, Slot.leader_id, Slot.starts_at, Slot.ends_at)
        .where(Slot.starts_at >= begins, Slot.starts_at < ends, ~Slot.blocked)
        .order_by(Slot.starts_at)
    )
    found: dict[tuple[str, int], Span] = {}
    for room, leader, starts_at, ends_at in rows:
        first = found.get((room, leader), Span(starts_at, ends_at))
        found[room, leader] = Span(min(first.starts_at, starts_at), max(first.ends_at, ends_at))
    return found


def _whole(talks: Sequence[DayTalk]) -> Span:
    return Span(talks[0].starts_at, max(talk.ends_at for talk in talks))
