"""Make a conversation of the support team: only an internal supervisor does, and everybody at the table is told.

Every act holds its meeting first, then who sits at the table from the school; the family answers as it likes.
"""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.domain.errors import NotFound
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.mailings import Letter
from scheduling.domain.people import StaffRole
from scheduling.domain.rounds import FamilyBusy, new_ical_uid
from scheduling.domain.single_talks import DayOff, LeaderBusy, OutsideYear
from scheduling.domain.staff import is_here
from scheduling.domain.support import (
    ColleagueNotHere,
    FamilySaid,
    Guest,
    Meeting,
    MeetingChanged,
    MeetingOver,
    ensure_fit,
)
from scheduling.domain.timeslots import local
from scheduling.models import (
    SchoolYear,
    Staff,
    StaffMemberRole,
    SupportAnswer,
    SupportGuest,
    SupportMeeting,
)
from scheduling.queries import bookings as asking
from scheduling.queries import leaders
from scheduling.queries import single_talks as reading
from scheduling.queries.support import is_of
from scheduling.services import outbox
from scheduling.services.journal import record
from scheduling.services.transaction import is_alone, lock, transaction


def make(
    *, pupil_id: int, household_id: int | None, meeting: Meeting, anyway: bool, by: Actor, now: datetime
) -> int:  # fmt: skip
    """Ask a family, a teacher and others to one table. Everybody gets a letter with an appointment."""
    with transaction() as session:
        _ensure_supervisor(session, by, now)
        year_id = leaders.year_at(now).id
        pupil = leaders.the_pupil(pupil_id, year_id, leader_id=None, today=local(now).date())
        home = pupil.home(household_id)
        if not pupil.may_meet(household_id) or (home and home.on_request):
            raise NotFound
        kept = ensure_fit(meeting, now)
        made = SupportMeeting(
            year_id=year_id, pupil_id=pupil_id, household_id=household_id, supervisor_id=by.id,
            starts_at=kept.span.starts_at, ends_at=kept.span.ends_at, ical_uid=new_ical_uid(), ical_stamp=now,
            made_at=now, ical_sequence=0, version=1,
        )  # fmt: skip
        _ensure_possible(session, made, kept, anyway, now)
        session.add(made)
        _fill(made, kept)
        made.guests = [SupportGuest(name=guest.name, email=guest.email) for guest in kept.guests]
        session.flush()
        _tell_all(session, made, now)
        _note(session, "support.make", made, by, now)
        return made.id


def change(
    *, meeting_id: int, meeting: Meeting, anyway: bool, seen_version: int, by: Actor, now: datetime
) -> None:  # fmt: skip
    """Another time, place or company: everybody is told, and who is no longer asked gets a cancellation."""
    with transaction() as session:
        row = _own(session, meeting_id, by, now)
        if row.version != seen_version:
            raise MeetingChanged
        kept = ensure_fit(meeting, now)
        _ensure_possible(session, row, kept, anyway, now)
        before = {row.teacher_id, row.director_id}
        moved = row.starts_at != kept.span.starts_at
        _fill(row, kept)
        row.starts_at, row.ends_at = kept.span.starts_at, kept.span.ends_at
        _touch(row, now)
        gone = _ask_guests(row, kept.guests, now)
        if moved:
            row.answers.clear()  # what suited was the other time
        session.flush()
        _tell_all(session, row, now)
        uninvited = {one for one in before if one} - {row.teacher_id, row.director_id, row.supervisor_id}
        _tell(session, row, Letter.SUPPORT_CANCELLED, now, staff_ids=uninvited, guests=gone, family=False)
        _note(session, "support.change", row, by, now)


def cancel(*, meeting_id: int, by: Actor, now: datetime) -> None:
    """It does not go on: everybody is told."""
    with transaction() as session:
        row = _own(session, meeting_id, by, now)
        row.cancelled_at = now
        _touch(row, now)
        session.flush()
        _tell_all(session, row, now, letter=Letter.SUPPORT_CANCELLED)
        _note(session, "support.cancel", row, by, now)


def answer(*, meeting_id: int, said: FamilySaid, by: Actor, now: datetime) -> None:
    """A home comes, or would rather have it otherwise: no reason asked. The supervisor reads it, nobody else does."""
    with transaction() as session:
        lock(session, SupportMeeting, [meeting_id])
        row = session.get(SupportMeeting, meeting_id)
        home = asking.find_home(session, by, row.pupil_id, local(now).date()) if row else None
        if row is None or home is None or not is_of(row, home):
            raise NotFound
        if row.cancelled_at is not None or row.starts_at <= now:
            raise MeetingOver
        found = next((one for one in row.answers if one.household_id == home.household_id), None)
        if found is not None and found.said is said:
            return
        if found is None:
            row.answers.append(SupportAnswer(household_id=home.household_id, said=said, said_at=now))
        else:
            found.said, found.said_at = said, now
        session.flush()
        _tell(session, row, Letter.SUPPORT_NOTICE, now, staff_ids={row.supervisor_id}, guests=(), family=False)
        _note(session, "support.answer", row, by, now, said=said.value)


