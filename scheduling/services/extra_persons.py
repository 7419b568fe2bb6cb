"""A family asks for somebody at its talk; the school arranges it, or says that it is not possible."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.domain.errors import NotFound
from scheduling.domain.extra_persons import (
    MOST_EXTRAS,
    ColleagueElsewhere,
    ExtraKind,
    ExtraNews,
    ExtrasFull,
    ExtraState,
    NoSuchExtra,
    WhoComes,
    clean_name,
    clean_person,
)
from scheduling.domain.journal import SYSTEM, Actor, ActorKind
from scheduling.domain.rounds import LIVE
from scheduling.domain.staff import is_here
from scheduling.domain.timeslots import Span, local
from scheduling.domain.wishes import Wisher
from scheduling.models import Booking, ExtraPerson, HomeWishes, Household, Outsider, Slot, Staff, db
from scheduling.queries import bookings as asking
from scheduling.queries.bookings import Home
from scheduling.queries.both_mentors import wished_both
from scheduling.queries.extra_persons import (
    Person,
    clashing,
    extras_of,
    is_for,
    leaving,
    other_mentors,
    talks_of,
)
from scheduling.queries.single_talks import leader_out
from scheduling.services import outbox
from scheduling.services.journal import record
from scheduling.services.transaction import lock, transaction


def ask(
    *, round_id: int, pupil_id: int, request_id: int | None, kind: ExtraKind, name: str,
    colleague_id: int | None = None, by: Actor, now: datetime,
) -> None:  # fmt: skip
    """The family would like somebody at its talk. The same question twice is one question."""
    with transaction() as session:
        home = asking.find_home(session, by, pupil_id, local(now).date())
        talk = asking.find_live(session, round_id, home, request_id) if home else None
        if home is None or talk is None:
            raise NotFound
        _ask(session, talk, home, kind, name, colleague_id, by, now)


def ask_for(
    *, booking_id: int, leader_id: int, household_id: int | None, kind: ExtraKind, name: str,
    colleague_id: int | None = None, by: Actor, now: datetime,
) -> None:  # fmt: skip
    """The same, by the school: this home told so on the phone or at the door."""
    with transaction() as session:
        talk = _talk(session, booking_id, leader_id)
        homes = asking.homes_invited(session, talk.pupil_id, local(now).date())
        invited = household_id in homes if homes else household_id is None  # an adult pupil speaks for himself
        if talk.household_id not in (None, household_id) or not invited:
            raise NotFound
        _ask(session, talk, Home(talk.pupil_id, household_id, frozenset(homes)), kind, name, colleague_id, by, now)


def seat_both(session: Session, *, round_id: int, pupil_ids: Collection[int], now: datetime) -> None:
    """The talks of homes that asked for both mentors before there was a roster: the other one comes, or is sought.

    The family hears of it with its time: on its own page, and by letter when somebody is found later.
    """
    asked = wished_both(session, round_id)
    wanted = select(Booking).where(
        Booking.round_id == round_id, Booking.pupil_id.in_(pupil_ids), Booking.status.in_(LIVE)
    )
    for talk in session.scalars(wanted.order_by(Booking.id)).all() if asked else ():
        homes = asking.homes_invited(session, talk.pupil_id, local(now).date())
        own = [None] if not homes else [home for home in sorted(homes) if talk.household_id in (None, home)]
        for home in own:
            said = asked.get(Wisher(household_id=home) if home else Wisher(pupil_id=talk.pupil_id))
            if said is not None and other_mentors(session, talk):
                place = Home(talk.pupil_id, home, frozenset(homes))
                _ask(session, talk, place, ExtraKind.MENTOR, "", None, _who_said(said), now, quiet=True)


def _who_said(said: HomeWishes) -> Actor:
    if said.staff_id:
        return Actor(ActorKind.STAFF, said.staff_id)
    if said.guardian_id:
        return Actor(ActorKind.GUARDIAN, said.guardian_id)
    return Actor(ActorKind.PUPIL, said.pupil_id) if said.pupil_id else SYSTEM


def take_back(*, extra_id: int, by: Actor, now: datetime) -> None:
    """The family would rather do without. Who was to come hears that it is off."""
    with transaction() as session:
        row = session.get(ExtraPerson, extra_id)
        home = asking.find_home(session, by, row.pupil_id, local(now).date()) if row else None
        if row is None or home is None or row.household_id != home.household_id:
            raise NoSuchExtra
        _tell_leader(session, row, ExtraNews.WITHDRAWN, now)
        _drop(session, row, by, now)


def take_back_for(*, extra_id: int, booking_id: int, leader_id: int, by: Actor, now: datetime) -> None:
    """The school takes back what it wrote down itself; what a family asked is the family's."""
    with transaction() as session:
        row = _asked(session, extra_id, _talk(session, booking_id, leader_id))
        if not row.by_school:
            raise NoSuchExtra
        _drop(session, row, by, now)


