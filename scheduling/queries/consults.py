"""When contact parents and mentors consult: for these two, for the mentor's calendar, and for the letters about it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, selectinload

from scheduling.domain.consults import OPEN, ConsultState, Rhythm
from scheduling.domain.contact_parents import ContactState
from scheduling.domain.journal import Actor
from scheduling.domain.people import Name
from scheduling.domain.staff import is_here
from scheduling.domain.timeslots import Span, local, moment_at
from scheduling.models import ClassContact, ClassGroup, ClassLeader, Consult, ConsultDate, SchoolYear, Staff, db
from scheduling.queries.contact_parents import parents_of
from scheduling.queries.gathering_guests import span_of
from scheduling.queries.kept_about import kinds_about_parent
from scheduling.queries.single_talks import leader_out
from scheduling.queries.year_plans import standing_rows


@dataclass(frozen=True)
class ConsultDay:
    """One date of a series. `planned_at`: where the series has it."""

    id: int
    planned_at: datetime
    starts_at: datetime
    ends_at: datetime
    cancelled: bool


@dataclass(frozen=True)
class ConsultFacts:
    """How often and when these two consult."""

    id: int
    contact_id: int
    class_id: int
    staff_id: int
    class_name: str
    shown_as: str
    leader: Name
    rhythm: Rhythm
    starts: time
    minutes: int
    state: ConsultState
    by_parent: bool
    uid: str
    sequence: int
    stamp: datetime
    days: tuple[ConsultDay, ...]

    def ahead(self, now: datetime) -> tuple[ConsultDay, ...]:
        """The dates that are to come."""
        return tuple(one for one in self.days if one.ends_at > now)


def of_contacts(contact_ids: Collection[int], session: Session | None = None) -> tuple[ConsultFacts, ...]:
    """The series of these contact parents that wait for an answer or stand."""
    rows = (session or db.session()).execute(
        select(Consult, ClassContact, ClassGroup.name, Staff)
        .join(ClassContact, ClassContact.id == Consult.contact_id)
        .join(ClassGroup, ClassGroup.id == ClassContact.class_id)
        .join(Staff, Staff.id == Consult.staff_id)
        .where(Consult.contact_id.in_(contact_ids), Consult.state.in_(OPEN))
        .options(selectinload(Consult.dates))
        .order_by(Consult.id)
    )
    return tuple(_facts(*row) for row in rows)


def of_leader(staff_id: int, still: date) -> tuple[ConsultFacts, ...]:
    """What this mentor agreed with contact parents who still are, of years that ended after this day."""
    ids = db.session.scalars(
        select(Consult.contact_id)
        .join(ClassContact, ClassContact.id == Consult.contact_id)
        .join(ClassGroup, ClassGroup.id == ClassContact.class_id)
        .join(SchoolYear, SchoolYear.id == ClassGroup.year_id)
        .where(
            Consult.staff_id == staff_id, Consult.state == ConsultState.AGREED,
            ClassContact.state == ContactState.YES, SchoolYear.ends_on >= still,
        )
    ).all()  # fmt: skip
    found = of_contacts(ids) if ids else ()
    return tuple(one for one in found if one.staff_id == staff_id and one.state is ConsultState.AGREED)


def busy_of(session: Session, staff_id: int, year_id: int, *, besides: int = 0) -> list[Span]:
    """When this mentor has something: a talk, an evening of the own classes or of everybody, or another consult."""
    own = set(session.scalars(select(ClassLeader.class_id).where(ClassLeader.staff_id == staff_id)))
    evenings = [
        span_of(row)
        for row in standing_rows(session, year_id)
        if row.begins is not None and (row.for_all or own & {one.class_id for one in row.classes})
    ]
    consults = session.execute(
        select(ConsultDate.starts_at, ConsultDate.ends_at)
        .join(Consult, Consult.id == ConsultDate.consult_id)
        .where(Consult.staff_id == staff_id, Consult.state.in_(OPEN), Consult.id != besides, ~ConsultDate.cancelled)
    )
    return [*leader_out(session, staff_id), *evenings, *(Span(starts, ends) for starts, ends in consults)]


def consults_of_parent(by: Actor, now: datetime) -> tuple[ConsultFacts, ...]:
    """What this contact parent agreed with mentors, of the classes where this parent still stands."""
    session, today = db.session(), local(now).date()
    if ClassContact not in kinds_about_parent(session, by):
        return ()
    mine = session.scalars(
        select(ClassContact)
        .join(Consult, Consult.contact_id == ClassContact.id)
        .where(
            ClassContact.guardian_id == by.id, ClassContact.state == ContactState.YES,
            Consult.state == ConsultState.AGREED,
        )
    ).unique().all()  # fmt: skip
    parents = parents_of(session, {one.class_id for one in mine}, today) if mine else {}
    there = [one.id for one in mine if by.id in parents[one.class_id]]
    found = of_contacts(there, session) if there else ()
    return tuple(one for one in found if one.state is ConsultState.AGREED)


def consults_over(now: datetime) -> list[tuple[int, int]]:
    """Series, with their contact parents, of which one of the two is no longer contact parent or leader there."""
    session, today = db.session(), local(now).date()
    rows = session.execute(
        select(Consult, ClassContact, ClassLeader.staff_id, Staff.left_on)
        .join(ClassContact, ClassContact.id == Consult.contact_id)
        .join(Staff, Staff.id == Consult.staff_id)
        .outerjoin(
            ClassLeader,
            and_(ClassLeader.class_id == ClassContact.class_id, ClassLeader.staff_id == Consult.staff_id),
        )
        .where(Consult.state.in_(OPEN))
    ).all()
    parents = parents_of(session, {contact.class_id for _, contact, _, _ in rows}, today) if rows else {}
    return [
        (row.id, contact.id)
        for row, contact, leader, left_on in rows
        if leader is None
        or not is_here(left_on, today)
        or contact.state is not ContactState.YES
        or contact.guardian_id not in parents[contact.class_id]
    ]


def read_for_letter(session: Session, consult_id: int) -> ConsultFacts | None:
    """As it stands when a letter about it leaves."""
    row = session.get(Consult, consult_id)
    if row is None:
        return None
    group = session.get_one(ClassGroup, row.contact.class_id)
    return _facts(row, row.contact, group.name, row.staff)


def planned_at(row: Consult, one: ConsultDate) -> datetime:
    """When the series has this date, wherever it was moved."""
    return moment_at(one.day, row.starts)


def _facts(row: Consult, contact: ClassContact, class_name: str, staff: Staff) -> ConsultFacts:
    days = [ConsultDay(one.id, planned_at(row, one), one.starts_at, one.ends_at, one.cancelled) for one in row.dates]
    return ConsultFacts(
        row.id, row.contact_id, contact.class_id, row.staff_id, class_name, contact.shown_as, staff.name,
        row.rhythm, row.starts, row.minutes, row.state, row.by_parent, row.ical_uid, row.ical_sequence, row.ical_stamp,
        tuple(sorted(days, key=lambda one: one.starts_at)),
    )  # fmt: skip
