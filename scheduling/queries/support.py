"""Conversations of the support team, for who sits at the table. Nobody else's page asks anything here."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from scheduling.domain.errors import NotFound
from scheduling.domain.journal import Actor
from scheduling.domain.people import Name, StaffRole
from scheduling.domain.staff import is_here
from scheduling.domain.support import FamilySaid, Guest
from scheduling.domain.timeslots import Span, local
from scheduling.models import Guardian, Guardianship, Pupil, Staff, StaffMemberRole, SupportMeeting, db
from scheduling.queries import bookings as asking
from scheduling.queries.bookings import Home
from scheduling.queries.kept_about import kinds_about
from scheduling.queries.people import Colleague


@dataclass(frozen=True)
class HomeAnswer:
    """What one home said, for the supervisor."""

    guardians: tuple[str, ...]
    """Empty: the pupil of eighteen."""
    said: FamilySaid


@dataclass(frozen=True)
class SupportTalk:
    """One conversation."""

    id: int
    pupil_id: int
    pupil: Name
    household_id: int | None
    span: Span
    room: str
    supervisor: Name
    supervisor_id: int
    teacher: Name | None
    teacher_id: int | None
    director: Name | None
    director_id: int | None
    guests: tuple[Guest, ...]
    is_off: bool
    uid: str
    sequence: int
    version: int
    said: FamilySaid | None = None
    """What the own home said, for the family."""

    def is_over(self, now: datetime) -> bool:
        return self.span.starts_at <= now


@dataclass(frozen=True)
class Choices:
    """Which colleagues can be asked to come."""

    teachers: tuple[tuple[int, Name], ...]
    directors: tuple[tuple[int, Name], ...]


def of_colleague(colleague: Colleague) -> tuple[SupportTalk, ...]:
    """The own ones; a director reads them all. The next one first, then what was."""
    rows = db.session.scalars(
        select(SupportMeeting).where(_seen_by(colleague)).order_by(SupportMeeting.starts_at.desc())
    )
    return tuple(_facts(db.session(), row) for row in rows)


def the_meeting(meeting_id: int, colleague: Colleague) -> SupportTalk:
    """One of them; for anybody else it is not there."""
    row = db.session.scalar(select(SupportMeeting).where(SupportMeeting.id == meeting_id, _seen_by(colleague)))
    if row is None:
        raise NotFound
    return _facts(db.session(), row)


def answers_to(meeting_id: int) -> tuple[HomeAnswer, ...]:
    """What each home said. Whose meeting it is, is asked by who calls."""
    session = db.session()
    row = session.get_one(SupportMeeting, meeting_id)
    names: dict[int, list[str]] = {}
    for guardian, household_id in session.execute(
        select(Guardian, Guardianship.household_id)
        .join(Guardianship, Guardianship.guardian_id == Guardian.id)
        .where(Guardianship.pupil_id == row.pupil_id)
        .order_by(Guardianship.position)
    ):
        names.setdefault(household_id, []).append(guardian.name.full)
    return tuple(HomeAnswer(tuple(names.get(one.household_id or 0, ())), one.said) for one in row.answers)


def of_family(by: Actor, now: datetime) -> tuple[SupportTalk, ...]:
    """Those of the own home that are not over."""
    session = db.session()
    homes = asking.find_homes(session, by, local(now).date())
    if SupportMeeting not in kinds_about(session, [home.pupil_id for home in homes]):
        return ()
    wanted = or_(false(), *(_is_of(home) for home in homes))
    rows = session.scalars(
        select(SupportMeeting)
        .where(wanted, SupportMeeting.ends_at > now)
        .order_by(SupportMeeting.starts_at)
        .options(joinedload(SupportMeeting.supervisor), selectinload(SupportMeeting.guests))
        .options(selectinload(SupportMeeting.answers))
    )
    return tuple(_facts(session, row, homes) for row in rows)


def of_home(meeting_id: int, by: Actor, now: datetime) -> SupportTalk:
    """One of the own home."""
    session = db.session()
    homes = asking.find_homes(session, by, local(now).date())
    row = session.get(SupportMeeting, meeting_id)
    if row is None or not any(is_of(row, home) for home in homes):
        raise NotFound
    return _facts(session, row, homes)


def is_of(meeting: SupportMeeting, home: Home) -> bool:
    """Is this home asked?"""
    return meeting.pupil_id == home.pupil_id and home.is_asked(meeting.household_id)


def choices(now: datetime) -> Choices:
    """Every colleague who works here, and who of them directs the school."""
    today = local(now).date()
    staff = [one for one in db.session.scalars(select(Staff)) if is_here(one.left_on, today)]
    staff.sort(key=lambda one: one.name.sort_key)
    directing = set(
        db.session.scalars(select(StaffMemberRole.staff_id).where(StaffMemberRole.role == StaffRole.DIRECTOR))
    )
    every = tuple((one.id, one.name) for one in staff)
    return Choices(every, tuple(one for one in every if one[0] in directing))


def read_for_letter(session: Session, meeting_id: int) -> SupportTalk | None:
    """As it stands when a letter about it leaves."""
    row = session.get(SupportMeeting, meeting_id)
    return _facts(session, row) if row else None


def busy_at_meetings(session: Session, staff_ids: Collection[int], *, besides: int = 0) -> list[Span]:
    """When any of these colleagues sits at such a table."""
    there = or_(
        SupportMeeting.supervisor_id.in_(staff_ids), SupportMeeting.teacher_id.in_(staff_ids),
        SupportMeeting.director_id.in_(staff_ids),
    )  # fmt: skip
    rows = session.execute(
        select(SupportMeeting.starts_at, SupportMeeting.ends_at).where(
            there, SupportMeeting.cancelled_at.is_(None), SupportMeeting.id != besides
        )
    )
    return [Span(starts_at, ends_at) for starts_at, ends_at in rows]


def _seen_by(colleague: Colleague) -> ColumnElement[bool]:
    if StaffRole.DIRECTOR in colleague.roles:
        return SupportMeeting.id.is_not(None)
    return or_(SupportMeeting.supervisor_id == colleague.id, SupportMeeting.teacher_id == colleague.id)


def _is_of(home: Home) -> ColumnElement[bool]:
    return and_(SupportMeeting.pupil_id == home.pupil_id, home.asked_by(SupportMeeting.household_id.expression))


def _facts(session: Session, row: SupportMeeting, homes: Collection[Home] = ()) -> SupportTalk:
    def name_of(staff_id: int | None) -> Name | None:
        return session.get_one(Staff, staff_id).name if staff_id else None

    own = [home.household_id for home in homes if is_of(row, home)]
    said = next((one.said for one in row.answers if one.household_id in own), None)
    return SupportTalk(
        id=row.id,
        pupil_id=row.pupil_id,
        pupil=session.get_one(Pupil, row.pupil_id).name,
        household_id=row.household_id,
        span=Span(row.starts_at, row.ends_at),
        room=row.room,
        supervisor=row.supervisor.name,
        supervisor_id=row.supervisor_id,
        teacher=name_of(row.teacher_id),
        teacher_id=row.teacher_id,
        director=name_of(row.director_id),
        director_id=row.director_id,
        guests=tuple(Guest(guest.name, guest.email) for guest in row.guests if guest.left_at is None),
        is_off=row.cancelled_at is not None,
        uid=row.ical_uid,
        sequence=row.ical_sequence,
        version=row.version,
        said=said,
    )