def _ensure_supervisor(session: Session, by: Actor, now: datetime) -> None:
    staff = session.get(Staff, by.id) if by.kind is ActorKind.STAFF and by.id else None
    role = session.get(StaffMemberRole, (by.id, StaffRole.INTERNAL_SUPERVISOR)) if staff else None
    if staff is None or role is None or not is_here(staff.left_on, local(now).date()):
        raise NotFound


def _own(session: Session, meeting_id: int, by: Actor, now: datetime) -> SupportMeeting:
    """The supervisor's own, as long as it can change."""
    _ensure_supervisor(session, by, now)
    lock(session, SupportMeeting, [meeting_id])
    row = session.get(SupportMeeting, meeting_id)
    if row is None or row.supervisor_id != by.id:
        raise NotFound
    if row.cancelled_at is not None or row.starts_at <= now:
        raise MeetingOver
    return row


def _ensure_possible(session: Session, row: SupportMeeting, kept: Meeting, anyway: bool, now: datetime) -> None:
    """On a school day of this year, and nobody of the school or the family is elsewhere."""
    year = session.get_one(SchoolYear, row.year_id)
    day = local(kept.span.starts_at).date()
    if not year.starts_on <= day <= year.ends_on:
        raise OutsideYear
    if reading.days_off(session, year.id, [kept.span]) and not anyway:
        raise DayOff(day)
    _ensure_colleague(session, kept.teacher_id, "teacher", day)
    _ensure_colleague(session, kept.director_id, "director", day)
    at_table = sorted({one for one in (row.supervisor_id, kept.teacher_id, kept.director_id) if one})
    if not is_alone(session):  # of two that ask the same colleague at one moment, one is first
        held = select(Staff.id).where(Staff.id.in_(at_table)).order_by(Staff.id)
        session.execute(held.with_for_update(key_share=True))
    for staff_id in at_table:
        out = reading.leader_out(session, staff_id, besides_meeting=row.id or 0)
        if any(map(kept.span.overlaps, out)):
            raise LeaderBusy(kept.span.starts_at)
    expected = asking.expected_guardians(session, row.pupil_id, row.household_id, day)
    busy = asking.busy_spans(session, guardians=expected, pupil_id=row.pupil_id, besides_meeting=row.id)
    if any(map(kept.span.overlaps, busy)):
        raise FamilyBusy(kept.span.starts_at)


def _ensure_colleague(session: Session, staff_id: int | None, field: str, day: date) -> None:
    if staff_id is None:
        return
    staff = session.get(Staff, staff_id)
    directs = session.get(StaffMemberRole, (staff_id, StaffRole.DIRECTOR)) is not None
    if staff is None or (staff.left_on and staff.left_on <= day) or (field == "director" and not directs):
        raise ColleagueNotHere(field)


def _fill(row: SupportMeeting, kept: Meeting) -> None:
    row.room, row.teacher_id, row.director_id = kept.room, kept.teacher_id, kept.director_id


def _touch(row: SupportMeeting, now: datetime) -> None:
    row.ical_sequence += 1
    row.ical_stamp = now
    row.version += 1


def _ask_guests(row: SupportMeeting, wanted: Collection[Guest], now: datetime) -> list[SupportGuest]:
    """Who is asked from now on; answers who no longer is."""
    known = {guest.email.casefold(): guest for guest in row.guests if guest.left_at is None}
    addresses = {guest.email.casefold() for guest in wanted}
    for guest in wanted:
        if guest.email.casefold() in known:
            known[guest.email.casefold()].name = guest.name
        else:
            row.guests.append(SupportGuest(name=guest.name, email=guest.email))
    gone = [known[address] for address in known.keys() - addresses]
    for left in gone:
        left.left_at = now
    return gone


def _tell_all(session: Session, row: SupportMeeting, now: datetime, *, letter: Letter = Letter.SUPPORT_INVITED) -> None:
    at_table = {one for one in (row.supervisor_id, row.teacher_id, row.director_id) if one}
    guests = [guest for guest in row.guests if guest.left_at is None]
    _tell(session, row, letter, now, staff_ids=at_table, guests=guests, family=True)


def _tell(
    session: Session, row: SupportMeeting, letter: Letter, now: datetime, *, staff_ids: Collection[int],
    guests: Collection[SupportGuest], family: bool,
) -> None:  # fmt: skip
    session.flush()
    staff = session.scalars(select(Staff).where(Staff.id.in_(staff_ids)).order_by(Staff.id)).all()
    outbox.post_about_meeting(
        session, letter=letter, meeting=row, staff=staff, guests=guests, family=family, now=now
    )  # fmt: skip


def _note(session: Session, action: str, row: SupportMeeting, by: Actor, now: datetime, **facts: object) -> None:
    record(session, by=by, action=action, subject="support_meeting", subject_id=row.id, now=now, **facts)
