"""A contact parent and a mentor agree when they consult: one proposes, the other says yes, both move or cancel.

Every act holds the parent's row first, then the series.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.domain.consults import (
    OPEN,
    ConsultClashes,
    ConsultOnFreeDay,
    ConsultOutsideYear,
    ConsultOver,
    ConsultState,
    ConsultUnderWay,
    Wanted,
    day_in_series,
    days_of,
    span_on,
)
from scheduling.domain.errors import NotFound
from scheduling.domain.journal import SYSTEM, Actor, ActorKind
from scheduling.domain.mailings import Letter
from scheduling.domain.rounds import new_ical_uid
from scheduling.domain.staff import is_here
from scheduling.domain.timeslots import Span, local
from scheduling.domain.years import Period, is_school_day
from scheduling.models import (
    ClassContact,
    ClassGroup,
    ClassLeader,
    Consult,
    ConsultDate,
    Guardian,
    Pupil,
    SchoolYear,
    Staff,
)
from scheduling.queries import contact_parents as reading
from scheduling.queries import years
from scheduling.queries.consults import busy_of, consults_over
from scheduling.services import outbox
from scheduling.services.journal import record
from scheduling.services.transaction import lock, transaction


def propose(*, contact_id: int, staff_id: int, wanted: Wanted, by: Actor, now: datetime) -> int:
    """One of the two proposes how often and when; the other one answers.

    Days on which the mentor has something else at that hour fall out, as holidays do; both see which.
    """
    with transaction() as session:
        contact = _contact(session, contact_id, now)
        _ensure_one_of_two(session, contact, staff_id, by, now)
        there = select(Consult.id).where(Consult.contact_id == contact_id, Consult.state.in_(OPEN))
        if session.scalar(there.limit(1)) is not None:
            raise ConsultUnderWay
        free, year = _calendar(session, contact)
        days = days_of(wanted, free, year, local(now).date())
        row = Consult(
            contact_id=contact_id, staff_id=staff_id, by_parent=by.kind is ActorKind.GUARDIAN, rhythm=wanted.rhythm,
            starts=wanted.clock, minutes=wanted.minutes, state=ConsultState.PROPOSED, ical_uid=new_ical_uid(),
            ical_sequence=0, ical_stamp=now, made_at=now, told=False,
        )  # fmt: skip
        busy = busy_of(session, staff_id, _year_of(session, contact).id)
        for day in days:
            span = Span(*span_on(day, wanted.clock, wanted.minutes))
            row.dates.append(
                ConsultDate(
                    day=day_in_series(wanted.first, day), starts_at=span.starts_at, ends_at=span.ends_at,
                    cancelled=_clashes(span, busy),
                )
            )  # fmt: skip
        if all(one.cancelled for one in row.dates):
            raise ConsultClashes(days[0])
        session.add(row)
        session.flush()
        _tell_other(session, row, by, "consult_asked", now)
        _note(session, "consults.propose", row, by, now)
        return row.id


def answer(*, consult_id: int, yes: bool, by: Actor, now: datetime) -> None:
    """The other one agrees, and it stands in both calendars; or would rather have it otherwise."""
    with transaction() as session:
        row = _held(session, consult_id, by, now)
        is_parent = by.kind is ActorKind.GUARDIAN
        if row.state is not ConsultState.PROPOSED or row.by_parent is is_parent:
            raise ConsultOver
        row.state = ConsultState.AGREED if yes else ConsultState.DECLINED
        _touch(row, now)
        session.flush()
        if yes:
            _send_calendar(session, row, now)
        if row.by_parent is False or not yes:
            _tell_other(session, row, by, "consult_agreed" if yes else "consult_declined", now)
        _note(session, "consults.answer", row, by, now, yes=yes)


def move_date(*, consult_id: int, date_id: int, to: datetime, by: Actor, now: datetime) -> None:
    """One time is on another day or hour; both calendars follow."""
    with transaction() as session:
        row = _held(session, consult_id, by, now)
        one = _date(row, date_id, now)
        free, year = _calendar(session, row.contact)
        day = local(to).date()
        if not (year.starts_on <= day <= year.ends_on and to > now):
            raise ConsultOutsideYear("day", day)
        if not is_school_day(day, free):
            raise ConsultOnFreeDay("day", day)
        span = Span(to, to + timedelta(minutes=row.minutes))
        if _clashes(span, _busy(session, row)):
            raise ConsultClashes(day)
        one.starts_at, one.ends_at = span.starts_at, span.ends_at
        _changed(session, row, by, now)
        _note(session, "consults.move", row, by, now, date=date_id)


def move_from(*, consult_id: int, date_id: int, to: datetime, by: Actor, now: datetime) -> None:
    """This time and every later one shift by as many days, to this hour; where that cannot be, one falls out."""
    with transaction() as session:
        row = _held(session, consult_id, by, now)
        this = _date(row, date_id, now)
        shift, clock = local(to).date() - this.day, local(to).time()
        free, year = _calendar(session, row.contact)
        busy = _busy(session, row)
        later = [one for one in row.dates if one.day >= this.day and not one.cancelled and one.starts_at > now]
        for one in later:
            day = one.day + shift
            span = Span(*span_on(day, clock, row.minutes))
            possible = day in year and is_school_day(day, free) and span.starts_at > now
            one.starts_at, one.ends_at = span.starts_at, span.ends_at
            one.cancelled = not possible or _clashes(span, busy)
        if all(one.cancelled for one in later):
            raise ConsultClashes(local(to).date())
        _changed(session, row, by, now)
        _note(session, "consults.move_from", row, by, now, date=date_id)


def cancel_date(*, consult_id: int, date_id: int, by: Actor, now: datetime) -> None:
    """One time falls out; the others stand. Without any other the whole is off."""
    with transaction() as session:
        row = _held(session, consult_id, by, now)
        _date(row, date_id, now).cancelled = True
        if all(one.cancelled for one in row.dates):
            _end(session, row, by, now)
        else:
            _changed(session, row, by, now)
        _note(session, "consults.cancel_date", row, by, now, date=date_id)


def end(*, consult_id: int, by: Actor, now: datetime) -> None:
    """They consult otherwise from now on: it leaves both calendars, and the other one hears it once."""
    with transaction() as session:
        row = _held(session, consult_id, by, now)
        if row.state not in OPEN:
            raise ConsultOver
        _end(session, row, by, now)
        _note(session, "consults.end", row, by, now)


def end_row(session: Session, row: Consult, now: datetime) -> None:
    """It is off, and leaves the calendar in which it stood."""
    stood = row.told
    row.state = ConsultState.OFF
    _touch(row, now)
    session.flush()
    if stood:
        outbox.post_consult(session, letter=Letter.CONSULT_OFF, consult=row, contact=row.contact, now=now)


def follow_address(session: Session, *, person: Guardian | Pupil, old: str, now: datetime) -> None:
    """The new mailbox hears of every series that was told, and the old one forgets it. Within the caller's transaction.

    Letters that have not left need nothing: they look up the address when they leave.
    """
    if isinstance(person, Pupil):
        return
    session.flush()
    told = (
        select(Consult)
        .join(ClassContact, ClassContact.id == Consult.contact_id)
        .where(ClassContact.guardian_id == person.id, Consult.state == ConsultState.AGREED, Consult.told)
        .order_by(Consult.id)
    )
    for row in session.scalars(told).all():
        if all(one.cancelled or one.ends_at <= now for one in row.dates):
            continue
        _touch(row, now)
        session.flush()
        if old:
            outbox.post_consult(
                session, letter=Letter.CONSULT_ELSEWHERE, consult=row, contact=row.contact, now=now, address=old
            )
        _send_calendar(session, row, now)


def end_of_contact(session: Session, contact: ClassContact, now: datetime) -> None:
    """A contact parent stops: all that was agreed is off."""
    rows = session.scalars(select(Consult).where(Consult.contact_id == contact.id, Consult.state.in_(OPEN))).all()
    for row in rows:
        end_row(session, row, now)


def end_over(now: datetime) -> int:
    """Series of who is no longer contact parent, or no longer leads the class, are off; how many these were."""
    if not consults_over(now):
        return 0
    with transaction() as session:
        over = consults_over(now)
        lock(session, ClassContact, {contact_id for _id, contact_id in over})
        lock(session, Consult, {consult_id for consult_id, _contact in over})
        rows = [session.get_one(Consult, consult_id) for consult_id, _contact in over]
        ended = [row for row in rows if row.state in OPEN]
        for row in ended:
            end_row(session, row, now)
            _note(session, "consults.end", row, SYSTEM, now)
        return len(ended)


def _end(session: Session, row: Consult, by: Actor, now: datetime) -> None:
    if by.kind is ActorKind.GUARDIAN or not row.told:  # else the letter with the calendar file says it
        _tell_other(session, row, by, "consult_ended", now)
    end_row(session, row, now)


def _contact(session: Session, contact_id: int, now: datetime) -> ClassContact:
    lock(session, ClassContact, [contact_id])
    row = session.get(ClassContact, contact_id)
    if row is None or not reading.stands(session, row, local(now).date()):
        raise NotFound
    return row


def _ensure_one_of_two(session: Session, contact: ClassContact, staff_id: int, by: Actor, now: datetime) -> None:
    """The contact parent, or who leads the class: nobody else agrees anything here."""
    own = contact.guardian_id if by.kind is ActorKind.GUARDIAN else staff_id
    if by.kind not in (ActorKind.GUARDIAN, ActorKind.STAFF) or by.id != own:
        raise NotFound
    leads = session.get(ClassLeader, (contact.class_id, staff_id)) is not None
    if not leads or not is_here(session.get_one(Staff, staff_id).left_on, local(now).date()):
        raise NotFound


def _held(session: Session, consult_id: int, by: Actor, now: datetime) -> Consult:
    row = session.get(Consult, consult_id)
    if row is None:
        raise NotFound
    contact = _contact(session, row.contact_id, now)
    lock(session, Consult, [consult_id])
    row = session.get_one(Consult, consult_id)
    _ensure_one_of_two(session, contact, row.staff_id, by, now)
    return row


def _date(row: Consult, date_id: int, now: datetime) -> ConsultDate:
    """A time to come of a series that was agreed."""
    one = next((one for one in row.dates if one.id == date_id), None)
    if one is None:
        raise NotFound
    if row.state is not ConsultState.AGREED or one.cancelled or one.starts_at <= now:
        raise ConsultOver
    return one


def _calendar(session: Session, contact: ClassContact) -> tuple[tuple[Period, ...], Period]:
    year = _year_of(session, contact)
    return years.free_periods(year.id), Period(year.starts_on, year.ends_on)


def _year_of(session: Session, contact: ClassContact) -> SchoolYear:
    return session.get_one(SchoolYear, session.get_one(ClassGroup, contact.class_id).year_id)


def _busy(session: Session, row: Consult) -> list[Span]:
    """When the mentor has something else than this series."""
    return busy_of(session, row.staff_id, _year_of(session, row.contact).id, besides=row.id)


def _clashes(span: Span, busy: Iterable[Span]) -> bool:
    return any(span.overlaps(other) for other in busy)


def _changed(session: Session, row: Consult, by: Actor, now: datetime) -> None:
    _touch(row, now)
    session.flush()
    _send_calendar(session, row, now)
    if by.kind is ActorKind.GUARDIAN:
        _tell_other(session, row, by, "consult_changed", now)


def _send_calendar(session: Session, row: Consult, now: datetime) -> None:
    """The letter with the calendar file, to the contact parent; the mentor's own calendar follows by itself."""
    row.told = True
    session.flush()
    outbox.post_consult(session, letter=Letter.CONSULT, consult=row, contact=row.contact, now=now)


def _tell_other(session: Session, row: Consult, by: Actor, what: str, now: datetime) -> None:
    facts = {"what": what, "consult_id": row.id, "version": row.ical_sequence}
    if by.kind is ActorKind.GUARDIAN:
        leaders = [session.get_one(Staff, row.staff_id)]
        outbox.post_contact_notice(session, contact=row.contact, leaders=leaders, facts=facts, now=now)
        return
    outbox.post_to_contact(
        session, letter=Letter.CONTACT_SAID, contact=row.contact, facts=facts, now=now,
        once=f"c{row.id}.{row.ical_sequence}.{what}",
    )  # fmt: skip


def _touch(row: Consult, now: datetime) -> None:
    row.ical_sequence += 1
    row.ical_stamp = now


def _note(session: Session, action: str, row: Consult, by: Actor, now: datetime, **facts: object) -> None:
    record(session, by=by, action=action, subject="consult", subject_id=row.id, now=now, **facts)