def decide(
    *, extra_id: int, booking_id: int, leader_id: int, state: ExtraState, who: str, name: str, email: str, by: Actor,
    now: datetime,
) -> None:  # fmt: skip
    """Who comes, or that it is not possible; the family hears of either.

    `who` is s and a number (a colleague), o and a number (known from outside), or empty: then the name counts, and
    with a mailbox this person hears time and place.
    """
    with transaction() as session:
        row = _asked(session, extra_id, _talk(session, booking_id, leader_id))
        if row.kind is ExtraKind.FAMILY:
            raise NoSuchExtra
        lock(session, ExtraPerson, [extra_id])
        if state is ExtraState.AGAIN and row.state is not state:
            raise NoSuchExtra  # only who leaves makes it so
        before = row.state, row.staff_id, row.outsider_id, row.name
        row.staff_id, row.outsider_id, row.name, row.state = None, None, "", state
        if state is ExtraState.ARRANGED:
            _seat(session, row, who, name, email, now)
        session.flush()
        session.expire(row)
        if (row.state, row.staff_id, row.outsider_id, row.name) == before:
            return
        if row.kind is ExtraKind.MENTOR:
            _ensure_there(session, row, _talk(session, booking_id, leader_id))
        _note(session, "extra_persons.decide", row, by, now)
        if state is not ExtraState.ASKED:
            outbox.post_about_extra(session, extra=row, now=now)


def arrange_again(now: datetime) -> int:
    """Who would come to a talk and cannot after all: the leader and the family hear it, once.

    Somebody no longer works here that day (gone by hand, or by a file that was read in), or the talk of both mentors
    came to stand at a moment at which the other one has a talk. However it came about, it is looked at before letters
    go.
    """
    found = {**leaving(db.session(), now), **clashing(db.session(), now)}
    db.session.rollback()
    if not found:
        return 0
    with transaction() as session:
        lock(session, ExtraPerson, [row.id for row in (*leaving(session, now), *clashing(session, now))])
        gone = leaving(session, now)
        rows = {**clashing(session, now), **gone}
        for row, (talk, staff) in rows.items():
            news = ExtraNews.AGAIN if row in gone else ExtraNews.ELSEWHERE
            row.state, row.staff_id = ExtraState.AGAIN, None
            session.flush()
            session.expire(row)
            leader = session.get_one(Staff, talk.leader_id)
            outbox.post_extra_notice(session, extra=row, leader=leader, news=news, who=staff.name.full, now=now)
            outbox.post_about_extra(session, extra=row, now=now)
            _note(session, "extra_persons.arrange_again", row, SYSTEM, now)
        return len(rows)


def _tell_leader(session: Session, row: ExtraPerson, news: ExtraNews, now: datetime) -> None:
    """Whose talk it is, hears what the family asked or took back; without a time there is nobody to tell."""
    for talk, leader in talks_of(session, row, now):
        if is_for(row, talk):
            outbox.post_extra_notice(session, extra=row, leader=leader, news=news, who=row.who or row.wish, now=now)
            return


def _seat(session: Session, row: ExtraPerson, who: str, name: str, email: str, now: datetime) -> None:
    number = int(who[1:]) if who[1:].isdecimal() else 0
    if who.startswith("s"):
        colleague = session.get(Staff, number)
        if colleague is None or not is_here(colleague.left_on, local(now).date()):
            raise WhoComes
        row.staff_id = colleague.id
    elif who.startswith("o"):
        person = session.get(Outsider, number)
        if person is None or person.languages or person.stopped_at is not None:
            raise WhoComes
        row.outsider_id = person.id
    else:
        if not name.strip():
            raise WhoComes
        line, mailbox = clean_person(name, email)
        if mailbox:
            row.outsider_id = _outsider(session, line, mailbox, now).id
        else:
            row.name = line


def _outsider(session: Session, name: str, email: str, now: datetime) -> Outsider:
    """Who comes from outside, each mailbox and name once."""
    known = select(Outsider).where(
        Outsider.languages == "", Outsider.email == email, Outsider.name == name, Outsider.stopped_at.is_(None)
    )
    person = session.scalar(known.limit(1))
    if person is None:
        person = Outsider(name=name, email=email, added_at=now)
        session.add(person)
        session.flush()
    return person


