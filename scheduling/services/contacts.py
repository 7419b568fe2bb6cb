"""Note what became of contact with a family, and what is still to be done. Every act holds the pupil: one is first."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from scheduling.domain.contacts import (
    AlreadyDone,
    Channel,
    Contact,
    MovedInAgreement,
    NoSuchContact,
    Went,
    ensure_complete,
    this_week,
)
from scheduling.domain.journal import Actor
from scheduling.domain.mailings import Letter
from scheduling.domain.moments import span_of
from scheduling.domain.timeslots import local
from scheduling.models import CommunicationPlan, DueContact, LoggedContact, PlanMoment, Pupil, Staff, db
from scheduling.queries import contacts, years
from scheduling.queries.moments import school_calendar
from scheduling.queries.plans import as_agreed
from scheduling.services import outbox
from scheduling.services.journal import record
from scheduling.services.transaction import lock, transaction


def note(
    *, pupil_id: int, household_id: int | None, year_id: int, contact: Contact, leader_id: int, by: Actor,
    now: datetime, moment_id: int | None = None, due_id: int | None = None,
) -> None:  # fmt: skip
    """One line in the log of a home of an own class. The same line twice on a day is one line.

    `moment_id`, `due_id`: it was an agreed moment, or what a leader had noted to do. What is done is due no more; what
    is moved is due on its new day.
    """
    today = local(now).date()
    with transaction() as session:
        lock(session, Pupil, [pupil_id])
        contacts.home_log(pupil_id, household_id, year_id, leader_id=leader_id, today=today)
        kept = ensure_complete(contact, today=today, year=school_calendar(session, year_id).year)
        whose = {"pupil_id": pupil_id, "household_id": household_id, "year_id": year_id}
        if moment_id is not None:
            moment = _moment_of_home(session, moment_id, pupil_id, household_id, year_id)
            _ensure_movable(moment, kept, now)
        line = whose | asdict(kept) | {"moment_id": moment_id, "staff_id": leader_id}
        if session.scalar(select(LoggedContact.id).filter_by(**line).limit(1)) is not None:
            return
        _ensure_open(session, moment_id)
        row = LoggedContact(**line, logged_at=now)
        session.add(row)
        _settle(session, kept, whose, due_id, moment_id, leader_id)
        _record(session, "contacts.note", row, by, now)


def remember(
    *, pupil_id: int, household_id: int | None, year_id: int, leader_id: int, by: Actor, now: datetime
) -> None:
    """This home is to be called within the week; why is nowhere kept. Asking twice is asking once.

    What was late is of this week again; what was moved to a later week stays there, beside this.
    """
    today = local(now).date()
    with transaction() as session:
        lock(session, Pupil, [pupil_id])
        contacts.home_log(pupil_id, household_id, year_id, leader_id=leader_id, today=today)
        whose = {"pupil_id": pupil_id, "household_id": household_id, "year_id": year_id}
        days = this_week(today)
        there = session.scalars(select(DueContact).filter_by(**whose, channel=Channel.CALL)).all()
        if any(one.opens_on <= days.ends_on and one.closes_on >= today for one in there):
            return
        late = next((one for one in there if one.closes_on < today), None)
        row = late or DueContact(**whose, staff_id=leader_id, channel=Channel.CALL)
        row.opens_on, row.closes_on = days.starts_on, days.ends_on
        session.add(row)
        _record(session, "contacts.remember", row, by, now)


def take_back(*, contact_id: int, leader_id: int, by: Actor, now: datetime) -> None:
    """What was noted by mistake goes; if it was a moment, that is due again."""
    with transaction() as session:
        pupil_id = session.scalar(select(LoggedContact.pupil_id).where(LoggedContact.id == contact_id))
        lock(session, Pupil, [pupil_id] if pupil_id else [])
        row = session.get(LoggedContact, contact_id)
        if row is None:
            raise NoSuchContact
        contacts.home_log(row.pupil_id, row.household_id, row.year_id, leader_id=leader_id, today=local(now).date())
        _record(session, "contacts.take_back", row, by, now)
        session.delete(row)


def forget_outcomes(session: Session, moment: PlanMoment) -> None:
    """This moment was changed into another: what was noted of it stays in the log, and the new one is still to come."""
    if moment.id is not None:
        about = LoggedContact.moment_id == moment.id
        session.execute(update(LoggedContact).where(about).values(moment_id=None))


def remind(now: datetime) -> int:
    """One letter a week, on a school day, to each leader who has contact that is late. Families hear nothing."""
    today = local(now).date()
    year = years.year_in_use(today)
    if year is None or not school_calendar(db.session(), year.id).is_school(today):
        return 0
    late = contacts.late_leaders(year.id, today=today)
    found, week, _day = today.isocalendar()
    with transaction() as session:
        staff = session.scalars(select(Staff).where(Staff.id.in_(late)).order_by(Staff.id)).all()
        letters = [
            outbox.post_to_staff(session, letter=Letter.CONTACT_LATE, staff=one, now=now, once=f"{found}-{week}")
            for one in staff
        ]
        return sum(letter.queued for letter in letters)


def _moment_of_home(
    session: Session, moment_id: int, pupil_id: int, household_id: int | None, year_id: int
) -> PlanMoment:  # fmt: skip
    """The moment, if it is one of the agreement with this very home."""
    moment = session.scalar(
        select(PlanMoment)
        .join(CommunicationPlan, CommunicationPlan.id == PlanMoment.plan_id)
        .where(
            PlanMoment.id == moment_id, CommunicationPlan.pupil_id == pupil_id,
            CommunicationPlan.household_id == household_id, CommunicationPlan.year_id == year_id,
        )
    )  # fmt: skip
    if moment is None:
        raise NoSuchContact
    return moment


def _ensure_movable(moment: PlanMoment, kept: Contact, now: datetime) -> None:
    """A day and time to come is changed in the agreement, so that calendars follow."""
    span = span_of(as_agreed(moment).timing)
    if kept.went is Went.MOVED and span is not None and span.starts_at > now:
        raise MovedInAgreement


def _ensure_open(session: Session, moment_id: int | None) -> None:
    """Of a duo one may have done it already."""
    if moment_id is None:
        return
    done = select(LoggedContact.id).filter_by(moment_id=moment_id, went=Went.DONE)
    if session.scalar(done.limit(1)) is not None:
        raise AlreadyDone


def _settle(
    session: Session, kept: Contact, whose: dict[str, int | None], due_id: int | None, moment_id: int | None,
    leader_id: int,
) -> None:  # fmt: skip
    """What a leader had noted to do is done, waits, or has another day; so has what nobody planned."""
    due = session.scalar(select(DueContact).filter_by(id=due_id, **whose)) if due_id else None
    if due_id and due is None:
        raise AlreadyDone
    if kept.went is Went.DONE and due is not None:
        session.delete(due)
    if kept.moved_to is None or moment_id is not None:
        return
    if due is None:
        due = DueContact(**whose, staff_id=leader_id, channel=kept.channel)
        session.add(due)
    due.opens_on = due.closes_on = kept.moved_to


def _record(session: Session, action: str, row: LoggedContact | DueContact, by: Actor, now: datetime) -> None:
    """That something was noted, of which home: never what."""
    session.flush()
    record(
        session, by=by, action=action, subject=row.__tablename__, subject_id=row.id, now=now, pupil=row.pupil_id,
        household=row.household_id,
    )  # fmt: skip