def _ask(
    session: Session, talk: Booking, home: Home, kind: ExtraKind, name: str, colleague_id: int | None, by: Actor,
    now: datetime, *, quiet: bool = False,
) -> None:  # fmt: skip
    """`quiet`: the home has not heard of its talk, and gets no letter about who comes to it."""
    lock(session, Household, [home.household_id] if home.household_id else [])
    if talk.ends_at <= now:
        raise NotFound
    mentor = _other_mentor(session, talk, colleague_id) if kind is ExtraKind.MENTOR else None
    line = mentor.name if mentor else clean_name(name, kind)
    own = [
        row
        for row in extras_of(session, [talk.round_id], [talk.pupil_id])
        if row.household_id == home.household_id and is_for(row, talk)
    ]
    if any((row.kind, row.wish) == (kind, line) for row in own):
        return
    if len(own) >= MOST_EXTRAS:
        raise ExtrasFull
    along = kind is ExtraKind.FAMILY
    seated = mentor is not None and _offers(session, mentor.id, talk)
    row = ExtraPerson(
        round_id=talk.round_id, pupil_id=talk.pupil_id, household_id=home.household_id, request_id=talk.request_id,
        kind=kind, wish=line, state=ExtraState.ARRANGED if along or seated else ExtraState.ASKED,
        name=line if along else "", staff_id=mentor.id if mentor and seated else None,
        by_school=by.kind not in (ActorKind.GUARDIAN, ActorKind.PUPIL), asked_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    _note(session, "extra_persons.ask", row, by, now)
    if seated and not quiet:
        outbox.post_about_extra(session, extra=row, now=now)
    if by.is_family:
        _tell_leader(session, row, ExtraNews.ASKED, now)


def _other_mentor(session: Session, talk: Booking, colleague_id: int | None) -> Person:
    """Whom the family means: the one who is named, or the only one there is."""
    for mentor in other_mentors(session, talk):
        if colleague_id in (None, mentor.id):
            return mentor
    raise NotFound


def _offers(session: Session, mentor_id: int, talk: Booking) -> bool:
    """Does this mentor offer times in the round at that moment, free ones, and is nowhere else? Then it is arranged.

    The times are held: no family takes one of them meanwhile.
    """
    there = (
        Slot.round_id == talk.round_id, Slot.leader_id == mentor_id, Slot.starts_at < talk.ends_at,
        Slot.ends_at > talk.starts_at,
    )  # fmt: skip
    lock(session, Slot, session.scalars(select(Slot.id).where(*there)).all())
    slots = session.scalars(select(Slot).where(*there)).all()
    free = bool(slots) and all(slot.booking_id is None and not slot.blocked for slot in slots)
    return free and not _is_elsewhere(session, mentor_id, talk)


def _ensure_there(session: Session, row: ExtraPerson, talk: Booking) -> None:
    if row.staff_id is not None and _is_elsewhere(session, row.staff_id, talk):
        raise ColleagueElsewhere(talk.starts_at)


def _is_elsewhere(session: Session, staff_id: int, talk: Booking) -> bool:
    span, own = Span(talk.starts_at, talk.ends_at), asking.guardians_among(session, [staff_id])
    out = leader_out(session, staff_id, besides_talk=talk.id) + asking.busy_spans(session, guardians=own)
    return any(map(span.overlaps, out))


def _talk(session: Session, booking_id: int, leader_id: int) -> Booking:
    talk = session.get(Booking, booking_id)
    if talk is None or talk.leader_id != leader_id or talk.status not in LIVE:
        raise NotFound
    return talk


def _asked(session: Session, extra_id: int, talk: Booking) -> ExtraPerson:
    row = session.get(ExtraPerson, extra_id)
    if row is None or not is_for(row, talk):
        raise NoSuchExtra
    return row


def _drop(session: Session, row: ExtraPerson, by: Actor, now: datetime) -> None:
    _note(session, "extra_persons.take_back", row, by, now)
    session.delete(row)


def _note(session: Session, action: str, row: ExtraPerson, by: Actor, now: datetime) -> None:
    record(
        session, by=by, action=action, subject="pupil", subject_id=row.pupil_id, now=now, round=row.round_id,
        household=row.household_id, kind=row.kind.value, state=row.state.value,
    )  # fmt: skip
